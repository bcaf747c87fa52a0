"""Splits as data: seeded, written to a manifest, duplicates and subjects kept on one side where asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import GroupKFold, KFold, LeaveOneGroupOut, StratifiedGroupKFold

from fer_training.data.dataset import Dataset, DatasetError

Indices = npt.NDArray[np.int64]
OVERLAPPING = "subject-overlapping (as in the paper)"
DISJOINT = "subject-disjoint"


@dataclass(frozen=True)
class Protocol:
    """How a data set without a test split is divided into folds.

    label: what results are printed under.  scheme: 'random', 'grouped' (whole subjects) or 'one_subject' (each
    subject alone).  parts: number of folds; 'one_subject' has as many as there are subjects.
    """

    label: str
    scheme: str
    parts: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the values."""
        if self.scheme not in ("random", "grouped", "one_subject"):
            raise ValueError(f"scheme must be 'random', 'grouped' or 'one_subject', got {self.scheme!r}")
        if self.parts < 2:
            raise ValueError(f"parts must be at least 2, got {self.parts}")


PAPER = Protocol(OVERLAPPING, "random")
"""The paper's: shuffled, five groups, four to train and one to validate (Section 5)."""
TEN_GROUPS = Protocol(DISJOINT, "grouped", parts=10)
FIVE_GROUPS = Protocol(DISJOINT, "grouped", parts=5)
ONE_SUBJECT = Protocol(DISJOINT, "one_subject")
PROTOCOLS = {
    "ckplus": {"random": PAPER, "disjoint": TEN_GROUPS},
    "jaffe": {"random": PAPER, "disjoint": ONE_SUBJECT},
    "folders": {"random": PAPER, "disjoint": FIVE_GROUPS},
}
"""The protocols of each data set that is divided into folds, the paper's first."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Indices of the samples that train and of those that validate; no sample is in both."""

    name: str
    train: Indices
    validation: Indices


def hold_out(dataset: Dataset, parts: int = 10, seed: int = 0) -> tuple[Indices, Indices]:
    """Split off one of `parts` shares for validation, stratified by label, exact duplicates on one side.

    Args:
        dataset: the samples.
        parts: number of shares.
        seed: of the shuffle.

    Returns:
        The indices of the training and of the validation samples.

    """
    groups = [sample.digest for sample in dataset.samples]
    splitter = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    train, validation = next(iter(splitter.split(np.zeros(len(groups)), dataset.targets(), groups)))
    return train.astype(np.int64), validation.astype(np.int64)


def make_folds(dataset: Dataset, protocol: Protocol) -> list[Fold]:
    """Divide a data set by a protocol; the same data set and protocol give the same folds.

    A data set that comes with a validation split is one random fold, that one.

    Raises:
        DatasetError: the protocol needs subjects that the data set does not have, or more than it has.

    """
    count = len(dataset.samples)
    subjects = np.array([s.subject for s in dataset.samples])
    different = len(set(subjects))
    own = np.array([s.split == "validation" for s in dataset.samples])
    if protocol.scheme == "random" and own.any():
        if own.all():
            raise DatasetError(f"{dataset.name}: expected a training split beside the validation split, got none")
        return [Fold("fold0", np.flatnonzero(~own), np.flatnonzero(own))]
    if protocol.scheme == "random":
        if count < protocol.parts:
            raise DatasetError(f"{dataset.name}: expected {protocol.parts} pictures or more, got {count}")
        splits = KFold(protocol.parts, shuffle=True, random_state=protocol.seed).split(np.zeros(count))
        return [_fold(f"fold{i}", *pair) for i, pair in enumerate(splits)]
    if "" in subjects:
        raise DatasetError(f"{dataset.name}: expected a subject for each picture, got some without")
    if protocol.scheme == "one_subject":
        if different < 2:
            raise DatasetError(f"{dataset.name}: expected two subjects or more, got {different}")
        splits = LeaveOneGroupOut().split(np.zeros(count), groups=subjects)
        return [_fold(str(subjects[v[0]]), t, v) for t, v in splits]
    if different < protocol.parts:
        raise DatasetError(f"{dataset.name}: expected {protocol.parts} subjects or more, got {different}")
    splitter = GroupKFold(protocol.parts, shuffle=True, random_state=protocol.seed)
    splits = splitter.split(np.zeros(count), groups=subjects)
    return [_fold(f"fold{i}", *pair) for i, pair in enumerate(splits)]


def _without_name(manifest: Any) -> Any:
    """Return what a manifest says of the folds; class folders are called as the folder, which may have been renamed."""
    return {key: value for key, value in manifest.items() if key != "dataset"} if isinstance(manifest, dict) else None


def _fold(name: str, train: npt.ArrayLike, validation: npt.ArrayLike) -> Fold:
    return Fold(name, np.asarray(train, np.int64), np.asarray(validation, np.int64))


def save_folds(dataset: Dataset, protocol: Protocol, folds: list[Fold], path: Path) -> None:
    """Write which samples validate in each fold, by name, so that anyone can use the very same folds.

    Args:
        dataset: that was divided.
        protocol: that divided it.
        folds: what `make_folds` returned.
        path: JSON file.

    Raises:
        ValueError: other folds stand there already.

    """
    manifest = {
        "dataset": dataset.name,
        "labels": list(dataset.labels),
        "protocol": protocol.__dict__,
        "folds": {fold.name: [dataset.samples[i].name for i in fold.validation] for fold in folds},
    }
    text = json.dumps(manifest, indent=1) + "\n"
    if path.exists() and _without_name(json.loads(path.read_text(encoding="utf-8"))) != _without_name(manifest):
        raise ValueError(f"{path}: expected the folds of this data set and protocol, got others; use a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
