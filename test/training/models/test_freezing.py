"""Frozen layers and statistics stay what they are, whatever a stage learns."""

import keras
import numpy as np
from look_alike import tiny_config, tiny_crops

from fer_training.models.freezing import train_last_blocks
from fer_training.models.mobilenet import build_network
from fer_training.training.batches import BatchMaker
from fer_training.training.trainer import Trainer


def trained(**changes):
    """Weights of each layer before and after a few steps."""
    config = tiny_config(steps=3, **changes)
    trainer = Trainer(config, 7)
    before = {layer.name: layer.get_weights() for layer in trainer.network.layers if layer.weights}
    for batch in trainer.batches(BatchMaker(tiny_crops(), config), 0):
        trainer.train_step(batch, 0.05)
    after = {layer.name: layer.get_weights() for layer in trainer.network.layers if layer.weights}
    return trainer, before, after


def changed(before, after):
    return {
        name for name in before if any(not np.array_equal(a, b) for a, b in zip(before[name], after[name], strict=True))
    }


def test_what_stands_before_the_trained_blocks_keeps_weights_and_statistics():
    trainer, before, after = trained(trained_blocks=1)
    assert changed(before, after) == {name for name in before if name.startswith(("block2_", "logits"))}
    # What is frozen is not even a part of the optimizer's work.
    assert not any(v.path.startswith(("stem", "block1_")) for v in trainer.network.trainable_variables)


def test_what_is_kept_computes_in_training_what_it_computes_at_run_time():
    network = build_network(tiny_config().network, 7)
    train_last_blocks(network, 1)
    faces = np.random.default_rng(0).normal(size=(4, 48, 48, 1)).astype(np.float32)
    inner = keras.Model(network.input, network.get_layer("block1_pointwise_bn_relu").output)
    np.testing.assert_array_equal(inner(faces, training=True), inner(faces, training=False))


def test_fixed_statistics_stay_while_scale_and_shift_learn():
    _, before, after = trained(fixed_statistics=True)
    for name in ("stem_bn", "block1_depthwise_bn", "block2_pointwise_bn"):
        same = [np.array_equal(a, b) for a, b in zip(before[name], after[name], strict=True)]
        assert same == [False, False, True, True], f"{name}: gamma, beta, mean, variance"
    _, before, after = trained()
    assert not np.array_equal(before["stem_bn"][2], after["stem_bn"][2])


def test_as_many_blocks_as_there_are_are_the_whole_network():
    for trained in (0, 2, 13):
        network = build_network(tiny_config().network, 7)
        train_last_blocks(network, trained)
        assert len(network.trainable_variables) == len(build_network(tiny_config().network, 7).trainable_variables)
