"""A pruned network computes what the wide one did."""

import keras
import numpy as np
import pytest
from look_alike import tiny_config, tiny_crops

from fer_ros.core.classification.bundle import BundleError, load_bundle
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.export.packaging import package
from fer_training.models.channel_pruning import load_pruned_weights
from fer_training.models.mobilenet import (
    FEATURES,
    LOGITS,
    NetworkConfig,
    build_network,
)
from fer_training.training.initialization import open_initial_weights


def test_a_pruned_network_computes_what_the_wide_one_did_where_nothing_that_counts_is_left_out(tmp_path):
    """Half of the channels are read by nobody: without them the result is the same."""
    config = tiny_config(network=NetworkConfig(width=0.5, blocks=4, batch_norm_momentum=0.3))
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
    for _ in range(6):
        wide(faces, training=True)
    package(wide, config, crops, crops, tmp_path / "b", "b", ("float32",))
    weights = open_initial_weights(str(tmp_path / "b"))
    narrow_config = weights.adapt(tiny_config(network=NetworkConfig(width=0.25)))
    assert (narrow_config.network.width, narrow_config.network.blocks) == (0.25, 4)
    narrow = build_network(narrow_config.network, 7)
    weights.initialise(narrow, narrow_config, crops)
    expected = np.asarray(wide(faces)[LOGITS])
    np.testing.assert_allclose(narrow(faces)[LOGITS], expected, atol=0.05 * expected.std())
    features = narrow(faces)[FEATURES]
    np.testing.assert_allclose(narrow(faces, training=True)[FEATURES], features, atol=0.05 * np.std(features))


def test_a_bundle_of_another_shape_is_not_pruned(tmp_path):
    config, crops = tiny_config(network=NetworkConfig(width=0.5, blocks=3)), tiny_crops()
    package(build_network(config.network, 7), config, crops, crops, tmp_path / "b", "b", ("float32",))
    with pytest.raises(BundleError, match="expected 9 convolutions and a head, got 8 layers"):
        load_pruned_weights(build_network(NetworkConfig(width=0.25, blocks=4), 7), load_bundle(tmp_path / "b"), crops)
