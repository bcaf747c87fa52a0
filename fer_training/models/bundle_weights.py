"""A bundle's float model back into a Keras network, so that a second stage can start from any bundle.

The converter folds batch norm into the kernels: what a layer computes is kernel * x + bias. The network computes
gamma * (kernel * x - mean) / sqrt(variance + epsilon) + beta. With mean and variance measured on the new stage's own
faces, gamma = sqrt(variance + epsilon) and beta = bias + mean, both are the same function, and training, which
normalises by the batch, starts from it as well.
"""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers

from fer_ros.core.classification.bundle import Bundle, BundleError
from fer_ros.core.classification.litert_file import read_graph
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.data.crops import Crops
from fer_training.models.mobilenet import LOGITS

Floats = npt.NDArray[np.float32]
CROPS = 512


def load_folded_weights(network: keras.Model, bundle: Bundle, crops: Crops) -> None:
    """Fill every layer of a network from the float model of a bundle of the same shape.

    The classification layer is filled where both have as many labels; a bundle has no second head.

    Args:
        network: gets the weights.
        bundle: holds them.
        crops: of the coming stage, for the batch norm's statistics.

    Raises:
        BundleError: the bundle has no float model, or one of another shape.

    """
    stored = folded_layers(read_float_model(bundle))
    x = tf.constant(sample_batch(bundle, crops, CROPS))
    last = next(i for i, layer in enumerate(network.layers) if isinstance(layer, layers.GlobalAveragePooling2D))
    bias = np.zeros(0, np.float32)
    for layer in network.layers[1:last]:
        if isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D)):
            kernel, bias = next(stored, (np.zeros(0, np.float32), bias))
            expected = tuple(layer.kernel.shape)
            if kernel.shape != expected:
                got = kernel.shape if kernel.size else "none"
                raise BundleError(f"{bundle.directory}: expected a kernel {expected} for {layer.name}, got {got}")
            layer.set_weights([kernel])
        elif isinstance(layer, layers.BatchNormalization):
            mean, variance = channel_moments(x)
            layer.set_weights([np.sqrt(variance + layer.epsilon), bias + mean, mean, variance])
        x = layer(x, training=False) if isinstance(layer, layers.BatchNormalization) else layer(x)
    head = network.get_layer(LOGITS)
    kernel, bias = next(stored)
    if kernel.shape == tuple(head.kernel.shape):
        head.set_weights([kernel, bias])


def sample_batch(bundle: Bundle, crops: Crops, count: int) -> Floats:
    """Return at most `count` of the crops, always the same, as the bundle's network takes them."""
    chosen = np.random.default_rng(0).permutation(len(crops))[:count]
    return preprocess_crops([crops.pixels[i] for i in chosen], bundle.spec)


def channel_moments(x: tf.Tensor) -> tuple[Floats, Floats]:
    """Return mean and variance of each channel of (N, H, W, C) activations, always in float32."""
    mean, variance = tf.nn.moments(tf.cast(x, tf.float32), (0, 1, 2))
    return mean.numpy(), variance.numpy()


def read_float_model(bundle: Bundle) -> bytes:
    """Return the LiteRT file of the bundle's most exact float model. Raises BundleError if it has none."""
    precision = next((p for p in ("float32", "float16") if p in bundle.models), None)
    if precision is None:
        raise BundleError(f"{bundle.directory}: expected a float model to start from, got only {list(bundle.models)}")
    return bundle.read_model(precision)


def folded_layers(content: bytes) -> Iterator[tuple[Floats, Floats]]:
    """Yield kernel and bias, float32 and in Keras' layout, of each layer of a LiteRT file, in order."""
    graph = read_graph(content)
    constants = {index: np.asarray(values, np.float32) for index, values in graph.constants.items()}
    for operator in graph.operators:
        if operator.name == "DEQUANTIZE" and operator.inputs[0] in constants:
            constants[operator.outputs[0]] = constants[operator.inputs[0]]
        elif operator.name in ("CONV_2D", "DEPTHWISE_CONV_2D"):  # (out, h, w, in) to (h, w, in, out)
            yield constants[operator.inputs[1]].transpose(1, 2, 3, 0), constants[operator.inputs[2]]
        elif operator.name == "FULLY_CONNECTED":
            kernel = constants[operator.inputs[1]].T
            # A bias of zeros is left out of the file.
            yield kernel, constants.get(operator.inputs[2], np.zeros(kernel.shape[1], np.float32))
