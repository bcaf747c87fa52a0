"""Tables of results, with the paper's value, ours, the difference and an interval, as Markdown, CSV and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

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
    missing: what kept it, or parts of it, from being done.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    missing: tuple[str, ...] = field(default=())

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
