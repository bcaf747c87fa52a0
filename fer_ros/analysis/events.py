"""Stable expressions as events, without ROS: told once when what a face shows has become another expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from fer_ros.core.types import State, TrackedFace


@dataclass(frozen=True, eq=False)
class ExpressionChange:
    """A face's stable label became another one.

    Attributes:
        face: as it was in the first image with the new label.
        label: the new label.
        camera: the camera that saw it.
        stamp: seconds, of that image.
        previous: the stable label before it, '' if there was none.
        previous_seconds: from the first stable image with the previous label to this one.

    """

    face: TrackedFace
    label: str
    camera: str
    stamp: float
    previous: str = ""
    previous_seconds: float = 0.0


OnStable = Callable[[ExpressionChange], None]


@dataclass
class _Known:
    seen: float
    label: str = ""
    since: float = 0.0


class StableExpressions:
    """Watches what `Pipeline.process` returns, and tells changes of each face's stable label, its first one included.

        pipeline = load_pipeline("robot")
        watch = StableExpressions(on_stable=lambda change: print(change.face.track_id, change.label))
        watch.update(pipeline.process({"camera": frame}), {"camera": frame.stamp})

    Faces without a track, and those that are not smoothed, never become stable.
    """

    def __init__(self, on_stable: OnStable | None = None, left_after: float = 1.0) -> None:
        """Know nobody yet.

        Args:
            on_stable: called with each change.
            left_after: seconds of the images' time without a face after which it is forgotten, above 0.

        Raises:
            ValueError: left_after is not above 0.

        """
        if not left_after > 0:
            raise ValueError(f"left_after must be above 0 s, got {left_after}")
        self._on_stable = on_stable
        self._left_after = left_after
        self._known: dict[tuple[str, str], _Known] = {}
        self._stamps: dict[str, float] = {}

    def update(
        self, results: Mapping[str, Sequence[TrackedFace]], stamps: Mapping[str, float]
    ) -> list[ExpressionChange]:
        """Take the faces of one image of each camera, and return what changed.

        Args:
            results: the faces of each camera, as `Pipeline.process` returns them.
            stamps: seconds, the image's of each of these cameras. One that goes back (a recording starts again) makes
                the camera's faces forgotten.

        Raises:
            KeyError: a camera has no stamp.

        """
        changes = []
        for camera, faces in results.items():
            stamp = stamps[camera]
            self._forget(camera, stamp)
            self._stamps[camera] = stamp
            changes += [change for face in faces if (change := self._see(camera, stamp, face)) is not None]
        for change in changes:
            if self._on_stable is not None:
                self._on_stable(change)
        return changes

    def _forget(self, camera: str, stamp: float) -> None:
        restarted = stamp < self._stamps.get(camera, stamp)
        gone = [
            key
            for key, known in self._known.items()
            if key[0] == camera and (restarted or stamp - known.seen > self._left_after)
        ]
        for key in gone:
            del self._known[key]

    def _see(self, camera: str, stamp: float, face: TrackedFace) -> ExpressionChange | None:
        if not face.track_id:
            return None
        known = self._known.setdefault((camera, face.track_id), _Known(stamp))
        known.seen = stamp
        label = face.label if face.state is State.STABLE else ""
        if not label or label == known.label:
            return None
        before = stamp - known.since if known.label else 0.0
        change = ExpressionChange(face, label, camera, stamp, known.label, before)
        known.label, known.since = label, stamp
        return change
