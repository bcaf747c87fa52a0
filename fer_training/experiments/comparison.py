"""Tables that compare ways of training on CK+ (six classes) and JAFFE."""

from __future__ import annotations

from collections.abc import Sequence

from fer_training.data.registry import DatasetSpec
from fer_training.data.splits import PROTOCOLS
from fer_training.experiments.datasets import MissingDataError
from fer_training.experiments.report import Report, Row, fold_rows, pooled
from fer_training.experiments.study import Study
from fer_training.training.stage2 import BEST_LABEL, LAST_LABEL

CKPLUS_SIX = DatasetSpec("ckplus", "6", "small")
JAFFE = DatasetSpec("jaffe")
MEANS = {"precision": "macro precision %", "recall": "macro recall %", "f1_of_means": "F1 of the means %"}
"""Beside accuracy; F1 is the paper's, the harmonic mean of the two others."""
TITLES = {CKPLUS_SIX: "CK+ 6 classes, small", JAFFE: "JAFFE"}


def compare(
    study: Study,
    name: str,
    title: str,
    variants: Sequence[tuple[DatasetSpec, str, str, str, float | None]],
    notes: tuple[str, ...] = (),
) -> Report:
    """Run every variant, (data set, its name, supervision, stages, paper's value), under every protocol."""
    rows: list[Row] = []
    missing, done = [], []
    for spec, what, supervision, stages, paper in variants:
        try:
            rows += rows_of(study, spec, f"{TITLES[spec]}, {what}", paper, supervision, stages)
            done.append(spec)
        except MissingDataError as error:
            missing.append(f"{TITLES[spec]}, {what}: {error}")
    return Report(name, title, tuple(rows), (*notes, *study.notes(done)), missing=tuple(missing))


def rows_of(
    study: Study,
    spec: DatasetSpec,
    what: str,
    paper: float | None,
    supervision: str,
    stages: str,
    means: Sequence[float | None] = (None, None, None),
) -> list[Row]:
    """Return the rows of one variant: the paper's protocol first, with subjects apart beside it.

    Args:
        study: runs it.
        spec: which data set.
        what: name of the rows.
        paper: the paper's accuracy in percent.
        supervision: SOFTMAX or CENTER.
        stages: ONE_STAGE or TWO_STAGES.
        means: the paper's macro precision, macro recall and F1 in percent.

    """
    rows: list[Row] = []
    for protocol in study.protocols:
        rules = PROTOCOLS[spec.name][protocol]
        folds = study.run(spec, protocol, supervision, stages)
        random = protocol == "random"
        rows += fold_rows(what, rules.label, folds, paper if random else None, best=random)
        metrics, label = pooled(folds, "best" if random else "last"), BEST_LABEL if random else LAST_LABEL
        rows += [
            Row(
                what,
                measure,
                f"{rules.label}, {label}",
                value if random else None,
                100 * getattr(metrics, name),
                n=metrics.n,
                note="all folds together",
            )
            for (name, measure), value in zip(MEANS.items(), means, strict=True)
        ]
    return rows
