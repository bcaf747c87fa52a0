"""Table 4: JAFFE, the literature and ours, with the paper's precision, recall and F1 (Section 5.1.3)."""

from __future__ import annotations

from fer_training.experiments.comparison import JAFFE, rows_of
from fer_training.experiments.datasets import MissingDataError
from fer_training.experiments.literature import JAFFE as LITERATURE
from fer_training.experiments.report import Report, Row
from fer_training.experiments.study import CENTER, TWO_STAGES, Study

PAPER = (95.24, 96.19, 94.76, 95.47)
"""Accuracy, macro precision, macro recall and F1, in percent."""


def run(study: Study) -> Report:
    """Add our JAFFE results to the paper's rows."""
    rows = [Row(what, "accuracy %", "", value, note=note) for what, value, note in LITERATURE]
    title = "Table 4: JAFFE against the literature"
    try:
        accuracy, *means = PAPER
        rows += rows_of(study, JAFFE, "the paper's method", accuracy, CENTER, TWO_STAGES, means)
        notes = study.notes([JAFFE])
    except MissingDataError as error:
        return Report("table4", title, tuple(rows), missing=(f"our own rows: {error}",))
    return Report("table4", title, tuple(rows), notes)
