"""Figure 6: confusion matrices of the eight configurations of CK+."""

from __future__ import annotations

from matplotlib.figure import Figure

from fer_training.data.dataset import DatasetError
from fer_training.data.splits import OVERLAPPING
from fer_training.evaluation.plots import DPI, draw_confusion
from fer_training.experiments.report import Report, Row, pooled
from fer_training.experiments.study import Study
from fer_training.experiments.table5 import specs, title_of


def run(study: Study) -> Report:
    """Draw the confusion over all folds of each configuration, at each fold's best step."""
    figure = Figure(figsize=(20, 10), layout="constrained")
    rows, missing, shown = [], [], []
    for spec, axes in zip(specs(), figure.subplots(2, 4).flat, strict=True):
        try:
            metrics = pooled(study.run(spec, "random"))
        except DatasetError as error:
            missing.append(f"{title_of(spec)}: {error}")
            continue
        shown.append(spec)
        draw_confusion(axes, metrics, title_of(spec))
        rows += [
            Row(f"{title_of(spec)}, {c.name}", "recall %", OVERLAPPING, None, 100 * c.recall, n=c.support)
            for c in metrics.classes
        ]
    study.output.mkdir(parents=True, exist_ok=True)
    figure.savefig(study.output / "figure6.png", dpi=DPI)
    title = "Figure 6: confusion on CK+"
    return Report("figure6", title, tuple(rows), study.notes(shown), pictures=("figure6.png",), missing=tuple(missing))
