"""The first stage on FER-2013 (paper, Section 5.1.1): public and private test, softmax alone and with center loss."""

from __future__ import annotations

from dataclasses import replace

from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.evaluation.evaluate import Evaluation, evaluate
from fer_training.evaluation.report import write_evaluation
from fer_training.experiments.report import Report, Row
from fer_training.experiments.study import CENTER, SOFTMAX, Study

SPEC = DatasetSpec("fer2013")
PAPER = {"public_test": 67.03, "private_test": 68.31}
CENTER_WEIGHT = 0.001


def run(study: Study) -> Report:
    """Measure the first stage on the reported splits."""
    path = study.paths.find("fer2013")
    splits = {s.split for s in read_dataset(SPEC, path).samples}
    bundles = {"as given": study.stage1.bundle()} if study.stage1.given else _trained(study)
    rows, missing = [], []
    for supervision, bundle in bundles.items():
        for split, value in PAPER.items():
            if split not in splits:
                missing.append(f"{split}: it is not in the copy of FER-2013 at hand")
                continue
            evaluation = evaluate(bundle, SPEC, path, split, backend="litert")
            write_evaluation(evaluation, study.output / "fer2013" / f"{supervision.replace(' ', '_')}-{split}")
            rows.append(_row(evaluation, f"{split}, {supervision}", value if supervision != CENTER else None))
    notes = ("selected on a tenth of the training split; the paper trained on all of it",)
    return Report("fer2013", "FER-2013, first stage", tuple(rows), notes, missing=tuple(dict.fromkeys(missing)))


def _trained(study: Study) -> dict[str, str]:
    """Train the first stage as configured, and with center loss beside it if it was configured without."""
    first = study.stage1
    config = first.config
    runs = {CENTER if config.center_weight else SOFTMAX: first.run_folder()}
    if not config.center_weight:
        runs[CENTER] = first.run_folder(replace(config, center_weight=CENTER_WEIGHT), "stage1_center")
    return {supervision: str(first.bundle_of(run)) for supervision, run in runs.items()}


def _row(evaluation: Evaluation, what: str, paper: float | None) -> Row:
    low, high = evaluation.interval
    ours = 100 * evaluation.accuracy
    return Row(what, "accuracy %", "official split", paper, ours, None, (100 * low, 100 * high), evaluation.n)
