"""A recorded source in real time: each picture when it is due, no more of them than a rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from fer_ros.core.sources.timing import RateLimit
from fer_ros.core.sources.types import Recorded, TimedPicture

_TOO_LATE = 0.5  # seconds that a picture may be late before all behind it are shown later


class Playback:
    """Shows a file or folder by its own times, once or several times without a break.

    Attributes:
        shown: pictures so far.
        left_out: pictures that came faster than the rate.
        behind: seconds for which it had to wait for pictures that took longer to read than to show.

    """

    def __init__(self, source: Recorded, rate: float, stopped: threading.Event) -> None:
        """Start nothing yet. rate: pictures a second, at most.  stopped: ends it, also while it waits."""
        self.shown = self.left_out = 0
        self.behind = 0.0
        self._source, self._stopped = source, stopped
        self._limit = RateLimit(rate)
        self._began: float | None = None
        self._offset = self._last = self._step = 0.0

    def play(self) -> Iterator[tuple[TimedPicture, float]]:
        """Yield each picture when it is due, and for how many seconds it was due already."""
        if self._began is not None:
            self._offset = self._last + (self._step or 1 / (self._source.rate or 30.0))
        for one in self._source.pictures():
            if self._stopped.is_set():
                return
            at = self._offset + one.time
            self._step, self._last = at - self._last, at
            if not self._limit.takes(at):
                self.left_out += 1
                continue
            late = self._wait_until(at)
            if self._stopped.is_set():
                return
            self.shown += 1
            yield one, late

    def _wait_until(self, at: float) -> float:
        """Wait until a time in seconds from the start; returns how late it is then."""
        if self._began is None:
            self._began = time.monotonic() - at
        self._stopped.wait(max(0.0, self._began + at - time.monotonic()))
        late = max(0.0, time.monotonic() - self._began - at)
        if late < _TOO_LATE:
            return late
        self._began += late
        self.behind += late
        return 0.0

    def notes(self) -> list[str]:
        """Return what was left out or shown late, each in one line."""
        name, lines = self._source.name, []
        if self.left_out:
            lines.append(f"{name}: {self.left_out} images that came faster than `rate` were left out")
        if self.behind:
            lines.append(f"{name}: shown {self.behind:.1f} s slower than its own time: reading took longer")
        return lines
