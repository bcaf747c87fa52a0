"""LiteRT on the CPU: the backend of robots without a GPU."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import Bundle, BundleError
from fer_ros.core.classification.classifier import BackendError, check_batch, softmax
from fer_ros.core.classification.preprocessing import Batch
from fer_ros.core.library_output import quiet_litert
from fer_ros.core.missing import needs

# Resizing an interpreter costs more than running it, so each of these sizes has its own; any number of faces is a
# sum of them, and the cost of a face hardly depends on the size.
BATCH_SIZES = (8, 4, 2, 1)


class LiteRtClassifier:
    """Runs one model file of a bundle with prepared batch sizes."""

    def __init__(self, bundle: Bundle, precision: str, threads: int = 2) -> None:
        """Build and warm up an interpreter per batch size.

        Raises BackendError if LiteRT is missing, BundleError if the model does not fit its own manifest.
        """
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise BackendError(f"{needs('ai-edge-litert')} ({error})") from None
        if threads < 1:
            raise ValueError(f"threads must be at least 1, got {threads}")
        self.name = f"litert {precision}, {threads} threads"
        self.bundle_id = bundle.id
        self.labels = bundle.labels
        self.spec = bundle.spec
        self._temperature = bundle.temperature
        content = bundle.read_model(precision)
        self._interpreters = {}
        for size in BATCH_SIZES:
            try:
                with quiet_litert():
                    interpreter = Interpreter(model_content=content, num_threads=threads)
                    entry = interpreter.get_input_details()[0]
                    _check_input(entry, bundle)
                    interpreter.resize_tensor_input(entry["index"], (size, bundle.spec.size, bundle.spec.size, 1))
                    interpreter.allocate_tensors()
            except (RuntimeError, ValueError) as error:
                raise BundleError(f"{bundle.directory}: the {precision} model does not load: {error}") from None
            _check_output(interpreter.get_output_details(), bundle)
            self._interpreters[size] = interpreter
        for size in BATCH_SIZES:
            self.classify(np.zeros((size, bundle.spec.size, bundle.spec.size, 1), np.float32))

    def classify(self, batch: Batch) -> npt.NDArray[np.float32]:
        """See Classifier.classify."""
        check_batch(batch, self.spec)
        logits = np.empty((len(batch), len(self.labels)), np.float32)
        start = 0
        for size in BATCH_SIZES:
            while len(batch) - start >= size:
                logits[start : start + size] = self._run(batch[start : start + size])
                start += size
        return softmax(logits, self._temperature)

    def _run(self, part: Batch) -> npt.NDArray[np.float32]:
        interpreter = self._interpreters[len(part)]
        entry, leaving = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
        interpreter.set_tensor(entry["index"], _quantize(part, entry))
        interpreter.invoke()
        return _dequantize(interpreter.get_tensor(leaving["index"]), leaving)


def _check_input(entry: dict, bundle: Bundle) -> None:  # type: ignore[type-arg]
    expected = [bundle.spec.size, bundle.spec.size, 1]
    got = [int(n) for n in entry["shape"][1:]]
    if got != expected:
        raise BundleError(f"{bundle.directory}: expected a model of input (N, {expected}), got (N, {got})")


def _check_output(leaving: list, bundle: Bundle) -> None:  # type: ignore[type-arg]
    got = int(leaving[0]["shape"][-1])
    if len(leaving) != 1 or got != len(bundle.labels):
        raise BundleError(f"{bundle.directory}: expected one output of {len(bundle.labels)} classes, got {got}")


def _quantize(part: Batch, entry: dict) -> npt.NDArray[np.generic]:  # type: ignore[type-arg]
    if entry["dtype"] == np.float32:
        return part
    scale, zero = entry["quantization"]
    return np.asarray(np.clip(np.rint(part / scale + zero), -128, 127), np.int8)


def _dequantize(values: npt.NDArray[np.generic], leaving: dict) -> npt.NDArray[np.float32]:  # type: ignore[type-arg]
    if leaving["dtype"] == np.float32:
        return np.asarray(values, np.float32)
    scale, zero = leaving["quantization"]
    return np.asarray((np.asarray(values, np.float32) - zero) * scale, np.float32)
