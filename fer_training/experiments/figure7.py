"""Figure 7: the running system on pictures; free photographs instead of the paper's camera."""

from __future__ import annotations

import cv2

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.drawing import annotate
from fer_ros.core.pipeline import Pipeline
from fer_training.experiments.pictures import frame
from fer_training.experiments.report import Report, Row
from fer_training.experiments.study import Study


def run(study: Study) -> Report:
    """Send a frame of photographs through the node's pipeline and draw what it predicts."""
    classifier = make_classifier(load_bundle(study.stage1.bundle()), "auto", log=lambda line: None)
    picture = frame(faces=2)
    faces = Pipeline(classifier).look(picture)
    annotated = annotate(picture, faces)
    study.output.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(study.output / "figure7.png"), cv2.cvtColor(annotated, cv2.COLOR_RGB2BGR))
    rows = [
        Row(
            f"face at x = {face.box.center[0]:.0f}",
            f"confidence %, {face.raw.label}",
            "one frame, not smoothed",
            None,
            100 * face.raw.confidence,
        )
        for face in sorted(faces, key=lambda f: f.box.left)
    ]
    notes = (
        "Eileen Collins (NASA) and Grace Hopper (US Navy), both public domain, in place of the paper's subjects",
        f"{len(faces)} faces found",
    )
    return Report("figure7", "Figure 7: the running system", tuple(rows), notes, ("figure7.png",), people=True)
