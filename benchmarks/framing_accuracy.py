"""What the framing of a detector's boxes is worth: right answers on strangers, for boxes of several sizes.

python -m benchmarks.framing_accuracy --portraits DIR [--people 664] [--save]

Each portrait is shown upright, a half and a third of the frame high. Where the Haar cascade and a BlazeFace network
both find the face, it is classified from Haar's box, and from the network's box at several sizes around the mapping in
the code. Even and odd portraits of the list apart: what is chosen on one half can be checked on the other.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.people_clips import Case, clip
from benchmarks.people_portraits import Portrait, read_labels, read_portrait
from benchmarks.people_report import share
from benchmarks.people_tables import share_cell
from benchmarks.profiles import load_profile
from benchmarks.report import Results
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.classifier import Classifier
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import crop_faces, normalize
from fer_ros.core.detection.blazeface import MODELS
from fer_ros.core.detection.search import FaceSearch
from fer_ros.core.geometry import Box
from fer_ros.core.types import Face, Frame

_SIZE = (640, 480)
_CASES = (Case("upright", 0.5), Case("upright", 0.33))
_FACTORS = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1)
# Boxes that overlap the face's place by more than this (IoU) are of that face.
_SAME = 0.3
_HALVES = ("even", "odd")


def nearest(faces: Sequence[Face], place: Box) -> Face | None:
    """Return the face that overlaps a place most, None where none does enough."""
    best = max(faces, key=lambda face: face.box.iou(place), default=None)
    return best if best is not None and best.box.iou(place) > _SAME else None


def measure(portraits: Sequence[Portrait], kind: str, classifier: Classifier) -> dict[str, Any]:
    """Measure a network of `DetectorConfig.kind` beside Haar.

    Returns:
        For each half of the portraits: 'haar' and each factor, with the share of right answers and its interval.

    """
    paper, robot = (load_profile(name)[0] for name in ("paper", "robot"))
    haar = FaceSearch(paper.search, paper.detector)
    learned = FaceSearch(replace(robot.search, full_scan_period=0.0), replace(robot.detector, kind=kind))
    columns = ("haar", *map(str, _FACTORS))
    right: dict[str, dict[str, list[bool]]] = {half: {name: [] for name in columns} for half in _HALVES}
    for number, portrait in enumerate(portraits):
        for case in _CASES:
            scene = next(clip([portrait], case, 1, _SIZE))
            frame = Frame.from_gray(scene.picture)
            found = []
            for one in (haar, learned):
                one.reset()
                found.append(nearest(one.find(frame), scene.faces[0]))
            if found[0] is None or found[1] is None:
                continue
            faces = [found[0], *(replace(found[1], box=found[1].box.scaled(factor)) for factor in _FACTORS)]
            rows = classifier.classify(normalize(crop_faces(frame, faces, classifier.spec), classifier.spec))
            truth = classifier.labels.index(portrait.expression)
            for name, answer in zip(columns, np.argmax(rows, axis=1), strict=True):
                right[_HALVES[number % 2]][name].append(int(answer) == truth)
    return {half: {name: share(flags) for name, flags in parts.items()} for half, parts in right.items()}


def table(networks: dict[str, Any], scales: dict[str, float]) -> str:
    """Return the shares as Markdown. scales: of each network in the code that ran, see blazeface.MODELS."""
    lines = [
        "Right answers from a network's box at so many times its size in the code that ran (in brackets), and from",
        "Haar's on the same faces; in brackets Wilson's 95 % interval. Each person is shown twice.",
        "",
        "| network, half of the portraits | faces | Haar | " + " | ".join(map(str, _FACTORS)) + " |",
        "|---|---|---|" + "---|" * len(_FACTORS),
    ]
    for kind, halves in networks.items():
        for half, row in halves.items():
            cells = " | ".join(share_cell(counted) for counted in row.values())
            lines.append(f"| {kind} ({scales[kind]:.3f}), {half} | {row['haar']['total']} | {cells} |")
    return "\n".join(lines)


def main() -> None:
    """Measure both BlazeFace networks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--portraits", type=Path, required=True, help="folder of portraits with labels.csv")
    parser.add_argument("--people", type=int, help="so many of them, the first ones; all if left out")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/framing_accuracy.*")
    options = parser.parse_args()
    classifier = make_classifier(load_bundle("default"), threads=1, log=lambda line: None)
    known = [row for row in read_labels(options.portraits) if row[1] in classifier.labels]
    portraits = [read_portrait(options.portraits / name, label) for name, label in known[: options.people]]
    networks = {kind: measure(portraits, kind, classifier) for kind in ("blazeface_short", "blazeface_full")}
    scales = {f"blazeface_{kind}": model.scale for kind, model in MODELS.items()}
    data = {"people": len(portraits), "scales": scales, "networks": networks}
    Results("framing_accuracy", "What the framing is worth", data).finish(table(networks, scales), options.save)


if __name__ == "__main__":
    main()
