"""Figure 5: training loss of the eight configurations of CK+."""

from __future__ import annotations

from matplotlib.figure import Figure

from fer_training.data.dataset import DatasetError
from fer_training.data.splits import OVERLAPPING
from fer_training.evaluation.plots import DPI, draw_loss, read_history
from fer_training.experiments.report import Report, Row
from fer_training.experiments.study import Study
from fer_training.experiments.table5 import specs, title_of
from fer_training.training.run_folder import HISTORY


def run(study: Study) -> Report:
    """Draw the loss of the first fold of each configuration."""
    figure = Figure(figsize=(14, 6.5), layout="constrained")
    rows, missing, shown = [], [], []
    for spec, axes in zip(specs(), figure.subplots(2, 4).flat, strict=True):
        try:
            study.run(spec, "random")
        except DatasetError as error:
            missing.append(f"{title_of(spec)}: {error}")
            continue
        shown.append(spec)
        first = sorted(study.run_folder(spec, "random").glob("fold*/"))[0]
        draw_loss(axes, first / HISTORY, f"{title_of(spec)}, {first.name}")
        last = read_history(first / HISTORY)[-1]
        what = f"{title_of(spec)}, {first.name}"
        rows.append(Row(what, "last training loss", OVERLAPPING, None, last["train_loss"]))
    study.output.mkdir(parents=True, exist_ok=True)
    figure.savefig(study.output / "figure5.png", dpi=DPI)
    title = "Figure 5: training loss on CK+"
    return Report("figure5", title, tuple(rows), study.notes(shown), pictures=("figure5.png",), missing=tuple(missing))
