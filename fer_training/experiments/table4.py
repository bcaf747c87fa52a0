"""Table 4: JAFFE, the literature and ours, with the paper's precision, recall and F1 (Section 5.1.3)."""

from __future__ import annotations

from fer_training.experiments.comparison import JAFFE, rows_of
from fer_training.experiments.literature import JAFFE as LITERATURE
from fer_training.experiments.study import CENTER, TWO_STAGES, MissingDataError, Study
from fer_training.folds import OVERLAPPING
from fer_training.report import Report, Row, pooled

PAPER = {"precision": 96.19, "recall": 94.76, "f1_of_means": 95.47}
MEASURES = {"precision": "macro precision %", "recall": "macro recall %", "f1_of_means": "F1 of the means %"}


def run(study: Study) -> Report:
    """Add our JAFFE results to the paper's rows."""
    rows = [Row(what, "accuracy %", "", value, note=note) for what, value, note in LITERATURE]
    title = "Table 4: JAFFE against the literature"
    try:
        rows += rows_of(study, JAFFE, "the paper's method", 95.24, CENTER, TWO_STAGES)
        if "random" in study.protocols:
            metrics = pooled(study.run(JAFFE, "random"))
            rows += [
                Row("the paper's method", MEASURES[n], OVERLAPPING, value, 100 * getattr(metrics, n), n=metrics.n)
                for n, value in PAPER.items()
            ]
        notes = study.notes([JAFFE])
    except MissingDataError as error:
        return Report("table4", title, tuple(rows), missing=(f"our own rows: {error}",))
    return Report("table4", title, tuple(rows), notes)
