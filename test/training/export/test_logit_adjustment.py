"""Logit adjustment raises the recall of the classes that are asked for, within the accuracy that may be lost."""

import keras
import numpy as np
import pytest

from fer_training.export.logit_adjustment import add_logit_adjustment, fit_logit_adjustment
from fer_training.models.mobilenet import LOGITS, NetworkConfig, build_network


def predictions():
    """A hundred samples of three classes; every second one of the rare class 2 loses to class 0 by 0.45."""
    targets = np.array([0] * 60 + [1] * 30 + [2] * 10)
    logits = np.full((100, 3), -2.0, np.float32)
    logits[np.arange(100), targets] = 2.0
    logits[90::2, 0] = 2.45
    return logits, targets


def test_a_missed_class_is_raised_as_far_as_needed():
    logits, targets = predictions()
    adjustment = fit_logit_adjustment(logits, targets, [2])
    assert adjustment[:2].tolist() == [0, 0] and adjustment[2] == pytest.approx(0.5)
    assert ((logits + adjustment).argmax(axis=1) == targets).all()


def test_no_more_accuracy_is_lost_than_allowed():
    logits, targets = predictions()
    logits[:20, 2] = 1.8  # a third of class 0 would go over to class 2
    assert fit_logit_adjustment(logits, targets, [2], most_lost=0.05)[2] < 0.25
    assert fit_logit_adjustment(logits, targets, [2], most_lost=0.2)[2] == pytest.approx(0.5)


def test_a_class_without_samples_is_refused():
    logits, targets = predictions()
    with pytest.raises(ValueError, match="expected one to three classes with validation samples"):
        fit_logit_adjustment(logits, targets % 2, [2])


def test_the_adjustment_moves_the_networks_own_logits():
    keras.utils.set_random_seed(0)
    network = build_network(NetworkConfig(width=0.25, blocks=2), 7)
    faces = np.random.default_rng(0).uniform(-1, 1, (3, 48, 48, 1)).astype(np.float32)
    before, adjustment = network(faces)[LOGITS].numpy(), np.arange(7, dtype=np.float32) / 10
    add_logit_adjustment(network, adjustment)
    np.testing.assert_allclose(network(faces)[LOGITS], before + adjustment, atol=1e-5)
