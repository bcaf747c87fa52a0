"""Pictures of numbers: confusion matrix, reliability diagram, curves of a run. No pyplot, so no display is needed."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay

from fer_training.evaluation.metrics import Metrics

DPI = 110


def draw_confusion(axes: Axes, metrics: Metrics, title: str) -> None:
    """Draw the share of each true class (rows) that got each prediction (columns), in percent."""
    totals = np.maximum(metrics.confusion.sum(axis=1, keepdims=True), 1)
    display = ConfusionMatrixDisplay(100.0 * metrics.confusion / totals, display_labels=metrics.labels)
    display.plot(ax=axes, cmap="Blues", colorbar=False, values_format=".0f", xticks_rotation=45.0)
    axes.set_title(f"{title}, % of each true class", fontsize=9)


def save_confusion(metrics: Metrics, title: str, path: Path) -> None:
    """Write the confusion matrix as a PNG file."""
    figure = Figure(figsize=(6.2, 5.8), layout="constrained")
    draw_confusion(figure.subplots(), metrics, title)
    figure.savefig(path, dpi=DPI)


def save_reliability(metrics: Metrics, title: str, path: Path) -> None:
    """Write the reliability diagram (Guo et al. 2017) as a PNG file: accuracy and share by confidence."""
    figure = Figure(figsize=(5, 5.6), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    left, width = [b.low for b in metrics.bins], [b.high - b.low for b in metrics.bins]
    top.bar(left, [b.accuracy for b in metrics.bins], width, align="edge", edgecolor="white", label="accuracy")
    top.plot([0, 1], [0, 1], "k--", linewidth=1, label="perfectly calibrated")
    top.set(ylabel="accuracy", xlim=(0, 1), ylim=(0, 1))
    top.set_title(f"{title}: ECE {100 * metrics.ece:.1f} %", fontsize=9)
    top.legend(fontsize=8)
    bottom.bar(left, [b.count / metrics.n for b in metrics.bins], width, align="edge", edgecolor="white")
    bottom.set(xlabel="confidence", ylabel="share")
    figure.savefig(path, dpi=DPI)


def draw_loss(axes: Axes, history: Path, title: str) -> None:
    """Draw the training loss of a run's history.csv."""
    rows = read_history(history)
    axes.plot([r["step"] for r in rows], [r["train_loss"] for r in rows], marker="." if len(rows) < 20 else None)
    axes.set(xlabel="step", ylabel="training loss")
    axes.set_title(title, fontsize=9)


def save_curves(history: Path, path: Path) -> None:
    """Write the curves of a run, losses and accuracies by step, as a PNG file."""
    rows = read_history(history)
    if not rows:
        return
    steps = [r["step"] for r in rows]
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    losses, accuracies = figure.subplots(1, 2)
    for axes, names in ((losses, ("loss", "softmax", "center", "votes")), (accuracies, ("accuracy",))):
        for name in (*(f"train_{n}" for n in names), f"validation_{names[0]}"):
            if name in rows[0]:
                axes.plot(steps, [r[name] for r in rows], label=name.replace("_", " "))
        axes.set_xlabel("step")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    figure.savefig(path, dpi=DPI)


def read_history(path: Path) -> list[dict[str, float]]:
    """Return the rows of a run's history.csv; none if there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
