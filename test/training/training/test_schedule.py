"""The learning rate falls as the config says."""

import pytest

from fer_training.training.config import OptimizerConfig
from fer_training.training.schedule import learning_rate


def test_schedules():
    stairs = OptimizerConfig(learning_rate=0.01, decay=0.94, decay_steps=10)
    assert [round(learning_rate(stairs, s, 100), 6) for s in (0, 9, 10, 25)] == [0.01, 0.01, 0.0094, 0.008836]
    cosine = OptimizerConfig(learning_rate=0.01, schedule="cosine", warmup_steps=4)
    assert learning_rate(cosine, 0, 100) == pytest.approx(0.0025)
    assert learning_rate(cosine, 50, 100) == pytest.approx(0.005) and learning_rate(cosine, 99, 100) < 1e-5
