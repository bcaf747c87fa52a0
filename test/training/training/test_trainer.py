"""A step learns in every precision, and a batch is shared evenly."""

import numpy as np
import pytest
from look_alike import tiny_config, tiny_crops

from fer_training.training.batches import BatchMaker
from fer_training.training.trainer import Trainer


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_learns_and_keeps_float32_weights(precision):
    config = tiny_config(steps=30, batch_size=14)
    trainer = Trainer(config, 7, precision=precision)
    assert trainer.network.get_layer("stem").compute_dtype == precision.removeprefix("mixed_")
    losses = [trainer.train_step(b, 0.02)["loss"] for b in trainer.batches(BatchMaker(tiny_crops(), config), 0)]
    assert np.isfinite(losses).all() and np.mean(losses[-5:]) < np.mean(losses[:5])
    assert {v.dtype for v in trainer.network.trainable_variables} == {"float32"}
    assert trainer.logits(tiny_crops(3)).dtype == np.float32


def test_a_batch_that_replicas_cannot_share_is_refused():
    class Three:
        num_replicas_in_sync = 3

    with pytest.raises(ValueError, match="batch_size must be a multiple of the 3 replicas, got 8"):
        Trainer(tiny_config(), 7, strategy=Three())
