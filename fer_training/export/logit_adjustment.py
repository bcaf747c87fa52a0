"""Logit adjustment for rare or missed classes: recall rises, at a bounded cost (after Menon et al. 2021).

A network's biases carry how often each class stood in its training set. The adjustment is fitted on validation faces,
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


def fit_logit_adjustment(
    logits: npt.NDArray[np.float32],
    targets: npt.NDArray[np.int64],
    boosted: Sequence[int],
    most_lost: float = MOST_LOST,
) -> npt.NDArray[np.float32]:
    """Find what raises the mean recall of some classes as far as the accuracy allows.

    Args:
        logits: (N, K) of the validation faces.
        targets: (N,) label indices.
        boosted: indices of one to three classes.
        most_lost: accuracy that may be lost, 0 to 1. Of equal recalls the one with the higher accuracy wins.

    Returns:
        (K,) float32 to add to the logits, not negative, zero for classes that are not boosted.

    Raises:
        ValueError: no or more than three classes, or one without a validation face.

    """
    if not 1 <= len(boosted) <= 3 or not all((targets == k).any() for k in boosted):
        raise ValueError(f"expected one to three classes with validation samples, got {list(boosted)}")
    least = float((logits.argmax(axis=1) == targets).mean()) - most_lost
    best, chosen = (-1.0, -1.0), np.zeros(logits.shape[1], np.float32)
    steps = np.arange(0, _HIGHEST + _STEP / 2, _STEP, dtype=np.float32)
    for values in itertools.product(steps, repeat=len(boosted)):
        adjustment = np.zeros(logits.shape[1], np.float32)
        adjustment[list(boosted)] = values
        right = (logits + adjustment).argmax(axis=1) == targets
        found = (float(np.mean([right[targets == k].mean() for k in boosted])), float(right.mean()))
        if found[1] >= least and found > best:
            best, chosen = found, adjustment
    return chosen


def add_logit_adjustment(network: keras.Model, adjustment: npt.NDArray[np.float32]) -> None:
    """Add a (K,) adjustment to the biases of the classification layer: it costs nothing when the network runs."""
    head = network.get_layer(LOGITS)
    kernel, bias = head.get_weights()
    head.set_weights([kernel, bias + adjustment])
