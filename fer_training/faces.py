"""Samples to face crops, through the node's own detector and preprocessing."""

from __future__ import annotations

import numpy as np

from fer_training.batches import Crops
from fer_training.datasets.base import Dataset, DatasetError


def crops_of(dataset: Dataset) -> Crops:
    """Return the faces of a data set whose pictures are faces already.

    Raises DatasetError for a data set of whole pictures.
    """
    if not dataset.cropped:
        raise DatasetError(f"{dataset.name}: expected pictures that are cropped to the face")
    votes = None
    if any(s.votes is not None for s in dataset.samples):
        width = next(len(s.votes) for s in dataset.samples if s.votes is not None)
        votes = np.stack([np.zeros(width, np.float32) if s.votes is None else s.votes for s in dataset.samples])
    return Crops([s.pixels for s in dataset.samples], dataset.targets(), dataset.labels, votes)
