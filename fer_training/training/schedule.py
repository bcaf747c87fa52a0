"""Learning rate of a step (paper, Section 5)."""

from __future__ import annotations

import math

from fer_training.training.config import OptimizerConfig


def learning_rate(config: OptimizerConfig, step: int, steps: int) -> float:
    """Return the rate of one step, counted from 0, of a stage of `steps` steps."""
    warm = min(1.0, (step + 1) / config.warmup_steps) if config.warmup_steps else 1.0
    if config.schedule == "cosine":
        return config.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * step / steps))
    if config.schedule == "staircase":
        return config.learning_rate * warm * config.decay ** (step // config.decay_steps)
    return config.learning_rate * warm
