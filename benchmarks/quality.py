"""What the profiles find: recall against a full search of every frame, false faces, id switches, time to a new face.

python -m benchmarks.quality [--clip FILE ...]   (further clips, such as a robot's own: faces and ids are counted)
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2

from benchmarks.clips import Shot, appearing, crossing, moving_faces
from benchmarks.profiles import PROFILES, load_profile
from fer_ros.core.bundle import load_bundle
from fer_ros.core.classifier import make_classifier
from fer_ros.core.detector import HaarDetector
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Box, Frame, TrackedFace

_RATE = 30.0


def run(pipeline: Pipeline, shots: Sequence[Shot]) -> Iterator[tuple[Frame, tuple[TrackedFace, ...]]]:
    """Yield each frame of a clip with its faces."""
    pipeline.reset()
    for number, shot in enumerate(shots):
        frame = Frame.from_bgr(shot.picture, number / _RATE)
        yield frame, pipeline.process({"camera": frame})["camera"]


def _hit(box: Box, faces: Sequence[TrackedFace]) -> TrackedFace | None:
    best = max(faces, key=lambda face: face.face.box.iou(box), default=None)
    return best if best is not None and best.face.box.iou(box) > 0.5 else None


def recall(pipeline: Pipeline, shots: Sequence[Shot]) -> tuple[float, float, float]:
    """Return recall of the known faces (IoU 0.5), that of full-frame Haar on every frame, and false faces a frame."""
    haar, total, found, reference, false = HaarDetector(), 0, 0, 0, 0
    for shot, (frame, faces) in zip(shots, run(pipeline, shots), strict=True):
        boxes = haar.detect(frame.gray, pipeline.config.detector.min_face)
        total += len(shot.faces)
        found += sum(_hit(box, faces) is not None for box in shot.faces)
        reference += sum(any(face.box.iou(box) > 0.5 for face in boxes) for box in shot.faces)
        false += sum(all(face.face.box.iou(box) <= 0.3 for box in shot.faces) for face in faces)
    return found / total, reference / total, false / len(shots)


def id_switches(pipeline: Pipeline, shots: Sequence[Shot]) -> int:
    """Return how often a known person gets another id than the one before."""
    last: dict[int, str] = {}
    switches = 0
    for shot, (_, faces) in zip(shots, run(pipeline, shots), strict=True):
        for person, box in enumerate(shot.faces):
            face = _hit(box, faces)
            # While one hides the other, the face that is seen overlaps both boxes: whose it is, is not known.
            if face is None or any(box.iou(other) > 0.1 for i, other in enumerate(shot.faces) if i != person):
                continue
            switches += last.get(person, face.track_id) != face.track_id
            last[person] = face.track_id
    return switches


def time_to_detect(pipeline: Pipeline) -> float:
    """Return the longest time in seconds until a second face is found, over starts at different moments."""
    worst = 0.0
    for at in range(20, 30):
        shots = appearing(at + 15, at)
        for number, (shot, (_, faces)) in enumerate(zip(shots, run(pipeline, shots), strict=True)):
            if number >= at and _hit(shot.faces[1], faces):
                worst = max(worst, (number - at) / _RATE)
                break
        else:
            return float("inf")
    return worst


def read_clip(path: Path) -> list[Shot]:
    """Read a video without known faces. Raises FileNotFoundError for a file that OpenCV cannot read."""
    capture, shots = cv2.VideoCapture(str(path)), []
    while True:
        good, picture = capture.read()
        if not good:
            break
        shots.append(Shot(picture, ()))
    if not shots:
        raise FileNotFoundError(f"expected a video at {path}, got nothing that OpenCV can read")
    return shots


def main() -> None:
    """Measure each profile and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clip", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    four = moving_faces(4, 150)
    print("| profile | recall, 4 faces | full-frame Haar | false faces a frame | id switches | new face, s |")
    print("|---|---|---|---|---|---|")
    for name in PROFILES:
        config, others = load_profile(name)
        classifier = make_classifier(load_bundle(), "litert", others.get("precision", "default"))
        pipeline = Pipeline(classifier, config)
        found, reference, false = recall(pipeline, four)
        switches = str(id_switches(pipeline, crossing())) if config.tracker.enabled else "no ids"
        new = time_to_detect(pipeline)
        print(f"| {name} | {found:.3f} | {reference:.3f} | {false:.3f} | {switches} | {new:.2f} |")
        for path in options.clip:
            faces = [face for _, found_faces in run(pipeline, read_clip(path)) for face in found_faces]
            ids = {face.track_id for face in faces}
            print(f"  {name}, {path.name}: {len(faces)} faces, {len(ids)} ids")


if __name__ == "__main__":
    main()
