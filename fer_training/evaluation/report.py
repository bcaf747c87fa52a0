"""An evaluation as text for a terminal and as files for people and programs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from fer_training.evaluation.evaluate import Evaluation
from fer_training.evaluation.metrics import Metrics
from fer_training.evaluation.plots import save_confusion, save_reliability

_COLUMNS = ("class", "pictures", "precision", "recall", "F1")


def headline(evaluation: Evaluation) -> str:
    """Return one sentence: what was measured on what, with its interval."""
    facts, (low, high) = evaluation.facts, evaluation.interval
    missed = f", {evaluation.missed} of them without a found face (counted as wrong)" if evaluation.missed else ""
    return (
        f"{facts['bundle']} ({facts['backend']}) on {facts['dataset']} {facts['split']}: "
        f"accuracy {100 * evaluation.accuracy:.2f} % of {evaluation.n} pictures{missed}, "
        f"95 % interval {100 * low:.2f} to {100 * high:.2f}"
    )


def class_rows(metrics: Metrics) -> list[tuple[str, ...]]:
    """Return a row for each class and one for their mean: name, pictures, precision, recall and F1 in percent.

    A class without a picture has none of these: it has a dash there, and no part in the mean.
    """
    numbers = [(c.name, c.support, c.precision, c.recall, c.f1) for c in metrics.classes]
    numbers.append(("mean of classes", metrics.n, metrics.precision, metrics.recall, metrics.f1))
    return [(name, str(n), *(f"{100 * v:.2f}" if n else "-" for v in values)) for name, n, *values in numbers]


def to_text(evaluation: Evaluation) -> str:
    """Return the readable report for a terminal."""
    rows = [_COLUMNS, *class_rows(evaluation.metrics)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS))]
    lines = [headline(evaluation), ""]
    for row in rows:
        lines.append("  ".join(v.ljust(w) if i == 0 else v.rjust(w) for i, (v, w) in enumerate(zip(row, widths))))
    lines += ["", _calibration(evaluation.metrics)]
    lines += [f"note: {problem}" for problem in evaluation.problems]
    return "\n".join(lines)


def to_markdown(evaluation: Evaluation) -> str:
    """Return the report as Markdown, with its pictures beside it."""
    lines = [f"# {evaluation.facts['bundle']}", "", headline(evaluation) + ".", ""]
    lines += ["| " + " | ".join(_COLUMNS) + " |", "|---|" + "---:|" * (len(_COLUMNS) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in class_rows(evaluation.metrics)]
    lines += ["", _calibration(evaluation.metrics) + ".", "", "![confusion matrix](confusion.png)"]
    lines += ["![reliability diagram](reliability.png)", ""]
    lines += [f"- {problem}" for problem in evaluation.problems]
    return "\n".join(lines).rstrip() + "\n"


def write_evaluation(evaluation: Evaluation, folder: Path) -> None:
    """Write report.md, report.json, classes.csv, confusion.csv, confusion.png and reliability.png into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    title = f"{evaluation.facts['dataset']} {evaluation.facts['split']}"
    (folder / "report.md").write_text(to_markdown(evaluation), encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(evaluation.to_dict(), indent=1) + "\n", encoding="utf-8")
    _write_csv(folder / "classes.csv", [_COLUMNS, *class_rows(evaluation.metrics)])
    labels = evaluation.metrics.labels
    counts = [(name, *row) for name, row in zip(labels, evaluation.metrics.confusion.tolist(), strict=True)]
    _write_csv(folder / "confusion.csv", [("true class", *labels), *counts])
    save_confusion(evaluation.metrics, title, folder / "confusion.png")
    save_reliability(evaluation.metrics, title, folder / "reliability.png")


def _calibration(metrics: Metrics) -> str:
    return f"calibration error (ECE, 15 bins) {100 * metrics.ece:.2f} %, mean cross-entropy {metrics.nll:.3f}"


def _write_csv(path: Path, rows: list[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
