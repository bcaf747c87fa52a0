"""The network is MobileNet V1 with another stem; ImageNet's weights come into it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from fer_training.models.mobilenet import (
    FEATURES,
    LOGITS,
    BatchNormalization,
    NetworkConfig,
    build_network,
    decayed_kernels,
    load_imagenet_weights,
    renew_head,
    transfer_weights,
)

SMALL = NetworkConfig(width=0.25)


@pytest.fixture(scope="module")
def imagenet(tmp_path_factory):
    keras.utils.set_random_seed(1)
    source = keras.applications.MobileNet(
        input_shape=(224, 224, 3), alpha=0.25, include_top=False, weights=None, pooling="avg"
    )
    path = tmp_path_factory.mktemp("imagenet") / "mobilenet.weights.h5"
    source.save_weights(path)
    return source, path


def test_the_papers_network_has_the_size_of_mobilenet():
    network = build_network(NetworkConfig(), 7)
    assert network.output[FEATURES].shape[-1] == 1024 and network.output[LOGITS].shape[-1] == 7
    assert 3.2e6 < network.count_params() < 3.3e6
    layers = [layer for layer in network.layers if layer.name.endswith(("depthwise", "pointwise"))]
    assert len(layers) == 26


def test_all_but_the_first_convolution_come_from_imagenet(imagenet):
    source, path = imagenet
    network = build_network(SMALL, 7)
    stem = network.get_layer("stem").get_weights()[0]
    load_imagenet_weights(network, SMALL, path)
    np.testing.assert_array_equal(network.get_layer("stem").get_weights()[0], stem)
    for ours, theirs in (("block1_depthwise", "conv_dw_1"), ("block13_pointwise", "conv_pw_13")):
        np.testing.assert_array_equal(
            network.get_layer(ours).get_weights()[0], source.get_layer(theirs).get_weights()[0]
        )
    np.testing.assert_array_equal(
        network.get_layer("block13_pointwise_bn").get_weights()[3],
        source.get_layer("conv_pw_13_bn").get_weights()[3],
    )


def test_an_imagenet_stem_sees_a_gray_picture_as_imagenet_sees_three_equal_channels(imagenet):
    source, path = imagenet
    config = NetworkConfig(width=0.25, stem="imagenet", size=224)
    network = build_network(config, 7)
    load_imagenet_weights(network, config, path)
    gray = np.random.default_rng(0).uniform(-1, 1, (1, 224, 224, 1)).astype(np.float32)
    # Keras pads the stem of its 224-pixel network on one side only, as all of its strided layers.
    inner = network.get_layer("block1_depthwise").input
    kernel = network.get_layer("stem").get_weights()[0]
    np.testing.assert_allclose(kernel[..., 0, :], source.get_layer("conv1").get_weights()[0].sum(axis=2), atol=1e-6)
    assert keras.Model(network.input, inner)(gray).shape == (1, 112, 112, 8)


def test_missing_weights_and_other_widths_are_refused(tmp_path, imagenet):
    network = build_network(SMALL, 7)
    with pytest.raises(FileNotFoundError, match="expected ImageNet weights at"):
        load_imagenet_weights(network, SMALL, tmp_path / "none.h5")
    with pytest.raises(ValueError, match=r"got 0.3"):
        load_imagenet_weights(network, NetworkConfig(width=0.3), tmp_path / "none.h5")
    wide = NetworkConfig(width=0.5)
    with pytest.raises(ValueError, match=r"expected MobileNet V1 of width 0\.5 without its top$"):
        load_imagenet_weights(build_network(wide, 7), wide, imagenet[1])


def test_fused_batch_norm_is_that_of_keras():
    """Outputs, gradients and moving averages, in training and after it."""
    x = tf.constant(np.random.default_rng(0).normal(3, 2, (4, 5, 5, 6)).astype(np.float32))
    results = []
    for kind in (keras.layers.BatchNormalization, BatchNormalization):
        layer = kind(momentum=0.7)
        layer.build(x.shape)
        layer.set_weights([np.linspace(0.5, 2, 6), np.linspace(-1, 1, 6), np.zeros(6), np.ones(6)])
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = layer(x, training=True)
            loss = tf.reduce_sum(outputs**3)
        gradients = tape.gradient(loss, [x, *layer.trainable_variables])
        results.append([outputs, *gradients, *layer.get_weights(), layer(x, training=False)])
    for expected, got in zip(*results, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-4, atol=2e-3)


def test_weight_decay_is_for_kernels_alone():
    decayed = decayed_kernels(build_network(SMALL, 7))
    assert {v.path.rsplit("/", 1)[-1] for v in decayed} == {"kernel"} and len(decayed) == 1 + 26 + 1


def test_a_head_is_taken_where_it_has_as_many_outputs():
    first, second, third = build_network(SMALL, 7), build_network(SMALL, 8), build_network(SMALL, 7, 8)
    faces = np.random.default_rng(0).uniform(-1, 1, (2, 48, 48, 1)).astype(np.float32)
    fresh = second.get_layer(LOGITS).get_weights()[0]
    transfer_weights(second, first)
    np.testing.assert_array_equal(first(faces)[FEATURES], second(faces)[FEATURES])
    np.testing.assert_array_equal(second.get_layer(LOGITS).get_weights()[0], fresh)
    transfer_weights(third, first)
    np.testing.assert_array_equal(third(faces)[LOGITS], first(faces)[LOGITS])


def test_the_second_stages_head_is_not_the_first_ones_of_the_same_seed():
    """Features of a first stage are fitted to its head: the same draw again would be a hidden transfer."""
    heads = []
    for renew in (False, True, True):
        keras.utils.set_random_seed(0)
        network = build_network(SMALL, 7)
        if renew:
            renew_head(network, 0)
        heads.append(network.get_layer(LOGITS).get_weights()[0])
    first, second, again = heads
    assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 0.1
    assert second.std() == pytest.approx(first.std(), rel=0.1)
    np.testing.assert_array_equal(second, again)


def test_squeeze_and_excitation_starts_as_the_network_without_it_and_learns(imagenet):
    # Of four units that see a block's channels, a draw may leave every one below zero.
    keras.utils.set_random_seed(0)
    plain, config = SMALL, NetworkConfig(width=0.25, squeeze=16)
    networks = [build_network(c, 7) for c in (plain, config)]
    for network, c in zip(networks, (plain, config), strict=True):
        load_imagenet_weights(network, c, imagenet[1])
    networks[1].get_layer("stem").set_weights(networks[0].get_layer("stem").get_weights())
    faces = np.random.default_rng(0).uniform(-1, 1, (4, 48, 48, 1)).astype(np.float32)
    np.testing.assert_allclose(networks[1](faces)[FEATURES], networks[0](faces)[FEATURES], rtol=1e-4, atol=1e-4)
    gates = [layer for layer in networks[1].layers if layer.name.endswith("squeeze_expand")]
    assert len(gates) == 13
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(networks[1](faces, training=True)[LOGITS] ** 2)
    assert all(np.abs(g).max() > 0 for g in tape.gradient(loss, [layer.kernel for layer in gates]))
    with pytest.raises(ValueError, match="squeeze must be at least 0, got -1"):
        NetworkConfig(squeeze=-1)


def test_unknown_network_values_are_refused():
    with pytest.raises(ValueError, match="stem_stride must be 1 to 2, got 3"):
        NetworkConfig(stem_stride=3)
