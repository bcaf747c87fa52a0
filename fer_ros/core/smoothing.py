"""One face's probabilities over time: an answer that does not flicker, and says when it is unsure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fer_ros.core.types import Expression, Probabilities, State


@dataclass(frozen=True)
class SmoothingConfig:
    """How fast an expression may change.

    enabled: without it faces stay RAW, as published.
    time_constant: seconds in which the influence of an old frame falls to 37 %.
    margin: how much more probable another label must be.  dwell: seconds for which it must stay so.
    min_confidence: below it the state is UNCERTAIN.
    """

    enabled: bool = True
    time_constant: float = 0.25
    margin: float = 0.1
    dwell: float = 0.12
    min_confidence: float = 0.4

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0 < self.time_constant <= 10:
            raise ValueError(f"time_constant must be above 0 and at most 10 s, got {self.time_constant}")
        if not 0 <= self.margin < 1 or not 0 <= self.min_confidence <= 1:
            raise ValueError(f"margin and min_confidence must be 0 to 1, got {self.margin}, {self.min_confidence}")
        if not 0 <= self.dwell <= 10:
            raise ValueError(f"dwell must be 0 to 10 s, got {self.dwell}")


class Smoother:
    """Smooths the probabilities of one track."""

    def __init__(self, labels: tuple[str, ...], config: SmoothingConfig) -> None:
        """Start with no opinion."""
        self._labels = labels
        self.config = config
        self._mean: Probabilities | None = None
        self._stamp = 0.0
        self._label = ""
        self._candidate = ""
        self._since = 0.0

    def update(self, probabilities: Probabilities, stamp: float, doubted: bool = False) -> tuple[Expression, State]:
        """Take one frame's probabilities and return the smoothed expression and how far to rely on it.

        probabilities: (K,) float32, sums to 1.  stamp: seconds, not before that of the last call; else ValueError.
        doubted: the frame shows too little of the face. It then counts as knowing nothing: the state is UNCERTAIN, the
        label stays, and the probabilities drift towards equal ones.
        The label is that of the last stable expression, '' while there has been none.
        """
        if doubted:
            probabilities = np.full_like(probabilities, 1 / len(probabilities))
        if self._mean is None:
            self._mean = probabilities.copy()
        elif stamp < self._stamp:
            raise ValueError(f"stamp must not go backwards, got {stamp} after {self._stamp}")
        else:
            share = 1 - math.exp(-(stamp - self._stamp) / self.config.time_constant)
            self._mean = self._mean + (probabilities - self._mean) * share
        self._stamp = stamp
        best = int(self._mean.argmax())
        if doubted:
            self._candidate = ""
        else:
            self._decide(self._labels[best], float(self._mean[best]), stamp)
        # While another label gains, the answer stands, with the confidence that it has left.
        confidence = float(self._mean[self._labels.index(self._label) if self._label else best])
        sure = not doubted and bool(self._label) and confidence >= self.config.min_confidence
        return Expression(self._label, confidence, self._mean), State.STABLE if sure else State.UNCERTAIN

    def _decide(self, best: str, probability: float, stamp: float) -> None:
        """Change the label once another one has led by the margin for the dwell time."""
        assert self._mean is not None
        held = float(self._mean[self._labels.index(self._label)]) if self._label else 0.0
        leads = best != self._label and probability >= self.config.min_confidence
        if not leads or probability < held + self.config.margin:
            self._candidate = ""
            return
        if self._candidate != best:
            self._candidate, self._since = best, stamp
        if stamp - self._since >= self.config.dwell:
            self._label, self._candidate = best, ""
