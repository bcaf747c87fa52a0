"""What the profiles find: recall beside a full search of every frame, false faces, id switches, time to a new face.

python -m benchmarks.quality [--clip FILE ...] [--save]   (further clips, such as a robot's own: faces and ids counted)
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.clips import RATE, Shot, appearing, crossing, moving_faces, still, to_gray
from benchmarks.frame import profile_pipeline
from benchmarks.profiles import PROFILES
from benchmarks.report import Results
from fer_ros.core.bundle import load_bundle
from fer_ros.core.detector import HaarDetector
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Box, Frame, TrackedFace

# Clips of the recall: size, number of people.
_ROOMS = [((640, 480), count) for count in (0, 1, 2, 4, 8, 16)] + [((1280, 720), count) for count in (1, 8)]
_FRAMES = 45
# A box counts as found from this overlap on (IoU), as false up to that one; between them it is neither.
_HIT, _MISS = 0.5, 0.3


def run(
    pipeline: Pipeline, shots: Iterable[Shot], rate: float = RATE
) -> Iterator[tuple[Frame, tuple[TrackedFace, ...]]]:
    """Yield each frame of a clip with its faces; rate: frames a second."""
    pipeline.reset()
    for number, shot in enumerate(shots):
        frame = Frame.from_bgr(shot.picture, number / rate)
        yield frame, pipeline.process({"camera": frame})["camera"]


def score(known: Sequence[Sequence[Box]], found: Sequence[Sequence[Box]]) -> dict[str, float | None]:
    """Compare the boxes found on each frame with the known ones: recall (None without faces), false faces a frame."""
    total = sum(map(len, known))
    hits = sum(any(box.iou(f) > _HIT for f in faces) for boxes, faces in zip(known, found) for box in boxes)
    false = sum(all(f.iou(box) <= _MISS for box in boxes) for boxes, faces in zip(known, found) for f in faces)
    return {"recall": hits / total if total else None, "false_per_frame": false / len(known)}


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


def _hit(box: Box, faces: Sequence[TrackedFace]) -> TrackedFace | None:
    best = max(faces, key=lambda face: face.face.box.iou(box), default=None)
    return best if best is not None and best.face.box.iou(box) > _HIT else None


def times_to_detect(pipeline: Pipeline, starts: Sequence[int] = range(20, 30), patience: int = 30) -> list[float]:
    """Return the seconds until a second face is found, for starts at different moments of the search interval.

    starts: frame on which it appears.  patience: frames after which inf is returned.
    """
    seconds = []
    for start in starts:
        shots = appearing(start + patience, start)
        numbers = (
            number
            for number, (shot, (_, faces)) in enumerate(zip(shots, run(pipeline, shots), strict=True))
            if number >= start and _hit(shot.faces[1], faces)
        )
        seconds.append((next(numbers, float("inf")) - start) / RATE)
    return seconds


def label_changes(pipeline: Pipeline, seconds: float = 20) -> float:
    """Return how often the published label of a still face changes, per minute of one face, after its first second."""
    last: dict[str, str] = {}
    changes = 0
    people = 2
    for frame, faces in run(pipeline, still(round((seconds + 1) * RATE))):
        for face in faces if frame.stamp >= 1 else ():
            label = (face.smoothed or face.raw).label
            name = face.track_id or str(face.face.box.center[0] > 320)
            changes += last.get(name, label) != label
            last[name] = label
    return changes * 60 / (seconds * people)


def read_clip(path: Path) -> tuple[list[Shot], float]:
    """Read a video without known faces, and its frames a second.

    Raises FileNotFoundError for a file that OpenCV cannot read.
    """
    capture, shots = cv2.VideoCapture(str(path)), []
    rate = capture.get(cv2.CAP_PROP_FPS) or RATE
    while True:
        good, picture = capture.read()
        if not good:
            break
        shots.append(Shot(np.asarray(picture, np.uint8), ()))
    if not shots:
        raise FileNotFoundError(f"expected a video at {path}, got nothing that OpenCV can read")
    return shots, rate


def count_clip(pipeline: Pipeline, shots: Sequence[Shot], rate: float) -> dict[str, float]:
    """Return frames, faces a frame, share of frames with a face, and the number of ids of a clip."""
    answers = [faces for _, faces in run(pipeline, shots, rate)]
    ids = {face.track_id for faces in answers for face in faces if face.track_id}
    return {
        "frames": len(answers),
        "faces_per_frame": sum(map(len, answers)) / len(answers),
        "frames_with_a_face": sum(map(bool, answers)) / len(answers),
        "ids": len(ids),
    }


def measure_recall(pipelines: dict[str, Pipeline]) -> dict[str, dict[str, dict[str, float | None]]]:
    """Score every profile, and full-frame Haar ('haar'), on every room; by room, then by name."""
    haar = HaarDetector()
    smallest = {pipeline.config.detector.min_face for pipeline in pipelines.values()}
    if len(smallest) != 1:
        raise ValueError(f"profiles must ask for the same smallest face to be compared, got {sorted(smallest)}")
    side = smallest.pop()
    rooms: dict[str, dict[str, dict[str, float | None]]] = {}
    for size, count in _ROOMS:
        shots = moving_faces(count, _FRAMES, size, smallest=side)
        known = [shot.faces for shot in shots]
        full = [[face.box for face in haar.detect(to_gray(shot), side)] for shot in shots]
        scores = {"haar": score(known, full)}
        for name, pipeline in pipelines.items():
            found = [[face.face.box for face in faces] for _, faces in run(pipeline, shots)]
            scores[name] = score(known, found)
        rooms[f"{count} at {size[0]}x{size[1]}"] = scores
    return rooms


def measure_tracks(pipeline: Pipeline) -> dict[str, Any]:
    """Measure id switches (slow and fast crossing), the time to a new face, and changes of a still face's label."""
    times = times_to_detect(pipeline)
    result: dict[str, Any] = {"new_face_s": {"median": float(np.median(times)), "worst": max(times)}}
    result["label_changes_per_minute"] = label_changes(pipeline)
    if pipeline.config.tracker.enabled:
        result["id_switches"] = {f"{n / RATE:g} s": id_switches(pipeline, crossing(n)) for n in (45, 90, 180)}
    return result


