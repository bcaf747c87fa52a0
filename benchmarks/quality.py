"""What the profiles find: recall beside a full search of every frame, false faces, id switches, time to a new face.

python -m benchmarks.quality [--clip FILE ...] [--save]   (further clips, such as a robot's own: faces, ids and places)
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.clips import RATE, Shot, appearing, crossing, moving_faces, still, to_gray
from benchmarks.profiles import PROFILES
from benchmarks.report import Results
from benchmarks.timing import profile_pipeline
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.geometry import Box
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Frame, State, TrackedFace

# Clips of the recall: size, number of people, least side of a face as a multiple of detector.min_face.
_ROOMS = (
    *(((640, 480), count, 1.1) for count in (0, 1, 2, 4, 8, 16)),
    *(((1280, 720), count, 1.1) for count in (1, 8)),
    ((640, 480), 16, 1.0),
)
_FRAMES = 45
# A full search depends on no frame before and costs as much as many of ours: a part of the frames will do.
_FULL_EVERY = 3
# A box counts as found from this overlap on (IoU), as false up to that one; between them it is neither.
_HIT, _MISS = 0.5, 0.3
# A place of a clip where a face is published for a shorter time in all is unstable, seconds; at most so many are shown.
_STABLE, _SHOWN = 0.5, 6
# Frames of a clip from elsewhere that are looked at.
_CLIP_FRAMES = 600


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
    best = max(faces, key=lambda face: face.box.iou(box), default=None)
    return best if best is not None and best.box.iou(box) > _HIT else None


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
            name = face.track_id or str(face.box.center[0] > 320)
            changes += last.get(name, label) != label
            last[name] = label
    return changes * 60 / (seconds * people)


def read_clip(path: Path) -> Iterator[Shot]:
    """Yield the first frames of a video without known faces.

    Raises FileNotFoundError for a file that OpenCV cannot read.
    """
    capture = cv2.VideoCapture(str(path))
    for number in range(_CLIP_FRAMES):
        good, picture = capture.read()
        if not good and number == 0:
            raise FileNotFoundError(f"expected a video at {path}, got nothing that OpenCV can read")
        if not good:
            return
        yield Shot(np.asarray(picture, np.uint8), ())


def rate_of(path: Path) -> float:
    """Return a video's frames a second; RATE if it does not say."""
    return float(cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FPS)) or RATE


@dataclass
class Place:
    """Where faces were published. box: the first one.  frames: their numbers.  ids: of the tracks that were there.

    labels: how often each was published, 'uncertain' among them.
    """

    box: Box
    frames: set[int] = field(default_factory=set)
    labels: Counter[str] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)

    def facts(self, rate: float) -> dict[str, Any]:
        """Return the place for the JSON file; rate: frames a second."""
        return {
            "box": [round(edge) for edge in self.box.as_tuple()],
            "frames": len(self.frames),
            "first_s": round(min(self.frames) / rate, 2),
            "last_s": round(max(self.frames) / rate, 2),
            "stable": len(self.frames) >= _STABLE * rate,
            "labels": dict(self.labels.most_common()),
            "ids": sorted(self.ids),
        }


def places_of(answers: Sequence[Sequence[TrackedFace]]) -> list[Place]:
    """Return the distinct places (IoU) of the faces of a clip's frames, the one with the most frames first."""
    places: list[Place] = []
    for number, faces in enumerate(answers):
        for face in faces:
            box = face.box
            place = max(places, key=lambda p: p.box.iou(box), default=None)
            if place is None or place.box.iou(box) <= _HIT:
                place = Place(box)
                places.append(place)
            place.frames.add(number)
            place.labels["uncertain" if face.state is State.UNCERTAIN else (face.smoothed or face.raw).label] += 1
            if face.track_id:
                place.ids.add(face.track_id)
    return sorted(places, key=lambda place: -len(place.frames))


