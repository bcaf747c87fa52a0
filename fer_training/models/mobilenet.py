"""MobileNet V1 for 48x48 gray faces (paper, Section 3.2.1; Howard et al. 2017), and ImageNet's weights into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import h5py
import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from keras import layers

from fer_training.models.network_config import BLOCKS, NetworkConfig

STEM = "stem"
FEATURES = "features"
LOGITS = "logits"
VOTES = "votes"
SQUEEZE = "squeeze"

# Slim's default: the paper was built on that library and says only 'Gaussian'.
STEM_DEVIATION = 0.09


class BatchNormalization(layers.BatchNormalization):
    """Keras' layer, whose training pass is one fused operation: a third of a step's time on a CPU.

    fixed_statistics: whether it normalises by its moving averages in training too, and leaves them as they are.
    """

    fixed_statistics = False

    def call(self, inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
        """Normalise (N, H, W, C) by the batch in training, else by the moving averages, as Keras' layer does."""
        if not training or self.fixed_statistics:
            return super().call(inputs, training=False, mask=mask)
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            inputs, self.gamma, self.beta, epsilon=self.epsilon, is_training=True
        )
        # The fused operation divides by one less than the count, Keras' layer by the count.
        count = tf.cast(tf.size(inputs) // inputs.shape[-1], tf.float32)
        variance *= (count - 1) / count
        for average, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            average.assign(average * self.momentum + value * (1 - self.momentum))
        return outputs


def build_network(config: NetworkConfig, classes: int, vote_classes: int = 0) -> keras.Model:
    """Build the network.

    Args:
        config: its shape.
        classes: number of labels.
        vote_classes: outputs of a second head; 0 for none.

    Returns:
        A model from (N, size, size, 1) float32 to a dict. 'logits': (N, classes). 'features': (N, D), average-pooled,
        before dropout: what the center loss sees (paper, Section 3.2.3). 'votes': (N, vote_classes) logits of the
        second head, only if there is one.

    """
    truncated = config.stem == "truncated_gaussian"
    drawn = keras.initializers.TruncatedNormal(stddev=STEM_DEVIATION)
    inputs = keras.Input((config.size, config.size, 1), name="faces")
    x = layers.Conv2D(
        _filters(32, config),
        3,
        strides=config.stem_stride,
        padding="same",
        use_bias=False,
        kernel_initializer=drawn if truncated else keras.initializers.RandomNormal(stddev=STEM_DEVIATION),
        name=STEM,
    )(inputs)
    x = _norm_relu(x, f"{STEM}_bn", config)
    for number, (filters, stride) in enumerate(BLOCKS[: config.blocks], start=1):
        name = f"block{number}"
        if stride == 2:  # one-sided padding, as in the network that ImageNet's weights come from
            x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"{name}_pad")(x)
        padding = "same" if stride == 1 else "valid"
        x = layers.DepthwiseConv2D(3, strides=stride, padding=padding, use_bias=False, name=f"{name}_depthwise")(x)
        x = _norm_relu(x, f"{name}_depthwise_bn", config)
        x = layers.Conv2D(_filters(filters, config), 1, use_bias=False, name=f"{name}_pointwise")(x)
        x = _norm_relu(x, f"{name}_pointwise_bn", config)
        if config.squeeze:
            x = _squeeze_excite(x, f"{name}_{SQUEEZE}", config.squeeze)
    features = layers.GlobalAveragePooling2D(name=FEATURES, dtype="float32")(x)
    dropped = layers.Dropout(config.dropout, name="dropout")(features)
    head = layers.Dense(
        classes, kernel_initializer=drawn if truncated else "glorot_uniform", name=LOGITS, dtype="float32"
    )
    outputs = {LOGITS: head(dropped), FEATURES: features}
    if vote_classes:
        outputs[VOTES] = layers.Dense(vote_classes, name=VOTES, dtype="float32")(dropped)
    return keras.Model(inputs, outputs, name="mobilenet_v1")


def _filters(filters: int, config: NetworkConfig) -> int:
    return max(1, int(filters * config.width))


