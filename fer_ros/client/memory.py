"""Which faces are there, and what happened to them since the last image. No ROS: time comes in from outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fer_ros.client.snapshots import ExpressionChange, FaceSnapshot


@dataclass(frozen=True, eq=False)
class Appeared:
    """A face that was not there before.  face: its first snapshot."""

    face: FaceSnapshot


@dataclass(frozen=True, eq=False)
class Left:
    """A face that has not been seen for long enough.  face: its last snapshot."""

    face: FaceSnapshot


Event = Appeared | Left | ExpressionChange


@dataclass
class _Known:
    """A face that is there.

    face: its newest snapshot.  seen: receipt of that, steady seconds.
    label: its last stable label, and the stamps since when it has been that one, and without a break (None: not now).
    """

    face: FaceSnapshot
    seen: float
    label: str = ""
    label_since: float = 0.0
    held_since: float | None = None


class FaceMemory:
    """Faces of all cameras, each camera by itself.

    Two clocks, both in seconds. Stamps (the images' time) say how long an expression has been held. Steady time (of
    receipt) says how long a face has been missed: it also passes when no message comes.
    """

    def __init__(self, left_after: float) -> None:
        """left_after: seconds without a face after which it has left; above 0, else ValueError."""
        if not left_after > 0:
            raise ValueError(f"left_after must be above 0 s, got {left_after}")
        self._left_after = left_after
        self._known: dict[tuple[str, str], _Known] = {}
        self._untracked: dict[str, tuple[float, tuple[FaceSnapshot, ...]]] = {}
        self._stamps: dict[str, float] = {}

    def update(self, camera: str, stamp: float, faces: Iterable[FaceSnapshot], now: float) -> list[Event]:
        """Take the faces of one image, and return what happened.

        stamp: seconds, the image's. If it is before the camera's last one (a recording starts again), all faces of
        this camera leave first.  now: steady seconds.
        """
        events = self.expire(now)
        if stamp < self._stamps.get(camera, stamp):
            events += self._forget(camera)
        self._stamps[camera] = stamp
        untracked = []
        for face in faces:
            if face.track_id:
                events += self._update_face(face, now)
            else:
                untracked.append(face)
        self._untracked[camera] = now, tuple(untracked)
        return events

    def expire(self, now: float) -> list[Event]:
        """Let the faces leave that were last seen more than `left_after` before `now`, steady seconds."""
        oldest = now - self._left_after
        self._untracked = {camera: entry for camera, entry in self._untracked.items() if entry[0] >= oldest}
        gone = [key for key, known in self._known.items() if known.seen < oldest]
        return [Left(self._known.pop(key).face) for key in gone]

    def present(self) -> tuple[FaceSnapshot, ...]:
        """Return the newest snapshot of every face that is there, the largest share of its image first.

        Faces without a track_id are there in the newest image of their camera only.
        """
        faces = [known.face for known in self._known.values()]
        for _, untracked in self._untracked.values():
            faces += untracked
        return tuple(sorted(faces, key=lambda face: face.share, reverse=True))

    def find(self, key: tuple[str, str]) -> FaceSnapshot | None:
        """Return the newest snapshot of one face; None if it has left, or never was there."""
        known = self._known.get(key)
        return None if known is None else known.face

    def _forget(self, camera: str) -> list[Event]:
        gone = [key for key in self._known if key[0] == camera]
        return [Left(self._known.pop(key).face) for key in gone]

    def _update_face(self, face: FaceSnapshot, now: float) -> list[Event]:
        events: list[Event] = []
        known = self._known.get(face.key)
        if known is None:
            known = self._known[face.key] = _Known(face, now)
            events.append(Appeared(face))
        label = face.stable_label
        if not label:
            known.held_since = None
        elif label != known.label or known.held_since is None:
            known.held_since = face.stamp
        held = 0.0 if known.held_since is None else face.stamp - known.held_since
        known.face, known.seen = replace(face, stable_for=held), now
        if label and label != known.label:
            before = face.stamp - known.label_since if known.label else 0.0
            events.append(ExpressionChange(known.face, label, known.label, before))
            known.label, known.label_since = label, face.stamp
        return events
