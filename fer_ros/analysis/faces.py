"""The faces of a picture, a folder, a video or a bag, one image after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fer_ros.analysis.events import OnStable, StableExpressions
from fer_ros.analysis.inputs import find_inputs
from fer_ros.analysis.reading import LeftOut, Reading, Shot
from fer_ros.analysis.rows import FaceRow
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Frame, TrackedFace

VIEWS = 9
"""Views of each face in a still picture, see `Pipeline.look`."""


class IncompleteError(ValueError):
    """Some of an input could not be read; everything else has been yielded before."""


@dataclass(frozen=True, eq=False)
class AnalyzedFrame:
    """One image with its faces, which may be none.

    Attributes:
        frame: the image, as `annotate` takes it.
        faces: largest first.
        rows: the same faces with where and when they were seen.
        picture, camera, number, time: as in FaceRow.

    """

    frame: Frame
    faces: tuple[TrackedFace, ...]
    rows: tuple[FaceRow, ...]
    picture: str
    camera: str
    number: int
    time: float | None


def analyze(
    path: str | Path,
    pipeline: Pipeline,
    *,
    views: int = VIEWS,
    on_stable: OnStable | None = None,
    on_left_out: LeftOut | None = None,
) -> Iterator[FaceRow]:
    """Yield the faces of a picture, a folder, a video or a bag.

    Pictures are looked at one by one. A video or a bag is followed over time, by its own times.

    Args:
        path: of the file or folder.
        pipeline: of `load_pipeline`. What it remembers is forgotten first. The track ids that it gives from then on
            follow from the content of a video or bag: analysed again, the same recording has the same ones.
        views: boxes from which a face in a still picture is answered, see `Pipeline.look`.
        on_stable: called when what a face of a video or bag shows has become another expression.
        on_left_out: called with each thing that could not be read, which then is no error.

    Raises:
        ValueError: there is no such input.
        IncompleteError: after the last face, if something could not be read and nobody is told of it.

    """
    for frame in analyze_frames(path, pipeline, views=views, on_stable=on_stable, on_left_out=on_left_out):
        yield from frame.rows


def analyze_frames(
    path: str | Path,
    pipeline: Pipeline,
    *,
    views: int = VIEWS,
    on_stable: OnStable | None = None,
    on_left_out: LeftOut | None = None,
) -> Iterator[AnalyzedFrame]:
    """Yield every image of an input with its faces: `annotate(frame.frame, frame.faces)` draws them.

    Arguments and errors are those of `analyze`.
    """
    left_out: list[str] = []
    for what in find_inputs([path]):
        reading = Reading(what, on_left_out or left_out.append)
        yield from follow(reading, pipeline, views, on_stable)
    if left_out:
        raise IncompleteError("; ".join(left_out))


def follow(
    reading: Reading, pipeline: Pipeline, views: int = VIEWS, on_stable: OnStable | None = None
) -> Iterator[AnalyzedFrame]:
    """Yield the images of one input that was opened, with their faces. What the pipeline remembers is forgotten."""
    pipeline.reset(reading.seed())
    watch = StableExpressions(on_stable)
    for shot in reading.shots():
        if shot.time is None:
            faces = pipeline.look(shot.frame, views)
        else:
            camera = shot.camera or "camera"
            received = None if shot.received is None else {camera: shot.received}
            results = pipeline.process({camera: shot.frame}, received)
            watch.update(results, {camera: shot.time})
            faces = results[camera]
        yield _analyzed(reading.name, shot, faces)


def _analyzed(file: str, shot: Shot, faces: tuple[TrackedFace, ...]) -> AnalyzedFrame:
    rows = tuple(FaceRow(file, shot.picture, shot.camera, shot.number, shot.time, shot.stamp, face) for face in faces)
    return AnalyzedFrame(shot.frame, faces, rows, shot.picture, shot.camera, shot.number, shot.time)
