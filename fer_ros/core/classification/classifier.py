"""What every backend is asked for: a batch of faces to their probabilities."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.preprocessing import Batch, PreprocessSpec


class BackendError(RuntimeError):
    """A backend that cannot start; the message says why."""


class Classifier(Protocol):
    """What the pipeline asks of a backend.

    name: for people, such as 'litert float16, 2 threads'.
    """

    name: str
    bundle_id: str
    labels: tuple[str, ...]
    spec: PreprocessSpec

    def classify(self, batch: Batch) -> npt.NDArray[np.float32]:
        """Turn a (N, size, size, 1) float32 batch, N >= 0, into (N, K) float32 probabilities.

        Each row sums to 1, in the order of `labels`. Raises ValueError for any other shape or dtype.
        """
        ...


def check_batch(batch: Batch, spec: PreprocessSpec) -> None:
    """Raise ValueError unless the batch is (N, size, size, 1) float32."""
    if batch.ndim != 4 or batch.shape[1:] != (spec.size, spec.size, 1) or batch.dtype != np.float32:
        raise ValueError(f"batch must be (N, {spec.size}, {spec.size}, 1) float32, got {batch.shape} {batch.dtype}")


def softmax(logits: npt.NDArray[np.float32], temperature: float = 1.0) -> npt.NDArray[np.float32]:
    """Turn (N, K) logits into probabilities, after dividing by the temperature (Guo et al. 2017)."""
    scaled = logits.astype(np.float64) / temperature
    scaled -= scaled.max(axis=1, keepdims=True, initial=-np.inf)
    exponentials = np.exp(scaled)
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True), np.float32)
