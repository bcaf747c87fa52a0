"""An evaluation as text for a terminal and as files for people and programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from fer_ros.core import html_report
from fer_ros.core.html_report import paragraph, picture, section, table
from fer_training.evaluation.evaluate import Evaluation, SplitResult
from fer_training.evaluation.learned import BY_PIXELS
from fer_training.evaluation.metrics import Metrics, wilson_interval
from fer_training.evaluation.plots import save_confusion, save_reliability

PICTURES = "pictures.csv"
FILES = (
    "report.md", html_report.NAME, "report.json", PICTURES, "classes.csv", "confusion.csv", "confusion.png",
    "reliability.png",
)  # fmt: skip
"""What write_evaluation writes."""
_COLUMNS = ("class", "pictures", "precision", "recall", "F1")
_SPLIT_COLUMNS = ("split", "pictures", "accuracy", "95 % interval", "note")
_NO_SPLIT = "(no split)"
_NOTE = "What is recognised is what a face shows, not what a person feels. No picture of a person is in this report."


def headline(evaluation: Evaluation) -> str:
    """Return one sentence: what was measured on what, with its interval."""
    facts, (low, high) = evaluation.facts, evaluation.interval
    count = len(evaluation.missed)
    missed = f", {count} of them without a found face (counted as wrong)" if count else ""
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


def split_rows(evaluation: Evaluation) -> list[tuple[str, ...]]:
    """Return a row for each split: name, pictures, accuracy in percent, its interval, and what the bundle knows of it.

    Empty where there is one split, of which the bundle knows nothing.
    """
    results = evaluation.by_split()
    if len(results) < 2 and not any(result.learned for result in results):
        return []
    return [_split_row(result) for result in results]


def _split_row(result: SplitResult) -> tuple[str, ...]:
    low, high = result.interval
    name = result.split or _NO_SPLIT
    note = result.learned or result.denied
    return name, str(result.n), f"{100 * result.accuracy:.2f}", f"{100 * low:.2f} to {100 * high:.2f}", note


def warnings(evaluation: Evaluation) -> list[str]:
    """Return what makes the headline's number none of the model: splits that it has learned from or was selected on."""
    results = evaluation.by_split()
    mixed = "; the number above mixes them with others, choose one with --split" if len(results) > 1 else ""
    return [
        f"{result.split or 'these pictures'}: {result.learned}, {_consequence(result)}{mixed}"
        for result in results
        if result.learned
    ]


def _consequence(result: SplitResult) -> str:
    no_measure = f"so {100 * result.accuracy:.2f} % is no measure"
    if result.others is None or not 0 < result.others[1] < result.n:
        return no_measure
    right, n = result.others
    low, high = wilson_interval(right, n)
    return (
        f"{no_measure}: without them it is {100 * right / n:.2f} % of {n}, 95 % interval {100 * low:.2f} to "
        f"{100 * high:.2f}"
    )


def assurances(evaluation: Evaluation) -> list[str]:
    """Return which splits the bundle had nothing to do with, where that is on record."""
    return [f"{r.split or 'these pictures'}: {r.denied} ({BY_PIXELS})" for r in evaluation.by_split() if r.denied]


def to_text(evaluation: Evaluation) -> str:
    """Return the readable report for a terminal."""
    lines = [headline(evaluation), ""]
    splits = split_rows(evaluation)
    if splits:
        lines += [*_aligned([_SPLIT_COLUMNS, *splits], left={0, 4}), ""]
    lines += _aligned([_COLUMNS, *class_rows(evaluation.metrics)], left={0})
    lines += ["", _calibration(evaluation.metrics)]
    lines += [f"note: {line}" for line in (*warnings(evaluation), *assurances(evaluation), *evaluation.problems)]
    return "\n".join(lines)


