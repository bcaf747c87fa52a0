"""Temperature calibrates confidences and changes no prediction."""

import numpy as np
import pytest

from fer_ros.core.classification.classifier import softmax
from fer_training.evaluation.metrics import measure
from fer_training.export.calibration import fit_temperature

LABELS = ("angry", "happy", "sad")


def test_temperature_recovers_the_factor_that_logits_were_stretched_by():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (4000, 3)).astype(np.float32)
    # A class drawn from a softmax is the top one of logits with Gumbel noise.
    targets = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    assert fit_temperature(logits * 3, targets) == pytest.approx(3, rel=0.1)
    before, after = (measure(targets, softmax(logits * 3, t), LABELS) for t in (1.0, 3.0))
    assert after.ece < before.ece / 3 and after.accuracy == before.accuracy


def test_a_set_with_hardly_an_error_makes_nobody_more_certain():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1, (500, 3)).astype(np.float32) * 3
    targets = logits.argmax(axis=1)
    assert fit_temperature(logits, targets) == 1
    targets[:9] = (targets[:9] + 1) % 3
    assert fit_temperature(logits, targets) == 1
    targets[9:40] = (targets[9:40] + 1) % 3
    assert 1 < fit_temperature(logits, targets) < 20


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="logits must be"):
        fit_temperature(np.zeros((2, 3), np.float32), np.zeros(3, np.int64))