def table(data: dict[str, Any]) -> str:
    """Return the measurements as Markdown."""
    names = ["haar", *PROFILES]
    lines = [
        f"Recall of known faces (IoU {_HIT}) and false faces a frame; haar is a full search of every frame, untracked.",
        "",
        "| people | " + " | ".join(names) + " |",
        "|---|" + "---|" * len(names),
    ]
    for room, scores in data["rooms"].items():
        lines.append(f"| {room} | " + " | ".join(_cell(scores[name]) for name in names) + " |")
    lines += ["", "| profile | id switches by length of the crossing | new face, median and worst s | changes of a "]
    lines[-1] += "still face's label a minute |"
    lines.append("|---|---|---|---|")
    for name, r in data["tracks"].items():
        switches = ", ".join(f"{k}: {v}" for k, v in r.get("id_switches", {}).items()) or "no ids"
        new = f"{r['new_face_s']['median']:.2f}, {r['new_face_s']['worst']:.2f}"
        lines.append(f"| {name} | {switches} | {new} | {r['label_changes_per_minute']:.1f} |")
    lines += [
        "",
        "A face that is hidden for longer than tracker.max_age gets a new id, as in the slow crossing.",
    ]
    if data["clips"]:
        lines += [
            "",
            "| clip | profile | frames | faces a frame | frames with a face | ids |",
            "|---|---|---|---|---|---|",
        ]
    for clip, by_profile in data["clips"].items():
        for name, r in by_profile.items():
            lines.append(
                f"| {clip} | {name} | {r['frames']} | {r['faces_per_frame']:.2f} "
                f"| {r['frames_with_a_face']:.0%} | {r['ids']} |"
            )
    return "\n".join(lines)


def _cell(scores: dict[str, float | None]) -> str:
    recall = "-" if scores["recall"] is None else f"{scores['recall']:.3f}"
    return f"{recall}, {scores['false_per_frame']:.2f} false"


def main() -> None:
    """Measure each profile."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clip", type=Path, nargs="*", default=[], help="videos without known faces")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/quality.*")
    options = parser.parse_args()
    pipelines = {name: profile_pipeline(name) for name in PROFILES}
    data: dict[str, Any] = {"bundle": load_bundle().id, "rooms": measure_recall(pipelines)}
    data["tracks"] = {name: measure_tracks(pipeline) for name, pipeline in pipelines.items()}
    data["clips"] = {}
    for path in options.clip:
        shots, rate = read_clip(path)
        data["clips"][path.name] = {name: count_clip(p, shots, rate) for name, p in pipelines.items()}
    Results("quality", "What is found", data).finish(table(data), options.save)


if __name__ == "__main__":
    main()
