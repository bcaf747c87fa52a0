"""How good a set of predictions is: pure functions on (targets, probabilities), on top of scikit-learn and SciPy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, log_loss, precision_recall_fscore_support

Floats = npt.NDArray[np.floating[Any]]
Integers = npt.NDArray[np.integer[Any]]
BINS = 15


@dataclass(frozen=True)
class ClassMetrics:
    """One class: how many samples it has, and precision, recall and F1 from 0 to 1."""

    name: str
    support: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Bin:
    """Predictions whose confidence lies in (low, high]: their number, mean confidence and share of right ones."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class Metrics:
    """Everything measured on N predictions, as shares from 0 to 1.

    interval: Wilson's 95 % interval of the accuracy.  precision, recall, f1: means over the classes that occur.
    f1_of_means: harmonic mean of the mean precision and recall, which is what the paper's tables call F1.
    confusion: (K, K) counts, rows are the true class.  ece: expected calibration error.  nll: mean cross-entropy.
    """

    n: int
    accuracy: float
    interval: tuple[float, float]
    precision: float
    recall: float
    f1: float
    f1_of_means: float
    ece: float
    nll: float
    classes: tuple[ClassMetrics, ...]
    bins: tuple[Bin, ...]
    confusion: npt.NDArray[np.int64]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes, in the order of the confusion matrix."""
        return tuple(c.name for c in self.classes)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON."""
        return {**asdict(self), "confusion": self.confusion.tolist()}


def measure(targets: Integers, probabilities: Floats, labels: tuple[str, ...]) -> Metrics:
    """Measure (N, K) probabilities against (N,) label indices. Raises ValueError if shapes or labels do not fit."""
    if probabilities.ndim != 2 or probabilities.shape != (len(targets), len(labels)) or not len(targets):
        raise ValueError(
            f"probabilities must be (N, K) for N > 0 targets and K labels, "
            f"got {probabilities.shape} for {len(targets)} and {len(labels)}"
        )
    if min(targets) < 0 or max(targets) >= len(labels):
        raise ValueError(f"targets must be 0 to {len(labels) - 1}, got {min(targets)} to {max(targets)}")
    predicted = probabilities.argmax(axis=1)
    every = np.arange(len(labels))
    columns = precision_recall_fscore_support(targets, predicted, labels=every, zero_division=0.0)
    classes = tuple(
        ClassMetrics(name, int(support), float(p), float(r), float(f))
        for name, p, r, f, support in zip(labels, *columns, strict=True)
    )
    present = [c for c in classes if c.support]
    precision = float(np.mean([c.precision for c in present]))
    recall = float(np.mean([c.recall for c in present]))
    right = int((predicted == targets).sum())
    bins = calibration_bins(targets, probabilities)
    normal = probabilities.astype(np.float64)
    return Metrics(
        n=len(targets),
        accuracy=right / len(targets),
        interval=wilson_interval(right, len(targets)),
        precision=precision,
        recall=recall,
        f1=float(np.mean([c.f1 for c in present])),
        f1_of_means=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        ece=sum(b.count * abs(b.accuracy - b.confidence) for b in bins) / len(targets),
        nll=float(log_loss(targets, normal / normal.sum(axis=1, keepdims=True), labels=every)),
        classes=classes,
        bins=bins,
        confusion=confusion_matrix(targets, predicted, labels=every).astype(np.int64),
    )


def wilson_interval(right: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for `right` of `n`, as shares from 0 to 1."""
    interval = binomtest(right, n).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def calibration_bins(targets: Integers, probabilities: Floats, count: int = BINS) -> tuple[Bin, ...]:
    """Sort predictions by confidence into equal bins (Guo et al. 2017, Section 2); empty bins are left out."""
    confidences, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == targets
    edges = np.linspace(0.0, 1.0, count + 1)
    places = np.clip(np.digitize(confidences, edges, right=True) - 1, 0, count - 1)
    return tuple(
        Bin(
            float(edges[i]),
            float(edges[i + 1]),
            int((places == i).sum()),
            float(confidences[places == i].mean()),
            float(right[places == i].mean()),
        )
        for i in range(count)
        if (places == i).any()
    )


def mean_and_deviation(values: list[float]) -> tuple[float, float]:
    """Return mean and sample standard deviation (0 for a single value), as tables over folds print them."""
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
