"""Which layers a stage trains: the first ones, and the statistics of batch norm, may keep what they know."""

from __future__ import annotations

import keras

from fer_training.models.mobilenet import STEM, BatchNormalization


def train_last_blocks(network: keras.Model, trained: int) -> None:
    """Let the last blocks learn, and all that stands before them keep its weights and statistics.

    Batch norm of what is kept normalises by its moving averages, so that it goes on computing what it did.

    Args:
        network: of `build_network`.
        trained: how many blocks learn, with the heads; 0, or as many as there are, for the whole network.

    """
    blocks = sum(layer.name.endswith("_depthwise") for layer in network.layers)
    if not 0 < trained < blocks:
        return
    kept = {STEM, *(f"block{number}" for number in range(1, blocks - trained + 1))}
    for layer in network.layers:
        if layer.name.partition("_")[0] in kept:
            layer.trainable = False
            if isinstance(layer, BatchNormalization):
                layer.fixed_statistics = True


def fix_statistics(network: keras.Model) -> None:
    """Let every batch norm normalise by its moving averages in training, as it does at run time, and keep them.

    Its scale and shift still learn. A batch of a few faces says too little about the averages of a whole data set.

    Args:
        network: of `build_network`.

    """
    for layer in network.layers:
        if isinstance(layer, BatchNormalization):
            layer.fixed_statistics = True
