"""One bag through the node's own pipeline: what was answered for each face, beside what its label says."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fer_ros.bags.clock import SessionClock
from fer_ros.bags.labels import Label, LabelError
from fer_ros.bags.reading import Bag, BagError, BagImage
from fer_ros.core.images import ImageError, compressed_to_frame, raw_to_frame
from fer_ros.core.pipeline import STAGES, Pipeline
from fer_ros.core.types import Frame, TrackedFace

PARTS = ("read", *STAGES)
"""What an image's time is spent on: reading and decoding it, and the stages of the pipeline."""


@dataclass(frozen=True, eq=False)
class Answer:
    """One face of one image, or an image without a face where a label expects one.

    time: seconds from the bag's first image.  label: index into the labels, None where none applies to this face.
    face: None where no face was found.
    """

    camera: str
    stamp: float
    time: float
    face: TrackedFace | None
    label: int | None


@dataclass
class Session:
    """What came of one bag.

    answers: in the order of the images.  frames: images that were answered.
    labels: in seconds from the first image.  refused: images that could not be used, by kind of defect.
    why: the first error of each kind.
    seconds: of each answered image, reading and decoding ('read') included; stages: of each part of it.
    first: stamp of the first image, None where there was none or stamps stand still.
    length: seconds from the first image to the last one.  by_recording: images that went by the times of recording, of
    each camera whose stamps stand still; notes: the same in words.
    incomplete: why the bag was not read to its end, or ''.
    """

    cameras: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]
    labels: tuple[Label, ...]
    answers: list[Answer] = field(default_factory=list)
    frames: int = 0
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    why: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    stages: dict[str, list[float]] = field(default_factory=lambda: {stage: [] for stage in PARTS})
    first: float | None = None
    length: float = 0.0
    by_recording: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    incomplete: str = ""


Told = Callable[[BagImage, Frame | None, Sequence[TrackedFace], Sequence[Answer]], None]


def evaluate(bag: Bag, pipeline: Pipeline, labels: Sequence[Label], told: Told | None = None) -> Session:
    """Answer every image of a bag and find the label of each face.

    told: called after each image, with its frame (None if it could not be used), faces and answers.
    A bag that is damaged on the way, or Ctrl-C, gives what was read before, and `incomplete` says so.
    Raises LabelError for labels of a camera that the bag lacks, or without a camera where there are several, and for
    labels in stamps that stand still.
    """
    given = tuple(labels)
    known = _by_camera(given, bag.cameras)
    clock = SessionClock.of(bag)
    clock.check(given, bag.cameras)
    session = Session(bag.cameras, bag.skipped, given)
    try:
        _answer_all(bag, pipeline, session, known, clock, told)
    except BagError as error:
        session.incomplete = str(error)
    except KeyboardInterrupt:
        session.incomplete = f"{bag.path}: interrupted"
    session.by_recording, session.notes = clock.by_recording, clock.notes()
    return session


def _answer_all(
    bag: Bag,
    pipeline: Pipeline,
    session: Session,
    known: Mapping[str, Sequence[int]],
    clock: SessionClock,
    told: Told | None,
) -> None:
    """Answer image after image. Raises BagError where the bag is damaged."""
    given = session.labels
    images = bag.images()
    began = time.perf_counter()
    while (image := next(images, None)) is not None:
        passed = clock.passed(image)
        if session.first is None and clock.first is not None:
            session.first = clock.first
            session.labels = tuple(label.from_first(clock.first) for label in given)
        frame = _frame(image, session)
        faces: tuple[TrackedFace, ...] = ()
        answers: list[Answer] = []
        if frame is not None:
            read = time.perf_counter() - began
            results = pipeline.process({image.camera: frame}, {image.camera: image.recorded * 1e-9})
            faces = results[image.camera]
            session.seconds.append(time.perf_counter() - began)
            for part, seconds in {"read": read, **results.timings}.items():
                session.stages[part].append(seconds)
            answers = list(_answers(image, faces, passed, session.labels, known[image.camera]))
            session.frames += 1
            session.length = max(session.length, passed)
            session.answers += answers
        if told is not None:
            told(image, frame, faces, answers)
        began = time.perf_counter()


def _by_camera(labels: Sequence[Label], cameras: Sequence[str]) -> dict[str, list[int]]:
    """Return the indices of the labels of each camera."""
    found: dict[str, list[int]] = {camera: [] for camera in cameras}
    for index, label in enumerate(labels):
        camera = label.camera or (cameras[0] if len(cameras) == 1 else "")
        if camera not in found:
            raise LabelError(f"expected labels of the cameras {', '.join(cameras)}, got {label.camera or 'none named'}")
        found[camera].append(index)
    return found


def _frame(image: BagImage, session: Session) -> Frame | None:
    try:
        read = compressed_to_frame if image.compressed else raw_to_frame
        return read(image.message, image.stamp)
    except ImageError as error:
        session.refused[error.kind] += 1
        session.why.setdefault(error.kind, str(error))
        return None


def _answers(
    image: BagImage, faces: Sequence[TrackedFace], passed: float, labels: Sequence[Label], here: Sequence[int]
) -> Iterator[Answer]:
    """Give each label that applies now its face, and yield every face, and every label without one."""
    left = list(faces)
    for index in here:
        if labels[index].start <= passed < labels[index].end:
            face = _labelled(left, labels[index])
            if face is not None:
                left.remove(face)
            yield Answer(image.camera, image.stamp, passed, face, index)
    for face in left:
        yield Answer(image.camera, image.stamp, passed, face, None)


def _labelled(faces: Sequence[TrackedFace], label: Label) -> TrackedFace | None:
    """Return the largest face, or the one whose middle is in the label's region and nearest to its middle."""
    if label.region is None:
        return max(faces, key=lambda face: face.box.area, default=None)
    left, top, right, bottom = label.region.as_tuple()
    inside = [face for face in faces if left <= face.box.center[0] < right and top <= face.box.center[1] < bottom]
    return min(inside, key=lambda face: math.dist(face.box.center, label.region.center), default=None)  # type: ignore[union-attr]
