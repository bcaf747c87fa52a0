"""Splits as data: seeded, written to a manifest, duplicates and subjects kept on one side where asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from fer_training.datasets.base import Dataset

Indices = npt.NDArray[np.int64]


def hold_out(dataset: Dataset, parts: int = 10, seed: int = 0) -> tuple[Indices, Indices]:
    """Split off one of `parts` shares for validation, stratified by label, exact duplicates on one side.

    Returns the indices of the training and of the held-out samples.
    """
    groups = [sample.digest for sample in dataset.samples]
    splitter = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    train, held = next(iter(splitter.split(np.zeros(len(groups)), dataset.targets(), groups)))
    return train.astype(np.int64), held.astype(np.int64)