def _aligned(rows: list[tuple[str, ...]], left: set[int]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    cells = (
        (v.ljust(w) if i in left else v.rjust(w) for i, (v, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    )
    return ["  ".join(row).rstrip() for row in cells]


def to_markdown(evaluation: Evaluation) -> str:
    """Return the report as Markdown, with its pictures beside it."""
    lines = [f"# {evaluation.facts['bundle']}", "", headline(evaluation) + ".", ""]
    splits = split_rows(evaluation)
    if splits:
        lines += [*_markdown_table([_SPLIT_COLUMNS, *splits], left={0, 4}), ""]
    lines += _markdown_table([_COLUMNS, *class_rows(evaluation.metrics)], left={0})
    lines += ["", _calibration(evaluation.metrics) + ".", "", "![confusion matrix](confusion.png)"]
    lines += ["![reliability diagram](reliability.png)", ""]
    lines += [f"- {line}" for line in (*warnings(evaluation), *assurances(evaluation), *evaluation.problems)]
    lines += ["", f"The answer to each picture is in [{PICTURES}]({PICTURES})."]
    return "\n".join(lines).rstrip() + "\n"


def _markdown_table(rows: list[tuple[str, ...]], left: set[int]) -> list[str]:
    rule = "|".join("---" if i in left else "---:" for i in range(len(rows[0])))
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return [head, f"|{rule}|", *body]


def to_html(evaluation: Evaluation, confusion: bytes, reliability: bytes, command: str = "") -> str:
    """Return the report as one HTML document.

    Args:
        evaluation: what it is about.
        confusion: PNG of the confusion matrix.
        reliability: PNG of the reliability diagram.
        command: that made it.

    """
    classes = [dict(zip(_COLUMNS, row, strict=True)) for row in class_rows(evaluation.metrics)]
    splits = [dict(zip(_SPLIT_COLUMNS, row, strict=True)) for row in split_rows(evaluation)]
    missed = [
        {"picture": one.name, "true class": evaluation.metrics.labels[one.target]} for one in evaluation.missed
    ]  # fmt: skip
    facts = {**evaluation.facts, "pictures": evaluation.n, "command": command}
    parts = [
        paragraph(headline(evaluation) + "."),
        html_report.warning("No measure of the model", warnings(evaluation)),
        section("Splits", table(splits, _SPLIT_COLUMNS[1:4])),
        section("Classes", table(classes, _COLUMNS[1:]) + paragraph(_calibration(evaluation.metrics) + ".")),
        section(
            "What was taken for what",
            _matrix(confusion),
        ),
        section("Pictures without a found face, counted as wrong", table(missed[:_MOST_MISSED]) + _more(len(missed))),
        section(
            "How far its confidence can be believed",
            picture(reliability, "Reliability diagram: accuracy by confidence", kind="small"),
        ),
        section("How it was made", html_report.facts({name: value for name, value in facts.items() if value})),
        html_report.notes((*assurances(evaluation), *evaluation.problems), "What is to be known of the data"),
    ]
    return html_report.to_page(f"{facts['bundle']} on {facts['dataset']} {facts['split']}", parts, _NOTE)


_MOST_MISSED = 300
"""Names that the page shows; all of them are in the table beside it."""


def _matrix(confusion: bytes) -> str:
    return picture(confusion, "Confusion matrix; its counts are in confusion.csv", kind="small")


def _more(count: int) -> str:
    return paragraph(f"And {count - _MOST_MISSED} more in {PICTURES}.") if count > _MOST_MISSED else ""


def write_evaluation(evaluation: Evaluation, folder: Path, command: str = "") -> Path:
    """Write FILES into a folder, and return the path of report.html.

    Args:
        evaluation: what the files are about.
        folder: is made where it is not there; what stands there is replaced.
        command: that made it, for the report.

    """
    folder.mkdir(parents=True, exist_ok=True)
    title = f"{evaluation.facts['dataset']} {evaluation.facts['split']}"
    (folder / "report.md").write_text(to_markdown(evaluation), encoding="utf-8")
    made = {"made": datetime.now().isoformat(" ", "minutes"), **({"command": command} if command else {})}
    values = {**evaluation.to_dict(), **made}
    (folder / "report.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    _write_csv(folder / "classes.csv", [_COLUMNS, *class_rows(evaluation.metrics)])
    labels = evaluation.metrics.labels
    counts = [(name, *row) for name, row in zip(labels, evaluation.metrics.confusion.tolist(), strict=True)]
    _write_csv(folder / "confusion.csv", [("true class", *labels), *counts])
    _write_csv(folder / PICTURES, picture_rows(evaluation))
    save_confusion(evaluation.metrics, title, folder / "confusion.png")
    save_reliability(evaluation.metrics, title, folder / "reliability.png")
    charts = [(folder / name).read_bytes() for name in ("confusion.png", "reliability.png")]
    report = folder / html_report.NAME
    report.write_text(to_html(evaluation, charts[0], charts[1], command), encoding="utf-8")
    return report


def picture_rows(evaluation: Evaluation) -> list[tuple[object, ...]]:
    """Return a header and a row for each picture, those without a found face last.

    The box is in pixels of the picture, empty where the picture is a face already; a picture without a found face has
    neither label nor probabilities, and counts as wrong.
    """
    labels = evaluation.metrics.labels
    rows: list[tuple[object, ...]] = [
        ("file", "split", "truth", "label", "right", *labels, "left", "top", "right_edge", "bottom", "note")
    ]
    splits = evaluation.splits or ("",) * len(evaluation.names)
    boxes = evaluation.boxes or (None,) * len(evaluation.names)
    predicted = evaluation.probabilities.argmax(axis=1)
    for i, name in enumerate(evaluation.names):
        box, target = boxes[i], int(evaluation.targets[i])
        edges = ("",) * 4 if box is None else tuple(round(edge, 1) for edge in box.as_tuple())
        probabilities = (f"{p:.5f}" for p in evaluation.probabilities[i])
        right = int(predicted[i] == target)
        rows.append((name, splits[i], labels[target], labels[predicted[i]], right, *probabilities, *edges, ""))
    empty = ("",) * (len(labels) + 4)
    rows += [(one.name, one.split, labels[one.target], "", 0, *empty, "no face found") for one in evaluation.missed]
    return rows


def _calibration(metrics: Metrics) -> str:
    return f"calibration error (ECE, 15 bins) {100 * metrics.ece:.2f} %, mean cross-entropy {metrics.nll:.3f}"


def _write_csv(path: Path, rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
