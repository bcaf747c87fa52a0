"""Pictures of numbers: confusion matrix, reliability diagram, curves of a run. No pyplot, so no display is needed."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fer_training.evaluation.metrics import Metrics

DPI = 110
_LOSSES = {
    "loss": "the whole loss",
    "softmax": "cross-entropy",
    "center": "center loss",
    "votes": "cross-entropy of the votes",
}
"""What history.csv calls the parts of the loss, and what each of them is."""


def draw_confusion(axes: Axes, metrics: Metrics, title: str) -> None:
    """Draw the share of each true class (rows) that got each prediction (columns), in percent and as counts."""
    counts = metrics.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    # Many classes share the room of few.
    size = 9.5 if len(counts) <= 6 else 8.5
    for (row, column), count in np.ndenumerate(counts):
        share = shares[row, column]
        text = f"{share:.0%}\n{count}" if counts[row].any() else "-"
        colour = "white" if share > 0.55 else "#1c2126" if count else "#6b7580"
        axes.text(column, row, text, ha="center", va="center", fontsize=size, color=colour, linespacing=1.25)
    places = range(len(metrics.labels))
    axes.set_xticks(places, metrics.labels, rotation=45.0, ha="right", rotation_mode="anchor")
    axes.set_yticks(places, [f"{name} ({n})" for name, n in zip(metrics.labels, counts.sum(axis=1), strict=True)])
    axes.set(xlabel="predicted", ylabel="true (pictures)")
    axes.set_title(f"{title}\n% of each true class, and pictures", fontsize=9)


def save_confusion(metrics: Metrics, title: str, path: Path) -> None:
    """Write the confusion matrix as a PNG file."""
    side = 2.4 + 0.62 * len(metrics.labels)
    figure = Figure(figsize=(side + 0.4, side), layout="constrained")
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
    axes.plot([r["step"] for r in rows], [r["train_loss"] for r in rows], marker=_marker(rows))
    axes.set(xlabel="step", ylabel="training loss", ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.set_title(title, fontsize=9)


def draw_curves(history: Path, title: str = "") -> Figure | None:
    """Draw the curves of a run by step: accuracies, cross-entropies, and each part of the loss on axes of its own.

    Args:
        history: history.csv of a run.
        title: above the curves.

    Returns:
        The figure, or None where there is no history yet.

    """
    rows = read_history(history)
    if not rows:
        return None
    parts = [name for name in _LOSSES if f"train_{name}" in rows[0]]
    if parts == ["loss", "softmax"]:
        parts.remove("loss")  # They are the same.
    # The validation loss is a cross-entropy, so it stands beside that of the training faces, where there is one.
    beside = "softmax" if "softmax" in parts else "loss"
    shown = [("accuracy", ["train_accuracy", "validation_accuracy"])]
    shown += [(name, [f"train_{name}", *(["validation_loss"] if name == beside else [])]) for name in parts]
    columns = 2 if len(shown) in (2, 4) else min(len(shown), 3)
    lines = -(-len(shown) // columns)
    width, height = 4.4 * columns, 0.3 + 3.3 * lines
    figure = Figure(figsize=(width, height))
    grid = figure.subplots(lines, columns, squeeze=False).flat
    # Room in inches for numbers and titles. To measure them would take longer than all else at the end of a short run.
    left, right, bottom, top, across, down = 0.75, 0.3, 0.55, 0.65 if title else 0.35, 0.85, 0.95
    figure.subplots_adjust(
        left=left / width,
        right=1 - right / width,
        bottom=bottom / height,
        top=1 - top / height,
        wspace=across * columns / (width - left - right - across * (columns - 1)),
        hspace=down * lines / (height - bottom - top - down * (lines - 1)),
    )
    for (name, curves), axes in zip(shown, grid):
        for curve, style in zip(curves, ("-", "--")):
            if curve in rows[0]:
                values = [row[curve] for row in rows]
                kind = "training faces" if curve.startswith("train") else "validation faces"
                axes.plot([row["step"] for row in rows], values, style, marker=_marker(rows), label=kind)
        axes.set(xlabel="step", ylabel="share right" if name == "accuracy" else None)
        axes.set_title("accuracy" if name == "accuracy" else _LOSSES[name], fontsize=10)
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    for axes in grid:
        axes.set_visible(False)
    if title:
        figure.suptitle(title, fontsize=10)
    return figure


def save_curves(history: Path, path: Path) -> None:
    """Write the curves of a run as a PNG file; none where there is no history yet."""
    figure = draw_curves(history)
    if figure is not None:
        figure.savefig(path, dpi=DPI)


def _marker(rows: list[dict[str, float]]) -> str | None:
    """Few evaluations are marked, one of them could not be seen otherwise."""
    return "." if len(rows) < 20 else None


def read_history(path: Path) -> list[dict[str, float]]:
    """Return the rows of a run's history.csv; none if there is no file yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
