"""What is remembered of one camera from frame to frame: where to search, who is tracked, what each face showed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from fer_ros.core.config import PipelineConfig
from fer_ros.core.detection.search import FaceSearch
from fer_ros.core.smoothing import Smoother
from fer_ros.core.stamps import Stamps
from fer_ros.core.tracking import IdSource, Track, Tracker
from fer_ros.core.types import Expression, Face, Frame, Reasons, State, TrackedFace, Vector

Found = list[tuple[Face, Track | None]]


class CameraState:
    """One camera of a pipeline."""

    def __init__(self, config: PipelineConfig, labels: tuple[str, ...], ids: IdSource, search: FaceSearch) -> None:
        """Know nobody yet. The ids, and the detectors of the search, may be shared by several cameras."""
        self.stamps = Stamps()
        self._config = config
        self._labels = labels
        self.search = search
        self._tracker = Tracker(config.tracker, ids)
        self._smoothers: dict[str, Smoother] = {}
        self._time = -math.inf

    def reconfigure(self, config: PipelineConfig, search: FaceSearch | None) -> None:
        """Take new settings over; `search` was made of them, None where it stays."""
        self._config = config
        self.search = search or self.search
        self._tracker.config = config.tracker
        for smoother in self._smoothers.values():
            smoother.config = config.smoothing

    def reset(self) -> None:
        """Forget everybody."""
        self._forget_faces()
        self.stamps = Stamps()
        self._time = -math.inf

    def find(self, frame: Frame, received: float | None) -> Found:
        """Return the frame's faces with their tracks.

        Args:
            frame: the camera's next frame.
            received: when it arrived, in seconds, which counts where stamps stand still; None where that is not known.

        """
        now = frame.stamp if received is None else self.stamps.time_of(frame.stamp, received)
        if now < self._time:
            self._forget_faces()
        elif now == self._time:
            # No time has passed, so no part of the search would be due: it may be another picture altogether.
            self.search.reset()
        self._time = now
        frame = replace(frame, stamp=now)
        if not self._config.tracker.enabled:
            return [(face, None) for face in self.search.find(frame)]
        faces = self.search.find(frame, self._tracker.predict(now))
        return list(zip(faces, self._tracker.update(faces, now), strict=True))

    def answer(self, found: Found, rows: Vector, doubts: Sequence[Reasons]) -> tuple[TrackedFace, ...]:
        """Join the faces that `find` returned last with their (N, K) probabilities and the reasons to doubt each."""
        alive = self._tracker.alive()
        self._smoothers = {name: s for name, s in self._smoothers.items() if name in alive}
        return tuple(
            self._face(face, track, row, reasons)
            for (face, track), row, reasons in zip(found, rows, doubts, strict=True)
        )

    def _forget_faces(self) -> None:
        self.search.reset()
        self._tracker.reset()
        self._smoothers.clear()

    def _face(self, face: Face, track: Track | None, row: Vector, reasons: Reasons) -> TrackedFace:
        raw = Expression.from_array(self._labels, row)
        if track is None or not self._config.smoothing.enabled:
            return TrackedFace(face, raw, "" if track is None else track.track_id, None, State.RAW, reasons)
        if track.track_id not in self._smoothers:
            self._smoothers[track.track_id] = Smoother(self._labels, self._config.smoothing)
        smoothed, state = self._smoothers[track.track_id].update(row, self._time, bool(reasons))
        return TrackedFace(face, raw, track.track_id, smoothed, state, reasons)
