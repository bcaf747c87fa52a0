"""The network is MobileNet V1 with another stem; weights come into it from ImageNet, a run or a bundle."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from look_alike import tiny_config, tiny_crops

from fer_ros.core.classification.bundle import BundleError, load_bundle
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.export.packaging import package
from fer_training.models.bundle_weights import load_folded_weights
from fer_training.models.channel_pruning import load_narrowed_weights
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
from fer_training.training.initialization import BundleStart, ImageNetStart, RunStart, open_start

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
    names = {v.path.rsplit("/", 1)[-1] for v in decayed_kernels(build_network(SMALL, 7))}
    assert names == {"kernel"}
    assert len(decayed_kernels(build_network(SMALL, 7))) == 1 + 26 + 1


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


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_a_bundles_folded_weights_compute_the_same_features(tmp_path, precision):
    """Batch norm that the converter folded away is put back, and training starts from the same function."""
    config = tiny_config(network=NetworkConfig(width=0.25, blocks=4))
    crops = tiny_crops()
    faces = preprocess_crops(crops.pixels, config.preprocess)
    network = build_network(config.network, 7)
    for _ in range(30):  # statistics that are not the initial ones
        network(faces, training=True)
    package(network, config, crops, crops, tmp_path / "b", "b", (precision,))
    start = open_start(str(tmp_path / "b"))
    assert isinstance(start, BundleStart) and start.adapt(tiny_config()).network.blocks == 4
    second = build_network(config.network, 8)
    start.initialise(second, config, crops)
    tolerance = 1e-4 if precision == "float32" else 2e-2
    np.testing.assert_allclose(second(faces)[FEATURES], network(faces)[FEATURES], atol=tolerance)
    np.testing.assert_allclose(second(faces, training=True)[FEATURES], network(faces)[FEATURES], atol=5 * tolerance)
    same = build_network(config.network, 7)
    start.initialise(same, config, crops)
    np.testing.assert_allclose(same(faces)[LOGITS], network(faces)[LOGITS], atol=5 * tolerance)
    with pytest.raises(BundleError, match=r"expected a kernel .* for stem, got"):
        load_folded_weights(build_network(NetworkConfig(width=0.5), 8), load_bundle(tmp_path / "b"), crops)


def test_a_narrowed_network_answers_as_the_wide_one_did_where_nothing_that_counts_is_left_out(tmp_path):
    """Half of the channels are read by nobody: without them the answer is the same."""
    config = tiny_config(network=NetworkConfig(width=0.5, blocks=4, batch_norm_momentum=0.8))
    crops = tiny_crops()
    faces = preprocess_crops(crops.pixels, config.preprocess)
    wide = build_network(config.network, 7)
    rng = np.random.default_rng(0)
    readers = [x for x in wide.layers if isinstance(x, keras.layers.Conv2D) and x.kernel_size == (1, 1)]
    for reader in [*readers, wide.get_layer(LOGITS)]:
        kernel, *bias = reader.get_weights()
        unread = rng.permutation(kernel.shape[-2])[: kernel.shape[-2] // 2]
        kernel[..., unread, :] = 0
        reader.set_weights([kernel, *bias])
    for _ in range(30):
        wide(faces, training=True)
    package(wide, config, crops, crops, tmp_path / "b", "b", ("float32",))
    start = open_start(str(tmp_path / "b"))
    narrow_config = start.adapt(tiny_config(network=NetworkConfig(width=0.25)))
    assert (narrow_config.network.width, narrow_config.network.blocks) == (0.25, 4)
    narrow = build_network(narrow_config.network, 7)
    start.initialise(narrow, narrow_config, crops)
    expected = np.asarray(wide(faces)[LOGITS])
    np.testing.assert_allclose(narrow(faces)[LOGITS], expected, atol=0.05 * expected.std())
    features = narrow(faces)[FEATURES]
    np.testing.assert_allclose(narrow(faces, training=True)[FEATURES], features, atol=0.05 * np.std(features))


def test_a_bundle_of_another_shape_is_not_narrowed(tmp_path):
    config, crops = tiny_config(network=NetworkConfig(width=0.5, blocks=3)), tiny_crops()
    package(build_network(config.network, 7), config, crops, crops, tmp_path / "b", "b", ("float32",))
    with pytest.raises(BundleError, match="expected 9 convolutions and a head, got 8 layers"):
        load_narrowed_weights(build_network(NetworkConfig(width=0.25, blocks=4), 7), load_bundle(tmp_path / "b"), crops)


def test_a_start_is_recognised_by_what_its_folder_holds(tmp_path):
    (tmp_path / "config.yaml").write_text("steps: 1\nevaluate_steps: 1\n")
    assert isinstance(open_start(str(tmp_path)), RunStart)
    with pytest.raises(FileNotFoundError, match="expected a run folder"):
        open_start(str(tmp_path / "none"))
    assert ImageNetStart().adapt(tiny_config()) == tiny_config()


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
    with pytest.raises(ValueError, match="squeeze must not be negative"):
        NetworkConfig(squeeze=-1)
