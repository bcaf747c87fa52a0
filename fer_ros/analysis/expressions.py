"""How long each person showed each expression in each minute, and the spans of time of a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fer_ros.analysis.rows import FaceRow
from fer_ros.core.types import State

UNCERTAIN = "uncertain"
LONGEST_STEP = 1.0
"""Seconds. An image stands for the time until the next one, but a gap in a recording is not counted as seen."""
_DEFAULT_STEP = 1 / 30

Key = tuple[str, str, str]
"""file, camera, track: one face over a stretch of time. A track is '' in pictures and where nothing is tracked."""


@dataclass
class Span:
    """A stretch of time in which a track was said to show one thing.

    Attributes:
        start, end: seconds from the start of the input.
        label: the expression; while it is uncertain, the last stable one, or ''.
        sure: whether it can be relied on: stable, or not smoothed at all.

    """

    start: float
    end: float
    label: str
    sure: bool


@dataclass
class Summary:
    """What is kept of an input while its faces go by: little, however long it is.

    Attributes:
        spans: of each track, in the order of time.
        faces: number of rows of each label (or 'uncertain') by key and minute; the minute is None for pictures.
        seconds: the same in seconds.
        images: images of each camera that were analysed.
        length: seconds from the start to the end of the last image; 0 for pictures.

    """

    spans: dict[Key, list[Span]] = field(default_factory=dict)
    faces: dict[tuple[Key, int | None], dict[str, int]] = field(default_factory=dict)
    seconds: dict[tuple[Key, int | None], dict[str, float]] = field(default_factory=dict)
    images: dict[str, int] = field(default_factory=dict)
    length: float = 0.0
    _waiting: dict[str, tuple[float, tuple[FaceRow, ...]]] = field(default_factory=dict)
    _step: dict[str, float] = field(default_factory=dict)

    def add(self, camera: str, time: float | None, rows: Sequence[FaceRow]) -> None:
        """Take the faces of the next image of a camera, also of one without faces.

        Args:
            camera: topic, '' where there is none.
            time: seconds from the start, None for a still picture.
            rows: its faces.

        """
        self.images[camera] = self.images.get(camera, 0) + 1
        if time is None:
            for row in rows:
                self._count(row, None, 0.0)
            return
        if camera in self._waiting:
            step = time - self._waiting[camera][0]
            if 0 < step <= LONGEST_STEP:
                self._step[camera] = step
            self._flush(camera, step)
        self._waiting[camera] = time, tuple(rows)

    def finish(self) -> None:
        """Count the last image of each camera, which stands for as long as the one before it."""
        for camera in list(self._waiting):
            self._flush(camera, self._step.get(camera, _DEFAULT_STEP))
        self._waiting.clear()

    def _flush(self, camera: str, step: float) -> None:
        """Count the image that waits, now that it is known for how long it stands: `step` seconds."""
        start, rows = self._waiting[camera]
        if step <= 0:
            step = 0.0
        elif step > LONGEST_STEP:
            step = self._step.get(camera, _DEFAULT_STEP)
        self.length = max(self.length, start + step)
        for row in rows:
            self._count(row, int(start // 60), step)
            self._extend(row, start, start + step)

    def _count(self, row: FaceRow, minute: int | None, step: float) -> None:
        key = (_key(row), minute)
        label = row.face.label if is_sure(row) else UNCERTAIN
        faces, seconds = self.faces.setdefault(key, {}), self.seconds.setdefault(key, {})
        faces[label] = faces.get(label, 0) + 1
        seconds[label] = seconds.get(label, 0.0) + step

    def _extend(self, row: FaceRow, start: float, end: float) -> None:
        spans = self.spans.setdefault(_key(row), [])
        label, sure = row.face.label, is_sure(row)
        last = spans[-1] if spans else None
        if last is not None and (last.label, last.sure) == (label, sure) and start <= last.end + 1e-6:
            last.end = max(last.end, end)
        else:
            spans.append(Span(start, end, label, sure))


def is_sure(row: FaceRow) -> bool:
    """Return whether a row's label counts as shown: it is stable; or, in a picture, nothing speaks against the face."""
    if row.face.state is State.RAW:
        return not row.face.reasons
    return row.face.state is State.STABLE


def expression_columns(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns of the table of expressions, for a model of these labels."""
    shown = (*labels, UNCERTAIN)
    return ("file", "camera", "track", "minute", "faces", "seconds",
            *(f"{name}_seconds" for name in shown), *(f"{name}_share" for name in shown))  # fmt: skip


def expression_rows(summary: Summary, labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a row for each track and minute, or for each file of pictures.

    Args:
        summary: of one input, finished.
        labels: of the model.

    Returns:
        Dicts with the columns of `expression_columns`. Shares are those of the seconds, or of the faces in pictures,
        which have no seconds (None).

    """
    for (key, minute), faces in summary.faces.items():
        file, camera, track = key
        shown = (*labels, UNCERTAIN)
        timed = minute is not None
        seconds = summary.seconds[key, minute]
        whole = sum(seconds.values())
        part: dict[str, float] = seconds if whole > 0 else {name: float(count) for name, count in faces.items()}
        all_parts = sum(part.values())
        yield {
            "file": file,
            "camera": camera,
            "track": track,
            "minute": minute,
            "faces": sum(faces.values()),
            "seconds": round(whole, 3) if timed else None,
            **{f"{name}_seconds": round(seconds.get(name, 0.0), 3) if timed else None for name in shown},
            **{f"{name}_share": round(part.get(name, 0.0) / all_parts, 4) for name in shown},
        }


def _key(row: FaceRow) -> Key:
    return row.file, row.camera, row.face.track_id
