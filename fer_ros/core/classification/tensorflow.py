"""TensorFlow, for machines with a GPU: runs the very weights of the bundle's LiteRT file.

The file is a FlatBuffer of a handful of operators. They are replayed as TensorFlow operations, so that a bundle needs
no second copy of its weights that could differ from the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import Bundle, BundleError
from fer_ros.core.classification.classifier import BackendError, check_batch, softmax
from fer_ros.core.classification.litert_file import read_graph
from fer_ros.core.classification.preprocessing import Batch
from fer_ros.core.library_output import quiet_tensorflow
from fer_ros.core.missing import needs

# Each batch is padded to one of these, so that a GPU tunes its kernels for a few shapes, all at the start.
BATCH_SIZES = (1, 2, 4, 8, 16)


class TensorFlowClassifier:
    """Runs a bundle's float model on whatever device TensorFlow has."""

    def __init__(self, bundle: Bundle, precision: str, need_gpu: bool = False) -> None:
        """Build and warm up the graph.

        need_gpu: on a CPU this backend costs ten times what LiteRT does.
        Raises BackendError if TensorFlow is missing, its device fails, or it sees no GPU and needs one, or for a model
        that it does not run; BundleError for one that does not fit.
        """
        try:
            with quiet_tensorflow():
                import tensorflow as tf

                gpus = tf.config.list_physical_devices("GPU")
        except ImportError as error:
            raise BackendError(f"{needs('tensorflow')} ({error})") from None
        if need_gpu and not gpus:
            raise BackendError("TensorFlow sees no GPU, such as where its CUDA libraries are missing")
        try:
            for gpu in gpus:
                # Without this TensorFlow takes all of the GPU's memory, and the robot's other nodes get none.
                tf.config.experimental.set_memory_growth(gpu, True)
        except RuntimeError as error:
            raise BackendError(f"TensorFlow was in use before memory growth could be set ({error})") from None
        self.name = f"tensorflow {precision}, {f'{len(gpus)} GPU' if gpus else 'CPU'}"
        self.bundle_id = bundle.id
        self.labels = bundle.labels
        self.spec = bundle.spec
        self._temperature = bundle.temperature
        size = bundle.spec.size
        self._run = tf.function(
            rebuild(bundle.read_model(precision)), input_signature=[tf.TensorSpec((None, size, size, 1), tf.float32)]
        )
        try:
            for count in BATCH_SIZES:
                logits = self._run(tf.zeros((count, size, size, 1))).numpy()
        except tf.errors.OpError as error:
            raise BackendError(f"TensorFlow cannot run the model: {error.message}") from None
        except ValueError as error:
            raise BundleError(f"{bundle.directory}: the model does not take its manifest's input: {error}") from None
        if logits.shape[1] != len(bundle.labels):
            raise BundleError(f"{bundle.directory}: expected {len(bundle.labels)} classes, got {logits.shape[1]}")

    def classify(self, batch: Batch) -> npt.NDArray[np.float32]:
        """See Classifier.classify."""
        check_batch(batch, self.spec)
        logits = np.empty((len(batch), len(self.labels)), np.float32)
        for start in range(0, len(batch), BATCH_SIZES[-1]):
            part = batch[start : start + BATCH_SIZES[-1]]
            size = next(n for n in BATCH_SIZES if n >= len(part))
            padded = np.concatenate([part, np.zeros((size - len(part), *part.shape[1:]), np.float32)])
            logits[start : start + len(part)] = self._run(padded).numpy()[: len(part)]
        return softmax(logits, self._temperature)


def rebuild(content: bytes) -> Callable[[Any], Any]:
    """Return a function of TensorFlow operations that computes what a float LiteRT model computes.

    content: the model file.  Raises BackendError for an operator that the trainer's networks do not have.
    """
    graph = read_graph(content)
    unknown = [operator.name for operator in graph.operators if operator.name not in _OPERATORS]
    if unknown:
        raise BackendError(f"the tensorflow backend runs {', '.join(_OPERATORS)}; the model holds {unknown[0]}")

    def run(faces: Any) -> Any:
        values: dict[int, Any] = {**graph.constants, graph.input: faces}
        for operator in graph.operators:
            arguments = [values.get(i) for i in operator.inputs]
            values[operator.outputs[0]] = _OPERATORS[operator.name](operator.options, *arguments)
        return values[graph.output]

    return run


def _dequantize(_: Any, values: Any) -> Any:
    import tensorflow as tf

    return tf.cast(values, tf.float32)


def _pad(_: Any, values: Any, paddings: Any) -> Any:
    import tensorflow as tf

    return tf.pad(values, paddings)


def _conv(options: Any, values: Any, kernel: Any, bias: Any) -> Any:
    import tensorflow as tf

    # LiteRT keeps (out, h, w, in), TensorFlow wants (h, w, in, out).
    strides = [1, options.strideH, options.strideW, 1]
    result = tf.nn.conv2d(values, tf.transpose(kernel, (1, 2, 3, 0)), strides, _padding(options))
    return _activate(options, result + bias)


def _depthwise(options: Any, values: Any, kernel: Any, bias: Any) -> Any:
    import tensorflow as tf

    # LiteRT keeps (1, h, w, channels), TensorFlow wants (h, w, channels, 1).
    strides = [1, options.strideH, options.strideW, 1]
    result = tf.nn.depthwise_conv2d(values, tf.transpose(kernel, (1, 2, 3, 0)), strides, _padding(options))
    return _activate(options, result + bias)


def _mean(options: Any, values: Any, axes: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_mean(values, axis=np.asarray(axes).ravel().tolist(), keepdims=bool(options.keepDims))


def _dense(options: Any, values: Any, kernel: Any, bias: Any) -> Any:
    import tensorflow as tf

    result = tf.matmul(values, kernel, transpose_b=True)
    return _activate(options, result if bias is None else result + bias)


def _multiply(options: Any, values: Any, others: Any) -> Any:
    return _activate(options, values * others)


def _sigmoid(_: Any, values: Any) -> Any:
    import tensorflow as tf

    return tf.sigmoid(values)


def _padding(options: Any) -> str:
    return ("SAME", "VALID")[options.padding]


def _activate(options: Any, values: Any) -> Any:
    import tensorflow as tf

    functions = {0: tf.identity, 1: tf.nn.relu, 3: tf.nn.relu6}  # the schema's ActivationFunctionType
    return functions[options.fusedActivationFunction](values)


_OPERATORS: dict[str, Callable[..., Any]] = {
    "DEQUANTIZE": _dequantize,
    "PAD": _pad,
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise,
    "MEAN": _mean,
    "FULLY_CONNECTED": _dense,
    # Squeeze-and-excitation.
    "MUL": _multiply,
    "LOGISTIC": _sigmoid,
}
