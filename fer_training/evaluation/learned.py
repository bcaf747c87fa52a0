"""What a bundle had to do with a split before it is measured on it: a number on what it has learned is none."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_ros.core.classification.bundle import Bundle
from fer_training.data.face_cropping import FoundFaces
from fer_training.data.picture_record import Hashes, record_of
from fer_training.data.registry import DatasetSpec
from fer_training.legacy import translate_facts

LEARNED = "the bundle has learned from it"
SELECTED = "the bundle was selected on it"
INITIAL = "the bundle's initial weights have learned from it"
SAME_KIND = "the bundle has learned from class folders: from these, if they are the same"
FOLDED = "the bundle has learned from all of it but one fold"
UNKNOWN = "the bundle does not say what it has learned from; a first stage learns from it"
BY_PIXELS = "going by their pixels: a picture that was saved again or cut otherwise is not noticed"


@dataclass(frozen=True)
class LearnedPictures:
    """The pictures, by their names, that a bundle's record knows.

    trained: those that it was trained on.  selected: those that its weights were selected by, or its answers adjusted
    on.  initial: those that its initial weights have to do with.  origin: the initial weights, where nothing records
    which pictures those have to do with; else ''.
    """

    trained: frozenset[str]
    selected: frozenset[str]
    initial: frozenset[str]
    origin: str = ""

    def __contains__(self, name: str) -> bool:
        """Return whether the bundle had to do with a picture."""
        return name in self.trained or name in self.selected or name in self.initial

    def tell(self, names: Collection[str]) -> str:
        """Say how many of these pictures the bundle had to do with; '' for none."""
        parts = []
        for text, kind in (
            ("{} {} trained on", self.trained),
            ("the weights were selected by {}", self.selected),
            ("the initial weights have learned from {}", self.initial),
        ):
            if count := sum(name in kind for name in names):
                some = "all" if count == len(names) else str(count)
                parts.append(text.format(f"{some} of these {len(names)} pictures", "was" if some == "1" else "were"))
        return "; ".join(parts)

    def deny(self, names: Collection[str]) -> str:
        """Say that none of these pictures was trained on, and what is not known."""
        doubt = f"; which ones {self.origin} learned from before is not on record" if self.origin else ""
        return f"none of these {len(names)} pictures was trained on{doubt}"


def learned_pictures(bundle: Bundle, found: FoundFaces) -> LearnedPictures | None:
    """Return which pictures a bundle had to do with; None for a bundle that does not record it.

    Args:
        bundle: its record stands beside its manifest.
        found: in the pictures, those without a face too.

    """
    record = record_of(bundle)
    if record is None or found.crops.pictures is None:
        return None
    hashes = np.concatenate([found.crops.pictures, found.missed_pictures])
    names = np.array([*found.crops.names, *found.missed], object)

    def among(kind: Hashes) -> frozenset[str]:
        return frozenset(names[np.isin(hashes, kind)].tolist())

    initial = record.initial
    return LearnedPictures(
        among(record.trained),
        among(record.selected),
        frozenset() if initial is None else among(initial),
        str(translate_facts(bundle.training).get("initial_weights", "its initial weights")) if initial is None else "",
    )


def learned_from(
    bundle: Bundle, spec: DatasetSpec, splits: Iterable[str], pictures: LearnedPictures | None = None
) -> dict[str, str]:
    """Return what a bundle had to do with splits of a data set, by their names; nothing of those it never saw.

    Args:
        bundle: by its training facts, see `fer_training.export.finished_run.data_facts`.
        spec: which data set.
        splits: '' is one, of a data set that is not split.
        pictures: what is known of the very pictures, where it is; then only what that leaves open is told.

    """
    facts = translate_facts(bundle.training)
    data: dict[str, Any] | None = facts.get("data")
    found = {}
    for split in splits:
        told = _fer2013(facts, data, split) if spec.name == "fer2013" else _other(data, spec, split)
        if pictures is not None and not (told == INITIAL and pictures.origin):
            continue
        if told:
            found[split] = told
    return found


def read_otherwise(bundle: Bundle, spec: DatasetSpec) -> list[str]:
    """Return how a bundle's own pictures were made into faces, where these are made so in another way; else nothing.

    Args:
        bundle: by its training facts.
        spec: how the pictures are read that it is measured on.

    """
    found_by = (translate_facts(bundle.training).get("data") or {}).get("found_by")
    if spec.name != "folders" or not found_by:
        return []
    theirs = f"the bundle learned from faces that were found in whole pictures (--whole, --detector {found_by})"
    if not spec.whole:
        return [f"{theirs}, and these pictures are taken as faces: give --whole if they show more than a face"]
    if spec.found_by != found_by:
        return [f"{theirs}, and these were found by {spec.found_by}: --detector {found_by} finds them in the same way"]
    return []


def _fer2013(facts: dict[str, Any], data: dict[str, Any] | None, split: str) -> str:
    if data is None:
        return UNKNOWN if split == "train" and facts else ""
    if data["name"] != "fer2013":
        return INITIAL if split == "train" and facts.get("initial_weights") != "ImageNet" else ""
    if split == "train":
        return LEARNED
    return SELECTED if split == data.get("validation_split") and facts.get("weights") == "best" else ""


def _other(data: dict[str, Any] | None, spec: DatasetSpec, split: str) -> str:
    if data is None or data["name"] != spec.name or split == "test":
        return ""
    return SAME_KIND if spec.name == "folders" else FOLDED
