"""The backend that runs a bundle: LiteRT on a CPU, TensorFlow on a GPU."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

from fer_ros.core.classification.bundle import Bundle, BundleError
from fer_ros.core.classification.classifier import BackendError, Classifier
from fer_ros.core.library_output import has_gpu_device
from fer_ros.core.suggestions import did_you_mean

BACKENDS = ("auto", "litert", "tensorflow")
_ASKED = ("default", "float", "int8")  # of a bundle, whatever model files it has
Log = Callable[[str], None]


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
        near = did_you_mean(backend, BACKENDS)
        raise ValueError(f"backend must be one of {', '.join(BACKENDS)}, got {backend!r}{near}")
    if precision not in (*_ASKED, *bundle.models):
        raise BundleError(f"{bundle.directory}: expected precision {', '.join(_ASKED)}, got {precision!r}")
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
    if not has_gpu_device():
        return ("litert",), "no GPU device is present"
    if find_spec("tensorflow") is None:
        return ("litert",), "a GPU device is present, but TensorFlow is not installed"
    return ("tensorflow", "litert"), "a GPU device is present and TensorFlow is installed"
