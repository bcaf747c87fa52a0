"""Batches of faces to probabilities, by LiteRT on a CPU or TensorFlow on a GPU, behind one interface."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import Bundle, BundleError
from fer_ros.core.classification.preprocessing import Batch, PreprocessSpec

BACKENDS = ("auto", "litert", "tensorflow")
Log = Callable[[str], None]


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


def make_classifier(
    bundle: Bundle, backend: str = "auto", precision: str = "default", threads: int = 2, log: Log = print
) -> Classifier:
    """Start a backend for a bundle and warm it up.

    backend: 'litert', 'tensorflow', or 'auto', which takes TensorFlow where it sees a GPU and LiteRT elsewhere, says
    why, and falls back to the other if the first does not start.
    precision: 'float', 'int8' (LiteRT only), or 'default' for the bundle's own choice.  threads: of LiteRT, at least 1.
    Raises BackendError if the backend named, or all of 'auto', cannot start; BundleError for a bundle that is unfit.
    """
    if backend not in BACKENDS:
        raise ValueError(f"backend must be one of {', '.join(BACKENDS)}, got {backend!r}")
    if backend != "auto":
        return _start(backend, bundle, precision, threads, need_gpu=False)
    order, reason = _choose()
    log(f"backend auto: {order[0]}, because {reason}")
    failures = []
    for candidate in order:
        try:
            return _start(candidate, bundle, precision, threads, need_gpu=True)
        except (BackendError, BundleError) as error:
            if candidate == order[-1] and isinstance(error, BundleError):
                raise
            failures.append(f"{candidate}: {error}")
            log(f"backend {candidate} did not start: {error}")
    raise BackendError("no backend started: " + "; ".join(failures))


def _start(backend: str, bundle: Bundle, precision: str, threads: int, need_gpu: bool) -> Classifier:
    chosen = _precision(bundle, precision)
    # Imported here: the node on LiteRT must never pay for TensorFlow, nor the other way round.
    if backend == "litert":
        from fer_ros.core.classification.litert import LiteRtClassifier

        return LiteRtClassifier(bundle, chosen, threads)
    from fer_ros.core.classification.tensorflow import TensorFlowClassifier

    if precision == "int8":
        raise BackendError("the tensorflow backend runs float models, and int8 was asked for")
    return TensorFlowClassifier(bundle, _precision(bundle, "float"), need_gpu)


def _precision(bundle: Bundle, wanted: str) -> str:
    if wanted == "default":
        return bundle.default_precision
    if wanted == "float":
        return "float32" if "float32" in bundle.models else "float16"
    return wanted


def _choose() -> tuple[tuple[str, ...], str]:
    """Look for a GPU without importing TensorFlow, which alone takes seconds and half a gigabyte."""
    gpu = any(Path(p).exists() for p in ("/dev/nvidia0", "/dev/kfd", "/dev/nvhost-gpu"))
    if not gpu:
        return ("litert",), "no GPU device is present"
    if find_spec("tensorflow") is None:
        return ("litert",), "a GPU device is present, but TensorFlow is not installed"
    return ("tensorflow", "litert"), "a GPU device is present and TensorFlow is installed"
