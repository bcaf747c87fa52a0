"""Across data sets (paper, Section 6): train on all of JAFFE, evaluate on CK+, and the other way round; six classes."""

from __future__ import annotations

from fer_ros.core.classification.classifier import softmax
from fer_training.data.ckplus import SIX
from fer_training.evaluation.metrics import measure
from fer_training.evaluation.predictions import predict
from fer_training.experiments.comparison import CKPLUS_SIX, JAFFE
from fer_training.experiments.report import Report, Row
from fer_training.experiments.study import Study
from fer_training.models.mobilenet import network_logits
from fer_training.training.loop import load_run
from fer_training.training.run_folder import LAST

PAPER = {(JAFFE, CKPLUS_SIX): 72.49, (CKPLUS_SIX, JAFFE): 50.27}


def run(study: Study) -> Report:
    """Train for a fixed number of steps on one data set and evaluate on the other."""
    sets = {}
    for spec in (JAFFE, CKPLUS_SIX):
        dataset, crops = study.crops(spec)
        sets[spec] = dataset.name, crops.with_labels(SIX)
    rows = []
    for (source, target), paper in PAPER.items():
        folder = study.output / "runs" / f"cross-{source.name}-{target.name}"
        study.run_whole(source, sets[source][1], folder)
        network, config = load_run(folder, LAST)
        crops = sets[target][1]
        probabilities = softmax(predict(network_logits(network), crops.pixels, config.preprocess))
        metrics = measure(crops.targets, probabilities, crops.labels)
        what = f"{sets[source][0]} to {sets[target][0]}"
        low, high = (100 * v for v in metrics.interval)
        ours = 100 * metrics.accuracy
        protocol = "other data set, last step"
        rows.append(Row(what, "accuracy %", protocol, paper, ours, None, (low, high), metrics.n))
    return Report("cross", "Across data sets, six classes", tuple(rows), study.notes([JAFFE, CKPLUS_SIX]))
