"""What a network or a classifier predicts for faces: the one loop that asks it, and the file of a run's predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.preprocessing import PreprocessSpec, preprocess_crops
from fer_training import legacy
from fer_training.data.dataset import Pixels

Floats = npt.NDArray[np.float32]
PREDICTIONS = "predictions.npz"
CHUNK = 256
"""Faces at a time: few enough for any memory."""


def predict(function: Callable[[Floats], Floats], pixels: Iterable[Pixels], spec: PreprocessSpec) -> Floats:
    """Run a function over crops, some at a time, without augmentation.

    Args:
        function: takes a (B, size, size, 1) float32 batch and returns (B, K), such as `Classifier.classify`.
        pixels: N crops, each (h, w) uint8; may be made on the way.
        spec: how a crop becomes the function's input.

    Returns:
        (N, K) float32, in the order of the crops.

    Raises:
        ValueError: there is no crop.

    """
    rest = iter(pixels)
    parts = []
    while chunk := list(islice(rest, CHUNK)):
        parts.append(function(preprocess_crops(chunk, spec)))
    if not parts:
        raise ValueError("expected one crop or more to predict, got none")
    return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a run predicted for its N validation faces: (N, K) probabilities of the best and of the last step.

    names: (N,) of the samples.  targets: (N,) label indices.
    """

    names: npt.NDArray[np.str_]
    targets: npt.NDArray[np.int64]
    labels: tuple[str, ...]
    best: Floats
    last: Floats

    def save(self, folder: Path) -> None:
        """Write them into a run folder."""
        np.savez_compressed(Path(folder) / PREDICTIONS, **asdict(self))

    @classmethod
    def load(cls, folder: Path) -> Predictions:
        """Read the predictions of a finished run. Raises FileNotFoundError where there are none."""
        path = Path(folder) / PREDICTIONS
        before = Path(folder) / legacy.PREDICTIONS
        with np.load(before if before.is_file() and not path.is_file() else path) as file:
            labels = tuple(str(name) for name in file["labels"])
            return cls(file["names"], file["targets"], labels, file["best"], file["last"])
