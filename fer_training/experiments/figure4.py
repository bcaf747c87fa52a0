"""Figure 4: training loss and confusion matrix on JAFFE."""

from __future__ import annotations

from matplotlib.figure import Figure

from fer_training.data.splits import OVERLAPPING
from fer_training.evaluation.plots import DPI, draw_confusion, draw_loss
from fer_training.experiments.comparison import JAFFE
from fer_training.experiments.report import Report, Row, pooled
from fer_training.experiments.study import Study
from fer_training.training.run_folder import HISTORY


def run(study: Study) -> Report:
    """Draw the loss of the first fold, and the confusion over all folds at each one's best step."""
    folds = study.run(JAFFE, "random")
    metrics = pooled(folds)
    figure = Figure(figsize=(11, 5), layout="constrained")
    left, right = figure.subplots(1, 2)
    first = sorted(study.run_folder(JAFFE, "random").glob("fold*/"))[0]
    draw_loss(left, first / HISTORY, f"JAFFE, {first.name}")
    draw_confusion(right, metrics, f"JAFFE, {len(folds)} folds")
    study.output.mkdir(parents=True, exist_ok=True)
    figure.savefig(study.output / "figure4.png", dpi=DPI)
    rows = [Row(c.name, "recall %", OVERLAPPING, None, 100 * c.recall, n=c.support) for c in metrics.classes]
    notes = (f"the paper's Figure 4 shows one fold of 42 pictures; the confusion here is over {len(folds)} folds",)
    return Report("figure4", "Figure 4: JAFFE", tuple(rows), (*notes, *study.notes([JAFFE])), ("figure4.png",))