def count_clip(pipeline: Pipeline, shots: Iterable[Shot], rate: float) -> dict[str, Any]:
    """Return frames, faces a frame, share and number of frames with a face, number of ids, and places of a clip."""
    answers = [faces for _, faces in run(pipeline, shots, rate)]
    ids = {face.track_id for faces in answers for face in faces if face.track_id}
    return {
        "frames": len(answers),
        "faces_per_frame": sum(map(len, answers)) / len(answers),
        "frames_with_a_face": sum(map(bool, answers)) / len(answers),
        "number_with_a_face": sum(map(bool, answers)),
        "ids": len(ids),
        "places": [place.facts(rate) for place in places_of(answers)],
    }


def smallest_face(pipelines: dict[str, Pipeline]) -> int:
    """Return the side of the smallest face that all profiles ask for, pixels. Raises ValueError if they differ."""
    smallest = {pipeline.config.detector.min_face for pipeline in pipelines.values()}
    if len(smallest) != 1:
        raise ValueError(f"profiles must ask for the same smallest face to be compared, got {sorted(smallest)}")
    return smallest.pop()


def measure_recall(pipelines: dict[str, Pipeline], starts: int) -> dict[str, dict[str, Any]]:
    """Score every profile, and full-frame Haar ('haar'), on every room, from several starts.

    starts: clips of each room; in each people move otherwise, before another wall, so that the round of the search
    meets them elsewhere.  Returns by room the scores by name ('rooms') and the known faces' sides in pixels ('sides').
    """
    haar, side = HaarDetector(), smallest_face(pipelines)
    rooms, sides = {}, {}
    for size, count, factor in _ROOMS:
        parts: dict[str, list[dict[str, float | None]]] = {name: [] for name in ("haar", *pipelines)}
        widths: list[float] = []
        for seed in range(starts):
            shots = moving_faces(count, _FRAMES, size, seed=seed, smallest=factor * side)
            widths += [box.width for shot in shots for box in shot.faces]
            some = shots[::_FULL_EVERY]
            full = [[face.box for face in haar.detect(to_gray(shot), side)] for shot in some]
            parts["haar"].append(score([shot.faces for shot in some], full))
            for name, pipeline in pipelines.items():
                seen = shots if pipeline.config.tracker.enabled else some
                found = [[face.box for face in faces] for _, faces in run(pipeline, seen)]
                parts[name].append(score([shot.faces for shot in seen], found))
        room = f"{count} at {size[0]}x{size[1]}" + (", smallest" if factor == 1 else "")
        rooms[room] = {name: mean_and_worst(scores) for name, scores in parts.items()}
        sides[room] = [round(min(widths), 1), round(max(widths), 1)] if widths else None
    return {"rooms": rooms, "sides": sides}


def mean_and_worst(starts: Sequence[dict[str, float | None]]) -> dict[str, Any]:
    """Join the scores of several starts: means, the worst recall, and each of them; recall is None without faces."""
    recalls = [scores["recall"] for scores in starts if scores["recall"] is not None]
    return {
        "recall": float(np.mean(recalls)) if recalls else None,
        "recall_worst": min(recalls, default=None),
        "false_per_frame": float(np.mean([scores["false_per_frame"] for scores in starts])),
        "starts": list(starts),
    }


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
    starts = len(next(iter(data["rooms"].values()))["haar"]["starts"])
    lines = [
        f"Recall of known faces (IoU {_HIT}), mean (worst) of {starts} starts, and false faces a frame; haar is a full "
        f"search, untracked. What depends on no frame before (haar, paper) gets one frame in {_FULL_EVERY}.",
        "",
        "| people | their faces, px | " + " | ".join(names) + " |",
        "|---|---|" + "---|" * len(names),
    ]
    for room, scores in data["rooms"].items():
        sides = data["sides"][room]
        px = f"{sides[0]:.1f} to {sides[1]:.1f}" if sides else "-"
        lines.append(f"| {room} | {px} | " + " | ".join(_cell(scores[name]) for name in names) + " |")
    smallest = min(sides[0] for sides in data["sides"].values() if sides)
    lines += [
        "",
        f"Every profile looks for faces from {data['min_face']} px on; the smallest known face of any frame has "
        f"{smallest:.1f} px.",
        "",
        "| profile | id switches by length of the crossing | new face, median and worst s | changes of a "
        "still face's label a minute |",
        "|---|---|---|---|",
    ]
    for name, r in data["tracks"].items():
        switches = ", ".join(f"{k}: {v}" for k, v in r.get("id_switches", {}).items()) or "no ids"
        new = f"{r['new_face_s']['median']:.2f}, {r['new_face_s']['worst']:.2f}"
        lines.append(f"| {name} | {switches} | {new} | {r['label_changes_per_minute']:.1f} |")
    lines += [
        "",
        "A face that is hidden for longer than tracker.max_age gets a new id, as in the slow crossing.",
    ]
    return "\n".join(lines + (clips_table(data["clips"]) if data["clips"] else []))


