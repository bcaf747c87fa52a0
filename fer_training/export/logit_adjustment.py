"""Offsets on the logits of rare or missed classes: recall rises, at a bounded cost (after Menon et al. 2021).

A network's biases carry how often each class stood in its training set. Offsets are fitted on validation answers,
never on a test split.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import keras
import numpy as np
import numpy.typing as npt

from fer_training.models.mobilenet import LOGITS

MOST_LOST = 0.005
_STEP, _HIGHEST = 0.1, 1.5


def fit_offsets(
    logits: npt.NDArray[np.float32], targets: npt.NDArray[np.int64], raised: Sequence[int], most_lost: float = MOST_LOST
) -> npt.NDArray[np.float32]:
    """Return (K,) offsets, not negative, that raise the mean recall of some classes as far as the accuracy allows.

    logits: (N, K) of the validation set.  targets: (N,).  raised: indices of at most three classes.
    most_lost: accuracy that may be lost, 0 to 1. Of equal recalls the one with the higher accuracy wins.
    Raises ValueError for no or more than three classes, or a class without a sample.
    """
    if not 1 <= len(raised) <= 3 or not all((targets == k).any() for k in raised):
        raise ValueError(f"expected one to three classes with validation samples, got {list(raised)}")
    least = float((logits.argmax(axis=1) == targets).mean()) - most_lost
    best, chosen = (-1.0, -1.0), np.zeros(logits.shape[1], np.float32)
    steps = np.arange(0, _HIGHEST + _STEP / 2, _STEP, dtype=np.float32)
    for values in itertools.product(steps, repeat=len(raised)):
        offsets = np.zeros(logits.shape[1], np.float32)
        offsets[list(raised)] = values
        right = (logits + offsets).argmax(axis=1) == targets
        found = (float(np.mean([right[targets == k].mean() for k in raised])), float(right.mean()))
        if found[1] >= least and found > best:
            best, chosen = found, offsets
    return chosen


def add_offsets(network: keras.Model, offsets: npt.NDArray[np.float32]) -> None:
    """Add (K,) offsets to the biases of the classification layer: they cost nothing when the network runs."""
    head = network.get_layer(LOGITS)
    kernel, bias = head.get_weights()
    head.set_weights([kernel, bias + offsets])
