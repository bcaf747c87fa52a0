"""Table 7: how others evaluated on CK+, with our result in the same configuration beside theirs."""

from __future__ import annotations

from fer_training.data.dataset import DatasetError
from fer_training.data.registry import DatasetSpec
from fer_training.experiments.comparison import rows_of
from fer_training.experiments.datasets import MissingDataError
from fer_training.experiments.literature import CKPLUS
from fer_training.experiments.report import Report, Row
from fer_training.experiments.study import CENTER, TWO_STAGES, Study
from fer_training.experiments.table5 import PAPER, title_of


def run(study: Study) -> Report:
    """Add our results to the paper's rows, configuration by configuration."""
    rows: list[Row] = []
    missing, shown = [], []
    for classes, size in dict.fromkeys((classes, size) for _, classes, size, _ in CKPLUS):
        spec = DatasetSpec("ckplus", classes, size)
        rows += [
            Row(f"{title_of(spec)}, {reference}", "accuracy %", "", value)
            for reference, *configuration, value in CKPLUS
            if tuple(configuration) == (classes, size)
        ]
        try:
            what = f"{title_of(spec)}, the paper's method"
            rows += rows_of(study, spec, what, PAPER[classes, size][0], CENTER, TWO_STAGES)
            shown.append(spec)
        except (MissingDataError, DatasetError) as error:
            missing.append(f"{title_of(spec)}: {error}")
    return Report(
        "table7", "Table 7: evaluation set-ups on CK+", tuple(rows), study.notes(shown), missing=tuple(missing)
    )
