"""Channel pruning (He et al. 2017; ThiNet: Luo et al. 2017): a network of fewer filters out of a bundle of more.

ImageNet's weights of that width, where there are any, know no faces. In each layer the channels that matter most are
kept, and the pointwise kernels are fitted anew, by least squares, so that what is left computes what the wide layer
did. Further training starts there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers

from fer_ros.core.classification.bundle import Bundle, BundleError
from fer_training.data.crops import Crops
from fer_training.models.bundle_weights import channel_moments, folded_layers, read_float_model, sample_batch
from fer_training.models.mobilenet import LOGITS

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]
_CROPS = 256
# Positions that a kernel is fitted on; the ridge, relative to the mean square of an input, keeps dead channels quiet.
_ROWS = 20_000
_RIDGE = 1e-3


@dataclass(frozen=True)
class _Layer:
    """A folded layer of the wide network, what it computes before its activation, and after; and what is kept of it.

    channels: indices of the outputs that the pruned network keeps.
    """

    kernel: Floats
    before: Floats
    after: Floats
    channels: Indices


def load_pruned_weights(network: keras.Model, bundle: Bundle, crops: Crops) -> None:
    """Fill a network whose layers have at most the filters of the bundle's, and whose other measures are the same.

    Args:
        network: gets the weights.
        bundle: holds the wider network.
        crops: of the coming stage; the channels are chosen, and the kernels fitted, on some of them.

    Raises:
        BundleError: the bundle has no float model, or one of another shape.

    """
    batch = sample_batch(bundle, crops, _CROPS)
    convolutions = [x for x in network.layers if isinstance(x, (layers.Conv2D, layers.DepthwiseConv2D))]
    weights = list(folded_layers(read_float_model(bundle)))
    if len(weights) != len(convolutions) + 1:
        raise BundleError(
            f"{bundle.directory}: expected {len(convolutions)} convolutions and a head, got {len(weights)} layers"
        )
    head_kernel, head_bias = weights[-1]
    wide = _run(network, weights[:-1], batch)
    wide = [
        replace(found, channels=_best(wide, i, _filters(layer), head_kernel))
        for i, (found, layer) in enumerate(zip(wide, convolutions, strict=True))
    ]
    features = _fill_convolutions(network, wide, batch, str(bundle.directory))
    head = network.get_layer(LOGITS)
    if head.units == head_kernel.shape[1]:
        head.set_weights(list(_fit(features, wide[-1].after.mean((1, 2)) @ head_kernel + head_bias)))


def _fill_convolutions(network: keras.Model, wide: list[_Layer], batch: Floats, where: str) -> Floats:
    """Fill every layer before the head, and return the (N, D) features that the pruned network then computes."""
    x, inputs = tf.constant(batch), np.arange(1)
    remaining = iter(wide)
    origin = wide[0]
    for layer in network.layers[1:]:
        if isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D)):
            origin = next(remaining)
            kernel = _pruned_kernel(layer, origin, x, inputs)
            expected = tuple(layer.kernel.shape)
            if kernel.shape != expected:
                raise BundleError(f"{where}: expected a kernel {expected} for {layer.name}, got {kernel.shape}")
            layer.set_weights([kernel])
        elif isinstance(layer, layers.BatchNormalization):
            # What the pruned layer computes is moved to the mean and deviation that the wide one's outputs have.
            mean, variance = channel_moments(x)
            target = origin.before[..., origin.channels]
            layer.set_weights([target.std((0, 1, 2)), target.mean((0, 1, 2)), mean, variance])
            inputs = origin.channels
        x = layer(x, training=False) if isinstance(layer, layers.BatchNormalization) else layer(x)
        if isinstance(layer, layers.GlobalAveragePooling2D):
            break
    return np.asarray(x)


def _pruned_kernel(layer: keras.Layer, origin: _Layer, x: tf.Tensor, inputs: Indices) -> Floats:
    """Return the kernel of a pruned layer, which gets `x`: the channels `inputs` of what the wide layer got."""
    if isinstance(layer, layers.DepthwiseConv2D):
        return origin.kernel[:, :, inputs]
    if origin.kernel.shape[:2] == (1, 1):
        return _fit(x.numpy(), origin.before[..., origin.channels])[0][np.newaxis, np.newaxis]
    return origin.kernel[:, :, inputs][..., origin.channels]


def _run(network: keras.Model, weights: list[tuple[Floats, Floats]], batch: Floats) -> list[_Layer]:
    """Return every layer of the wide network at work, in the order of the pruned one, whose strides it has."""
    found: list[_Layer] = []
    x = tf.constant(batch)
    for layer in network.layers:
        if isinstance(layer, layers.ZeroPadding2D):
            x = layer(x)
        elif isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D)):
            kernel, bias = weights[len(found)]
            convolve = tf.nn.depthwise_conv2d if isinstance(layer, layers.DepthwiseConv2D) else tf.nn.conv2d
            strides = [1, *layer.strides, 1]
            before = convolve(x, kernel, strides, layer.padding.upper()) + bias
            x = tf.nn.relu6(before)
            found.append(_Layer(kernel, before.numpy(), x.numpy(), np.arange(before.shape[-1])))
    return found


def _filters(layer: keras.Layer) -> int:
    return int(layer.kernel.shape[2] if isinstance(layer, layers.DepthwiseConv2D) else layer.filters)


def _best(wide: list[_Layer], index: int, count: int, head: Floats) -> Indices:
    """Return the channels of a layer's output that matter most to the layer that reads them, in ascending order.

    A depthwise layer has the channels of the layer before it. What matters: deviation times the reader's weights.
    """
    if wide[index].kernel.shape[3] == 1 and index:
        index -= 1
    if index == len(wide) - 1:
        written, read = wide[index].after.mean((1, 2)), head
    else:
        written, read = wide[index + 1].after, wide[index + 2].kernel[0, 0]
    score = written.std(tuple(range(written.ndim - 1))) * np.linalg.norm(read, axis=1)
    return np.sort(np.argsort(-score, kind="stable")[:count])


def _fit(inputs: Floats, outputs: Floats) -> tuple[Floats, Floats]:
    """Return kernel and bias with which (..., I) inputs come closest to (..., O) outputs."""
    x, y = inputs.reshape(-1, inputs.shape[-1]), outputs.reshape(-1, outputs.shape[-1])
    if len(x) > _ROWS:
        rows = np.random.default_rng(0).permutation(len(x))[:_ROWS]
        x, y = x[rows], y[rows]
    x, y = x.astype(np.float64), y.astype(np.float64)
    mean_x, mean_y = x.mean(axis=0), y.mean(axis=0)
    x, y = x - mean_x, y - mean_y
    gram = x.T @ x
    gram += np.eye(len(gram)) * (_RIDGE * np.trace(gram) / len(gram))
    kernel = np.linalg.solve(gram, x.T @ y)
    return kernel.astype(np.float32), (mean_y - mean_x @ kernel).astype(np.float32)
