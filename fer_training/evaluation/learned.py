"""What a bundle had to do with a split before it is measured on it: a number on what it has learned is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fer_ros.core.classification.bundle import Bundle
from fer_training.data.registry import DatasetSpec
from fer_training.legacy import translate_facts

LEARNED = "the bundle has learned from it"
SELECTED = "the bundle was selected on it"
INITIAL = "the bundle's initial weights have learned from it"
SAME_KIND = "the bundle has learned from class folders: from these, if they are the same"
FOLDED = "the bundle has learned from all of it but one fold"
UNKNOWN = "the bundle does not say what it has learned from; a first stage learns from it"


def learned_from(bundle: Bundle, spec: DatasetSpec, splits: Iterable[str]) -> dict[str, str]:
    """Return what a bundle had to do with splits of a data set, by their names; nothing of those it never saw.

    Args:
        bundle: by its training facts, see `fer_training.export.finished_run.data_facts`.
        spec: which data set.
        splits: '' is one, of a data set that is not split.

    """
    facts = translate_facts(bundle.training)
    data: dict[str, Any] | None = facts.get("data")
    found = {}
    for split in splits:
        told = _fer2013(facts, data, split) if spec.name == "fer2013" else _other(data, spec, split)
        if told:
            found[split] = told
    return found


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
