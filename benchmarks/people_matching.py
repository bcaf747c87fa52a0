"""Which box of a profile shows which person, and which shows nobody: what a clip came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.people_clips import Scene
from fer_ros.core.geometry import Box
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Frame, State

MIDDLE = 0.3
"""A box shows a person if its middle is off the face's middle by at most this share of the face, to each side, ..."""
SIDES = (0.5, 1.8)
"""... and its side is between these shares of the face's side."""
# As in benchmarks/quality.py: a box that overlaps a face by more (IoU) is not false. One of which, or in which, so
# much lies inside (share of the smaller one) is a box in a face, or around one.
_MISS, _INSIDE = 0.3, 0.6
EVERY = 3
"""A profile without tracking, which depends on no frame before, gets one frame in so many, the last one among them."""


@dataclass(frozen=True)
class Seen:
    """A face that a pipeline published. raw, smoothed: labels, '' for none.  stable: the smoothed one is relied on."""

    box: Box
    track_id: str = ""
    raw: str = ""
    smoothed: str = ""
    stable: bool = False


@dataclass(frozen=True)
class Person:
    """What one person in one clip came to.

    found: on the last frame.  first: number of the frame on which they were found first, None for never.
    switches: how often their id was another than before.  right: whether the answer of the last frame alone is, None
    where they are not found on it.  stable_right: the same of the smoothed answer, None where it is not STABLE.
    """

    found: bool
    first: int | None
    switches: int
    right: bool | None
    stable_right: bool | None


@dataclass(frozen=True)
class FalseFaces:
    """Boxes that show nobody, over the frames of a clip.

    off: that overlap no face.  inside: that lie in a face or around one, beside or instead of its own box.
    stable: those of both that are STABLE.
    """

    frames: int
    off: int = 0
    inside: int = 0
    stable: int = 0


def answers(pipeline: Pipeline, picture: Frame) -> list[Seen]:
    """Return what a pipeline publishes for a frame: the only place here that knows what its results look like."""
    return [
        Seen(
            face.box,
            face.track_id,
            face.raw.label,
            face.smoothed.label if face.smoothed is not None else "",
            face.state is State.STABLE,
        )
        for face in pipeline.process({"camera": picture})["camera"]
    ]


def run(pipeline: Pipeline, scenes: Sequence[Scene], rate: float, tracked: bool) -> dict[int, list[Seen]]:
    """Show a clip to a pipeline that forgets the one before.

    Args:
        pipeline: of a profile.
        scenes: the clip.
        rate: its frames a second.
        tracked: whether the profile depends on the frames before, so that it must see all of them.

    Returns:
        By the number of each frame that was shown, what was published.

    """
    pipeline.reset()
    last = len(scenes) - 1
    return {
        number: answers(pipeline, Frame.from_gray(scene.picture, number / rate))
        for number, scene in enumerate(scenes)
        if tracked or (last - number) % EVERY == 0
    }


def shows(box: Box, face: Box) -> bool:
    """Return whether a detected box shows this face: its middle and its size are plausible."""
    (x, y), (face_x, face_y) = box.center, face.center
    near = abs(x - face_x) <= MIDDLE * face.width and abs(y - face_y) <= MIDDLE * face.height
    return near and SIDES[0] <= box.width / face.width <= SIDES[1]


def match(seen: Sequence[Seen], faces: Sequence[Box]) -> list[Seen | None]:
    """Return for each face the box that shows it best (IoU), None where none does. No box shows two faces."""
    left = list(seen)
    matched: list[Seen | None] = []
    for face in faces:
        best = max((s for s in left if shows(s.box, face)), key=lambda s: s.box.iou(face), default=None)
        if best is not None:
            left.remove(best)
        matched.append(best)
    return matched


def false_faces(published: dict[int, list[Seen]], scenes: Sequence[Scene]) -> FalseFaces:
    """Count the boxes of a clip that show nobody. Those at a further face of a portrait are not counted."""
    off = inside = stable = 0
    for number, seen in published.items():
        scene = scenes[number]
        matched = match(seen, scene.faces)
        for one in seen:
            if one in matched or any(one.box.iou(other) > 0 for other in scene.others):
                continue
            if any(one.box.containment(face) > _INSIDE for face in scene.faces):
                inside += 1
            elif all(one.box.iou(face) <= _MISS for face in scene.faces):
                off += 1
            else:
                continue
            stable += one.stable
    return FalseFaces(len(published), off, inside, stable)


def people(published: dict[int, list[Seen]], scenes: Sequence[Scene], expressions: Sequence[str]) -> list[Person]:
    """Return what each person of a clip came to.

    Args:
        published: by frame, in order, the last one among them.
        scenes: the clip.
        expressions: what each person shows.

    """
    matched = {number: match(seen, scenes[number].faces) for number, seen in published.items()}
    return [
        _person({number: found[index] for number, found in matched.items()}, expression)
        for index, expression in enumerate(expressions)
    ]


def _person(by_frame: dict[int, Seen | None], expression: str) -> Person:
    last = by_frame[max(by_frame)]
    ids = [seen.track_id for seen in by_frame.values() if seen is not None]
    return Person(
        last is not None,
        next((number for number, seen in by_frame.items() if seen is not None), None),
        sum(before != after for before, after in zip(ids, ids[1:])),
        None if last is None else last.raw == expression,
        last.smoothed == expression if last is not None and last.stable else None,
    )
