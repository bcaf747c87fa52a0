"""Faces to stable ids over time: they go on or stop, and SciPy's assignment between predictions and faces."""

from __future__ import annotations

import hashlib
import math
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from fer_ros.core.geometry import Box
from fer_ros.core.tracker_config import TrackerConfig
from fer_ros.core.types import Face

_ID_LENGTH = 5
_SEED_LENGTH = 32
# Pairs that cost more than this are never matched; 0 is a perfect overlap, 1 are boxes one side apart.
_MAX_COST = 1.0


@dataclass(frozen=True)
class Track:
    """One face over a stretch of time.

    track_id: five lower-case letters.  box: where it was last seen.  velocity: (x, y) of its center, pixels a second.
    seen: stamp in seconds of its last sight.
    """

    track_id: str
    box: Box
    velocity: tuple[float, float]
    seen: float

    def predicted(self, stamp: float) -> Box:
        """Return where the face is expected at a stamp, if it goes on as it went."""
        passed = stamp - self.seen
        return self.box.moved(self.velocity[0] * passed, self.velocity[1] * passed)


class IdSource:
    """Ids in a random order that do not repeat before all of them, 11.9 million, were given, whichever camera asks."""

    def __init__(self) -> None:
        """Draw a secret order."""
        self.restart(secrets.token_bytes(_SEED_LENGTH))

    def restart(self, seed: bytes) -> None:
        """Begin anew, in an order that follows from a seed: the same seed gives the same ids.

        A multiple without a common factor with the number of ids walks through all of them.
        """
        self._count = len(string.ascii_lowercase) ** _ID_LENGTH
        digest = hashlib.sha512(seed).digest()
        step, self._next = (int.from_bytes(half, "big") % self._count for half in (digest[:32], digest[32:]))
        while math.gcd(step, self._count) != 1:
            step += 1
        self._step = step

    def new(self) -> str:
        """Return five lower-case letters."""
        number = self._next
        self._next = (self._next + self._step) % self._count
        name = ""
        for _ in range(_ID_LENGTH):
            number, letter = divmod(number, len(string.ascii_lowercase))
            name += string.ascii_lowercase[letter]
        return name


class Tracker:
    """Tracks the faces of one camera."""

    def __init__(self, config: TrackerConfig, ids: IdSource) -> None:
        """Track with ids from a source that several cameras may share."""
        self.config = config
        self._ids = ids
        self._tracks: list[Track] = []

    def predict(self, stamp: float) -> list[Box]:
        """Return where the faces not yet forgotten are expected at a stamp."""
        return [track.predicted(stamp) for track in self._tracks if stamp - track.seen <= self.config.max_age]

    def update(self, faces: Sequence[Face], stamp: float) -> list[Track]:
        """Match a frame's faces to tracks and return each face's track, in the order of the faces.

        A face that fits no track starts one; a track missed for longer than max_age is forgotten for good.
        stamp: seconds, not before that of the last call; else ValueError.
        """
        if self._tracks and stamp < max(track.seen for track in self._tracks):
            raise ValueError(f"stamp must not go backwards, got {stamp} after {max(t.seen for t in self._tracks)}")
        alive = [track for track in self._tracks if stamp - track.seen <= self.config.max_age]
        matched = self._match(alive, faces, stamp)
        current = [
            self._continued(alive[matched[i]], face, stamp)
            if i in matched
            else Track(self._ids.new(), face.box, (0.0, 0.0), stamp)
            for i, face in enumerate(faces)
        ]
        missed = [track for j, track in enumerate(alive) if j not in matched.values()]
        self._tracks = current + missed
        return current

    def alive(self) -> set[str]:
        """Return the ids that may still be continued."""
        return {track.track_id for track in self._tracks}

    def reset(self) -> None:
        """Forget all tracks, as after a jump of the clock; their ids never come back."""
        self._tracks = []

    def _match(self, tracks: Sequence[Track], faces: Sequence[Face], stamp: float) -> dict[int, int]:
        """Return, for each matched face, its track."""
        if not tracks or not faces:
            return {}
        # A face that was missed went on as before, or stopped.
        places = [(track.predicted(stamp), track.box) for track in tracks]
        costs = np.array([[min(_cost(box, face.box) for box in boxes) for boxes in places] for face in faces])
        rows, columns = linear_sum_assignment(np.minimum(costs, 1e3))
        return {int(i): int(j) for i, j in zip(rows, columns, strict=True) if costs[i, j] <= _MAX_COST}

    def _continued(self, track: Track, face: Face, stamp: float) -> Track:
        passed = stamp - track.seen
        if passed <= 0:
            return replace(track, box=face.box)
        (x, y), (old_x, old_y) = face.box.center, track.box.center
        share = 1 - float(np.exp(-passed / self.config.velocity_time))
        velocity = (
            track.velocity[0] + share * ((x - old_x) / passed - track.velocity[0]),
            track.velocity[1] + share * ((y - old_y) / passed - track.velocity[1]),
        )
        return replace(track, box=face.box, velocity=velocity, seen=stamp)


def _cost(expected: Box, got: Box) -> float:
    """Distance of the centers in sides, plus the difference of the sizes as a ratio's logarithm."""
    side = (expected.width + got.width) / 2
    (x, y), (other_x, other_y) = expected.center, got.center
    distance = float(np.hypot(x - other_x, y - other_y)) / side
    return distance + abs(float(np.log(got.width / expected.width)))
