"""A trained network to LiteRT model files, and from there to a bundle."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fer_ros.core.classification.bundle import PRECISIONS, Bundle, write_bundle
from fer_ros.core.classification.preprocessing import PreprocessSpec
from fer_training.models.mobilenet import LOGITS

Floats = npt.NDArray[np.float32]


def convert(network: keras.Model, precision: str, calibration: Floats | None = None) -> bytes:
    """Turn a network into a LiteRT model that maps (N, size, size, 1) to (N, K) logits.

    precision: 'float32', 'float16' (weights stored as float16) or 'int8' (full integer).
    calibration: (M, size, size, 1) float32 training faces, needed for int8: they set the activations' ranges.
    Raises ValueError for another precision or missing calibration faces.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}")
    deployed = keras.Model(network.input, network.output[LOGITS])
    converter = tf.lite.TFLiteConverter.from_keras_model(deployed)
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


def export_bundle(
    network: keras.Model,
    directory: Path,
    *,
    name: str,
    labels: tuple[str, ...],
    spec: PreprocessSpec,
    calibration: Floats,
    temperature: float = 1.0,
    precisions: tuple[str, ...] = ("float16", "int8"),
    default_precision: str = "float16",
    training: dict[str, Any] | None = None,
) -> Bundle:
    """Convert a network to each precision and write the bundle; see write_bundle for its errors."""
    models = {precision: convert(network, precision, calibration) for precision in precisions}
    return write_bundle(
        directory,
        name=name,
        labels=labels,
        spec=spec,
        temperature=temperature,
        models=models,
        default_precision=default_precision,
        training=training or {},
    )


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
