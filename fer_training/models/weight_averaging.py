"""The weights of two networks averaged: where a stage began and where it ended (after Wortsman et al. 2022)."""

from __future__ import annotations

import keras


def average_weights(network: keras.Model, other: keras.Model, share: float) -> None:
    """Move a network's weights towards those of another of the same shape; a second head stays as it is.

    Args:
        network: is changed.
        other: only networks that were trained from one another lie near enough to be averaged.
        share: of the other one, 0 to 1.

    Raises:
        ValueError: another share or another shape.

    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must be 0 to 1, got {share}")
    theirs = {layer.name: layer.get_weights() for layer in other.layers if layer.weights}
    for layer in network.layers:
        if layer.weights and layer.name in theirs:
            mine = layer.get_weights()
            if [w.shape for w in mine] != [w.shape for w in theirs[layer.name]]:
                raise ValueError(f"expected a network of the same shape, got another {layer.name}")
            layer.set_weights([(1 - share) * a + share * b for a, b in zip(mine, theirs[layer.name], strict=True)])
