"""A trained network to LiteRT model files."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fer_ros.core.classification.bundle import PRECISIONS
from fer_training.models.mobilenet import LOGITS

Floats = npt.NDArray[np.float32]


def convert(network: keras.Model, precision: str, calibration: Floats | None = None) -> bytes:
    """Turn a network into a LiteRT model.

    Args:
        network: with the output 'logits', as build_network makes them.
        precision: 'float32', 'float16' (weights stored as float16) or 'int8' (full integer).
        calibration: (M, size, size, 1) float32 batch of training faces, needed for int8: they set the activations'
            ranges.

    Returns:
        The content of a file that maps (N, size, size, 1) to (N, K) logits.

    Raises:
        ValueError: another precision, or missing calibration faces.

    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}")
    function = tf.function(lambda faces: network(faces, training=False)[LOGITS], autograph=False)
    traced = function.get_concrete_function(tf.TensorSpec(network.input.shape, tf.float32, name="faces"))
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], network)
    # By way of a SavedModel, as from a Keras model, it gives the same file in five times the time.
    converter.experimental_lower_to_saved_model = False
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if precision == "int8":
        if calibration is None or not len(calibration):
            raise ValueError("int8 needs calibration faces of the training split, got none")
        converter.representative_dataset = lambda: ([face[np.newaxis]] for face in calibration)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
    with _quiet():
        return bytes(converter.convert())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the converter's chatter, part of it from C++, out of the user's terminal."""
    saved = os.dup(2)
    with open(os.devnull, "w") as sink, contextlib.redirect_stdout(io.StringIO()):
        os.dup2(sink.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
