"""A bundle gives its network back."""

import numpy as np
import pytest
from look_alike import tiny_config, tiny_crops

from fer_ros.core.classification.bundle import BundleError, load_bundle
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.export.packaging import package
from fer_training.models.bundle_weights import load_folded_weights
from fer_training.models.mobilenet import (
    FEATURES,
    LOGITS,
    NetworkConfig,
    build_network,
)
from fer_training.training.initialization import BundleWeights, open_initial_weights


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_a_bundles_folded_weights_compute_the_same_features(tmp_path, precision):
    """Batch norm that the converter folded away is put back, and training starts from the same function."""
    config = tiny_config(network=NetworkConfig(width=0.25, blocks=4, batch_norm_momentum=0.9))
    crops = tiny_crops()
    faces = preprocess_crops(crops.pixels, config.preprocess)
    network = build_network(config.network, 7)
    for _ in range(4):  # statistics that are not the initial ones
        network(faces, training=True)
    package(network, config, crops, crops, tmp_path / "b", "b", (precision,))
    weights = open_initial_weights(str(tmp_path / "b"))
    assert isinstance(weights, BundleWeights) and weights.adapt(tiny_config()).network.blocks == 4
    second = build_network(config.network, 8)
    weights.initialise(second, config, crops)
    tolerance = 1e-4 if precision == "float32" else 2e-2
    np.testing.assert_allclose(second(faces)[FEATURES], network(faces)[FEATURES], atol=tolerance)
    np.testing.assert_allclose(second(faces, training=True)[FEATURES], network(faces)[FEATURES], atol=5 * tolerance)
    same = build_network(config.network, 7)
    weights.initialise(same, config, crops)
    np.testing.assert_allclose(same(faces)[LOGITS], network(faces)[LOGITS], atol=5 * tolerance)
    with pytest.raises(BundleError, match=r"expected a kernel .* for stem, got"):
        load_folded_weights(build_network(NetworkConfig(width=0.5), 8), load_bundle(tmp_path / "b"), crops)
