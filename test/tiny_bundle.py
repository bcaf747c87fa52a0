"""Bundles of tiny networks for tests: made by the real converter in seconds, wrong about every face, right in form."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from fer_ros.core.emotions import EMOTIONS


def make_tiny_bundle(directory: Path, labels: tuple[str, ...] = EMOTIONS[:7], seed: int = 0, squeeze: int = 0) -> Path:
    """Write a bundle of an untrained network of a few thousand weights into a new folder, and return the folder."""
    from fer_ros.core.classification.bundle import write_bundle
    from fer_ros.core.classification.preprocessing import PreprocessSpec

    write_bundle(
        directory,
        name="tiny",
        labels=labels,
        spec=PreprocessSpec(),
        temperature=1.0,
        models=dict(_models(len(labels), seed, squeeze)),
        default_precision="float32",
        training={},
    )
    return directory


@cache
def _models(classes: int, seed: int, squeeze: int) -> dict[str, bytes]:
    """Return the files of such a network by precision; several tests write the same ones."""
    import keras

    from fer_ros.core.classification.bundle import PRECISIONS
    from fer_training.export.convert import convert
    from fer_training.models.mobilenet import LOGITS, NetworkConfig, build_network

    keras.utils.set_random_seed(seed)
    network = build_network(NetworkConfig(width=0.125, blocks=4, squeeze=squeeze), classes)
    faces = np.random.default_rng(seed).uniform(-1, 1, (8, 48, 48, 1)).astype(np.float32)
    rng = np.random.default_rng(seed)
    for layer in network.layers:
        if layer.name.endswith("expand"):
            # Gates that a training would have moved.
            layer.set_weights([rng.normal(0, 1, layer.kernel.shape), rng.normal(0, 1, layer.bias.shape)])
    # An untrained network would call all classes equally likely: spread its logits.
    dense = network.get_layer(LOGITS)
    kernel, bias = dense.get_weights()
    dense.set_weights([kernel * 2 / np.std(network(faces)[LOGITS]), bias])
    return {precision: convert(network, precision, faces) for precision in PRECISIONS}