def clips_table(clips: dict[str, dict[str, dict[str, Any]]]) -> list[str]:
    """Return the lines of the clips without known faces, by clip and profile, and of the places in them."""
    rows = [(clip, name, r) for clip, by_profile in clips.items() for name, r in by_profile.items()]
    lines = [
        "",
        "| clip | profile | frames | faces a frame | frames with a face | ids |",
        "|---|---|---|---|---|---|",
    ]
    for clip, name, r in rows:
        share = f"{r['number_with_a_face']} ({r['frames_with_a_face']:.0%})"
        lines.append(f"| {clip} | {name} | {r['frames']} | {r['faces_per_frame']:.2f} | {share} | {r['ids']} |")
    lines += [
        "",
        f"Where faces were published (boxes that overlap by an IoU over {_HIT} are one place; a place with less than "
        f"{_STABLE} s of them is unstable):",
        "",
        "| clip | profile | left, top, right, bottom | frames | from, to s | labels | ids |",
        "|---|---|---|---|---|---|---|",
    ]
    for clip, name, r in rows:
        for place in r["places"][:_SHOWN]:
            box, labels = ", ".join(map(str, place["box"])), ", ".join(f"{k} {v}" for k, v in place["labels"].items())
            frames = f"{place['frames']}{'' if place['stable'] else ', unstable'}"
            span, ids = f"{place['first_s']:.1f}, {place['last_s']:.1f}", ", ".join(place["ids"]) or "-"
            lines.append(f"| {clip} | {name} | {box} | {frames} | {span} | {labels} | {ids} |")
        if rest := r["places"][_SHOWN:]:
            lines.append(f"| {clip} | {name} | {len(rest)} more | {rest[0]['frames']} or fewer each | | | |")
    return lines


def _cell(scores: dict[str, Any]) -> str:
    recall = "-" if scores["recall"] is None else f"{scores['recall']:.3f} ({scores['recall_worst']:.3f})"
    return f"{recall}, {scores['false_per_frame']:.2f} false"


def main() -> None:
    """Measure each profile."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clip", type=Path, nargs="*", default=[], help="videos without known faces")
    parser.add_argument("--starts", type=int, default=3, help="clips of each room, to measure recall")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/quality.*")
    options = parser.parse_args()
    pipelines = {name: profile_pipeline(name) for name in PROFILES}
    data: dict[str, Any] = {"bundle": load_bundle().id, "min_face": smallest_face(pipelines)}
    data |= measure_recall(pipelines, options.starts)
    data["tracks"] = {name: measure_tracks(pipeline) for name, pipeline in pipelines.items()}
    data["clips"] = {}
    for path in options.clip:
        rate = rate_of(path)
        data["clips"][path.name] = {name: count_clip(p, read_clip(path), rate) for name, p in pipelines.items()}
    Results("quality", "What is found", data).finish(table(data), options.save)


if __name__ == "__main__":
    main()
