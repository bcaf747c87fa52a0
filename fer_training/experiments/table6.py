"""Table 6: what a frame costs on this machine: detection, preprocessing and classification (Section 5.2)."""

from __future__ import annotations

import itertools
import os
import platform
import time
from collections.abc import Callable
from statistics import median

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import preprocess
from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Frame
from fer_training.experiments.literature import CLASSIFICATION_TIME
from fer_training.experiments.pictures import HEIGHT, WIDTH, frame
from fer_training.experiments.report import Report, Row
from fer_training.experiments.study import Study

PAPER = {"detect": 46.93, "preprocess": 7.49, "classify": 3.57}
REPEATS = 30


def run(study: Study) -> Report:
    """Time the node's own code on photographs, and add it to the paper's rows."""
    rows = [Row(what, "classify, ms a frame", "", value, note=note) for what, value, note in CLASSIFICATION_TIME]
    bundle = load_bundle(study.stage1.bundle())
    classifier = make_classifier(bundle, "auto", log=lambda line: None)
    config = DetectorConfig()
    detector, picture = HaarDetector(config), frame(faces=2)
    boxes = [face.box for face in detector.detect(picture.gray, config.min_face)]
    batch = preprocess(picture, boxes[:1], bundle.spec)
    ours = {
        "detect": _median_ms(lambda: detector.detect(picture.gray, config.min_face)),
        "preprocess": _median_ms(lambda: preprocess(picture, boxes[:1], bundle.spec)),
        "classify": _median_ms(lambda: classifier.classify(batch)),
    }
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {classifier.name}"
    units = {"detect": "ms a frame", "preprocess": "ms a face", "classify": "ms a face"}
    rows += [
        Row("this system", f"{stage}, {units[stage]}", f"median of {REPEATS}", PAPER[stage], ours[stage], note=machine)
        for stage in PAPER
    ]
    for faces in (1, 4):
        paper, here = (v["detect"] + faces * (v["preprocess"] + v["classify"]) for v in (PAPER, ours))
        rows.append(
            Row(f"this system, faces: {faces}", "ms a frame", "detect + M (preprocess + classify)", paper, here)
        )
    pipeline, stamps = Pipeline(classifier), itertools.count(0.0, 1 / 30)
    whole = _median_ms(lambda: pipeline.process({"camera": Frame(picture.gray, next(stamps))}))
    rows.append(
        Row(
            "this system, faces: 2", "ms a frame", "the node's pipeline, which searches around known faces", None, whole
        )
    )
    notes = (
        f"frames of {WIDTH}x{HEIGHT} made of photographs, {len(boxes)} boxes found; the paper does not state its own",
        "the paper's machine: Quadro K4200 GPU, Xeon E5-1603 v3",
    )
    return Report("table6", "Table 6: run time", tuple(rows), notes)


def _median_ms(call: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - began))
    return median(times)
