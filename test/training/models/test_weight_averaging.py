"""An average lies between its two networks, and only networks of one shape have one."""

import keras
import numpy as np
import pytest

from fer_training.models.mobilenet import NetworkConfig, build_network
from fer_training.models.weight_averaging import average_weights

TINY = NetworkConfig(width=0.125, blocks=1)


def two_networks():
    keras.utils.set_random_seed(0)
    return build_network(TINY, 7, vote_classes=8), build_network(TINY, 7)


def test_a_quarter_of_the_other_network_moves_every_layer_that_both_have():
    network, other = two_networks()
    before = {layer.name: layer.get_weights() for layer in network.layers if layer.weights}
    average_weights(network, other, 0.25)
    for name, weights in before.items():
        theirs = weights if name == "votes" else other.get_layer(name).get_weights()
        for mine, their, found in zip(weights, theirs, network.get_layer(name).get_weights(), strict=True):
            np.testing.assert_allclose(found, 0.75 * mine + 0.25 * their, atol=1e-6)


def test_another_shape_and_another_share_are_refused():
    network, other = two_networks()
    with pytest.raises(ValueError, match=r"share must be 0 to 1, got 1.5"):
        average_weights(network, other, 1.5)
    with pytest.raises(ValueError, match="expected a network of the same shape, got another stem"):
        average_weights(network, build_network(NetworkConfig(width=0.25, blocks=1), 7), 0.5)
