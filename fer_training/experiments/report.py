"""Tables of results, with the paper's value, ours, the difference and an interval, as Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from fer_ros.core import html_report
from fer_ros.core.html_report import Html, paragraph, picture, section, table
from fer_training.evaluation.metrics import Metrics, mean_and_deviation, measure, wilson_interval
from fer_training.evaluation.predictions import Predictions
from fer_training.training.stage2 import BEST_LABEL, LAST_LABEL


@dataclass(frozen=True)
class Row:
    """One result.

    what: which result.  measure: of what, such as 'accuracy %'.  protocol: how it was measured.
    paper, ours: the values; None where there is none.  deviation: sample standard deviation over the folds.
    interval: Wilson's 95 % interval over all n predictions, in percent.  note: what a reader must know.
    """

    what: str
    measure: str
    protocol: str = ""
    paper: float | None = None
    ours: float | None = None
    deviation: float | None = None
    interval: tuple[float, float] | None = None
    n: int | None = None
    note: str = ""

    @property
    def difference(self) -> float | None:
        """Ours minus the paper's."""
        return None if self.ours is None or self.paper is None else self.ours - self.paper


@dataclass(frozen=True)
class Report:
    """A table or figure of the paper, done again.

    name: such as 'table5'.  notes: sentences below the table.  pictures: PNG files beside the report.
    missing: what kept it, or parts of it, from being done.  people: whether the pictures show people.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=())
    people: bool = False

    @property
    def state(self) -> str:
        """How much of it was done, in words."""
        return "not done" if not self.rows else "in part" if self.missing else "done"

    def write(self, folder: Path) -> None:
        """Write <name>.md, <name>.csv and <name>.json into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.md").write_text(self.to_markdown(), encoding="utf-8")
        rows = [{**asdict(row), "difference": row.difference} for row in self.rows]
        values = {**asdict(self), "rows": rows}
        (folder / f"{self.name}.json").write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
        with (folder / f"{self.name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADER)
            writer.writerows(_cells(row) for row in self.rows)

    def to_markdown(self) -> str:
        """Return the report as Markdown."""
        lines = [f"# {self.title}", ""]
        if self.rows:
            lines += ["| " + " | ".join(_HEADER) + " |", "|---|---|---|" + "---:|" * 5 + "---|"]
            lines += ["| " + " | ".join(_cells(row)) + " |" for row in self.rows]
            lines.append("")
        lines += [f"- {note}" for note in self.notes]
        lines += [f"- not done: {reason}" for reason in self.missing]
        lines += [f"\n![{self.title}]({picture})" for picture in self.pictures]
        return "\n".join(lines).rstrip() + "\n"


def to_html(reports: Sequence[Report], folder: Path, command: str = "") -> str:
    """Return several reports as one HTML document with their pictures, but for those that show people.

    Args:
        reports: in the order in which they are shown.
        folder: of their pictures.
        command: that made them.

    """
    overview = [{"what": report.title, "state": report.state, "results": len(report.rows)} for report in reports]
    parts = [section("What was made", table(overview, ["results"]))]
    parts += [section(report.title, _content(report, folder)) for report in reports]
    if command:
        parts.append(section("How it was made", html_report.facts({"command": command})))
    return html_report.to_page("The paper's tables and figures", parts, _NOTE)


_NOTE = "The paper's value, ours and the difference. No picture of a person is in this report."


def _content(report: Report, folder: Path) -> str:
    rows = [dict(zip(_HEADER, _cells(row), strict=True)) for row in report.rows]
    # A column without a single value tells nothing.
    shown = [name for name in _HEADER if any(row[name] for row in rows)]
    missing = html_report.warning("Not done", report.missing)
    charts = [] if report.people else [(folder / name).read_bytes() for name in report.pictures]
    beside = f"With people, so not shown here: {', '.join(report.pictures)}." if report.people else ""
    return Html(
        table([{name: row[name] for name in shown} for row in rows], _HEADER[3:8])
        + "".join(picture(chart, f"{report.title}, drawn; its numbers are in the table above") for chart in charts)
        + (paragraph(beside) if beside else "")
        + (html_report.bullets(report.notes) if report.notes else "")
        + missing
    )


_HEADER = ("result", "measure", "protocol", "paper", "ours", "difference", "95 % interval", "n", "note")


def _number(value: float | None, sign: str = "") -> str:
    """Two decimals, none for counts."""
    if value is None:
        return ""
    return f"{value:{sign}d}" if isinstance(value, int) else f"{value:{sign}.2f}"


def _cells(row: Row) -> tuple[str, ...]:
    ours = _number(row.ours)
    if row.deviation is not None:
        ours += f" ± {row.deviation:.2f}"
    return (
        row.what,
        row.measure,
        row.protocol,
        _number(row.paper),
        ours,
        _number(row.difference, "+"),
        "" if row.interval is None else f"{row.interval[0]:.2f} to {row.interval[1]:.2f}",
        "" if row.n is None else str(row.n),
        row.note,
    )


def fold_rows(what: str, protocol: str, folds: Sequence[Predictions], paper: float | None, best: bool) -> list[Row]:
    """Return the accuracy over folds: at the last step, and before it, where `best`, at the best step of each fold.

    Args:
        what: name of the rows.
        protocol: how the data set was divided.
        folds: each fold's predictions.
        paper: in percent, compared with the best step where that is reported, for so the paper selected.
        best: whether the best step is reported.

    """
    rows = []
    for step, label in (("best", BEST_LABEL), ("last", LAST_LABEL)):
        if step == "best" and not best:
            continue
        metrics = [measure(a.targets, getattr(a, step), a.labels) for a in folds]
        mean, deviation = mean_and_deviation([100 * m.accuracy for m in metrics])
        right, n = (sum(int(v) for v in values) for values in zip(*((m.confusion.trace(), m.n) for m in metrics)))
        low, high = wilson_interval(right, n)
        value = paper if step == "best" or not best else None
        rows.append(
            Row(
                what,
                "accuracy %",
                f"{protocol}, {label}",
                value,
                mean,
                deviation if len(folds) > 1 else None,
                (100 * low, 100 * high),
                n,
                f"{len(folds)} folds",
            )
        )
    return rows


def pooled(folds: Sequence[Predictions], step: str = "best") -> Metrics:
    """Measure all folds' predictions together: each sample is in the validation part of one fold."""
    targets = np.concatenate([a.targets for a in folds])
    return measure(targets, np.concatenate([getattr(a, step) for a in folds]), folds[0].labels)
