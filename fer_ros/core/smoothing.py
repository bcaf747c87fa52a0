"""One face's probabilities over time: an answer that does not flicker, and says when it is uncertain."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fer_ros.core.settings import check_settings, setting
from fer_ros.core.types import Expression, Probabilities, State, Vector


@dataclass(frozen=True)
class SmoothingConfig:
    """How fast an expression may change. Raises ValueError for a setting out of its range."""

    enabled: bool = setting(
        True, "Smooth each tracked face's probabilities over time; without it faces stay RAW, as published."
    )
    time_constant: float = setting(
        0.25, "Time in which the influence of an old image falls to 37 %.", low=0.01, high=10, unit="seconds"
    )
    margin: float = setting(0.1, "Minimum lead in probability of another label before it takes over.", low=0, high=0.99)
    dwell: float = setting(0.12, "Time for which another label must keep that lead.", low=0, high=10, unit="seconds")
    min_confidence: float = setting(0.45, "Minimum smoothed probability, else UNCERTAIN.", low=0, high=1)

    def __post_init__(self) -> None:
        """Check the settings."""
        check_settings(self)


class Smoother:
    """Smooths the probabilities of one track."""

    def __init__(self, labels: tuple[str, ...], config: SmoothingConfig) -> None:
        """Start with no opinion."""
        self._labels = labels
        self.config = config
        self._mean: Vector | None = None
        self._stamp = 0.0
        self._label = ""
        self._candidate = ""
        self._since = 0.0

    def update(self, probabilities: Vector, stamp: float, doubted: bool = False) -> tuple[Expression, State]:
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
        return Expression(
            self._label, confidence, Probabilities(self._labels, self._mean)
        ), State.STABLE if sure else State.UNCERTAIN

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