def _norm_relu(x: keras.KerasTensor, name: str, config: NetworkConfig) -> keras.KerasTensor:
    x = BatchNormalization(momentum=config.batch_norm_momentum, name=name)(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _squeeze_excite(x: keras.KerasTensor, name: str, reduction: int) -> keras.KerasTensor:
    """Scale each channel by what all of them say of the whole picture.

    The gates go up to 2 and start at 1, so that a network with ImageNet's weights starts as what it was without them.
    """
    channels = x.shape[-1]
    gates = layers.GlobalAveragePooling2D(keepdims=True, name=name)(x)
    gates = layers.Conv2D(max(4, channels // reduction), 1, activation="relu", name=f"{name}_reduce")(gates)
    gates = layers.Conv2D(channels, 1, activation="sigmoid", kernel_initializer="zeros", name=f"{name}_expand")(gates)
    return layers.Multiply(name=f"{name}_scale")([x, layers.Rescaling(2.0, name=f"{name}_double")(gates)])


def load_imagenet_weights(network: keras.Model, config: NetworkConfig, weights: Path | None = None) -> None:
    """Copy ImageNet's weights into every layer but the first and the last (paper, Section 3.2.2).

    Args:
        network: gets the weights.
        config: its shape.
        weights: Keras' file of MobileNet V1 without its top; None lets Keras download it.

    Raises:
        ValueError: ImageNet's weights were not trained at this width, or the file is of another one.
        FileNotFoundError: the file is missing.
        OSError: they cannot be downloaded.

    """
    if config.width not in (0.25, 0.5, 0.75, 1.0):
        raise ValueError(f"ImageNet weights exist for width 0.25, 0.5, 0.75 and 1, got {config.width}")
    if weights is not None and not Path(weights).is_file():
        raise FileNotFoundError(f"expected ImageNet weights at {weights}, got nothing")
    stamp = None if weights is None else Path(weights).stat().st_mtime_ns
    theirs = _imagenet_layers(config.width, weights, stamp)
    new = (LOGITS, VOTES)
    ours = [x for x in network.layers if x.weights and x.name not in new and not is_gate(x)]
    for target, values in zip(ours[2:], theirs[2:], strict=False):
        target.set_weights(values)
    if config.stem == "imagenet":
        # A gray picture is an RGB picture with three equal channels, so the kernels add up.
        ours[0].set_weights([theirs[0][0].sum(axis=2, keepdims=True)])
        ours[1].set_weights(theirs[1])


@lru_cache(maxsize=1)
def _imagenet_layers(width: float, weights: Path | None, stamp: int | None) -> list[list[npt.NDArray[np.float32]]]:
    """Return the weights of each layer of MobileNet V1 that has any; kept, because every fold starts from them.

    stamp: when the file was written, so that another one under its name is read anew.
    """
    try:
        source = keras.applications.MobileNet(
            input_shape=(224, 224, 3),
            alpha=width,
            include_top=False,
            weights=None if weights is not None else "imagenet",
            pooling="avg",
        )
    except Exception as error:
        # Keras raises a bare Exception where there is no network.
        raise OSError(f"expected to download ImageNet's weights; else give --imagenet-weights FILE: {error}") from error
    if weights is not None:
        try:
            source.load_weights(str(weights))
        except ValueError as error:
            # Keras' own message prints the weights.
            raise ValueError(f"{weights}: expected MobileNet V1 of width {width} without its top") from error
    return [layer.get_weights() for layer in source.layers if layer.weights]


def network_logits(network: keras.Model) -> Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]:
    """Return a compiled function from (N, size, size, 1) float32 to the (N, K) logits of a network, not in training."""
    compiled = tf.function(lambda faces: network(faces, training=False)[LOGITS], autograph=False)

    def logits(faces: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return np.asarray(compiled(tf.constant(faces)))

    return logits


def head_sizes(weights: Path) -> dict[str, int]:
    """Return how many outputs each head of a saved network has: 'logits', and 'votes' where it has a second one."""
    with h5py.File(weights) as file:
        found = [name for name in ("dense", "dense_1") if name in file["layers"]]
        sizes = [int(file["layers"][name]["vars"]["0"].shape[-1]) for name in found]
    return dict(zip((LOGITS, VOTES), sizes, strict=False))


def is_gate(layer: keras.Layer) -> bool:
    """Whether a layer is part of a squeeze-and-excitation."""
    return SQUEEZE in layer.name


def transfer_weights(
    network: keras.Model, source: keras.Model, missing: Callable[[keras.Layer], bool] = lambda layer: False
) -> None:
    """Copy every layer from a network of the same shape, and each head that both have with as many outputs.

    Args:
        network: gets the weights.
        source: has them.
        missing: which layers the source lacks; they stay as they are.

    Raises:
        ValueError: another layer is missing or has another shape.

    """
    theirs = {layer.name: layer for layer in source.layers}
    for layer in network.layers:
        head = layer.name in (LOGITS, VOTES)
        if missing(layer):
            continue
        if layer.weights and not (head and _shapes(layer) != _shapes(theirs.get(layer.name))):
            layer.set_weights(source.get_layer(layer.name).get_weights())


def _shapes(layer: keras.Layer | None) -> list[tuple[int, ...]]:
    return [] if layer is None else [tuple(weight.shape) for weight in layer.weights]


def renew_head(network: keras.Model, seed: int) -> None:
    """Draw the classification layer anew, apart from all other draws of this seed.

    Two stages of one seed would else begin with the same layer, and the features of the first are fitted to it.
    """
    head = network.get_layer(LOGITS)
    kernel, bias = head.get_weights()
    drawn = keras.initializers.GlorotUniform(seed=np.random.default_rng((seed, 2)).integers(2**31).item())
    head.set_weights([keras.ops.convert_to_numpy(drawn(kernel.shape)), np.zeros_like(bias)])


def copy_head(network: keras.Model, source: keras.Model, labels: Sequence[str], known: Sequence[str]) -> None:
    """Copy what a network's classification layer knows of the labels that another one has too.

    Args:
        network: gets the weights; what it alone has stays as it is.
        source: of the same shape but for its labels.
        labels: of the network.
        known: labels of the source.

    """
    head = network.get_layer(LOGITS)
    (kernel, bias), (theirs, their_bias) = head.get_weights(), source.get_layer(LOGITS).get_weights()
    for place, label in enumerate(labels):
        if label in known:
            kernel[:, place], bias[place] = theirs[:, known.index(label)], their_bias[known.index(label)]
    head.set_weights([kernel, bias])


def decayed_kernels(network: keras.Model) -> list[keras.Variable]:
    """Return the variables that weight decay applies to: kernels, not batch norm and not biases."""
    return [v for v in network.trainable_variables if v.path.rsplit("/", 1)[-1] == "kernel"]
