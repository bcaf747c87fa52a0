"""Which parts of a search are due on a frame, so that no frame waits for all of them."""

from __future__ import annotations

import math


class RoundRobin:
    """Shares the parts of a search out over an period: each part has its turn once in it."""

    def __init__(self, period: float) -> None:
        """Take the period in seconds; 0 gives every part its turn every time."""
        self._period = period
        self._next = 0
        self._last = -math.inf

    def take(self, stamp: float, parts: int) -> list[int]:
        """Return the parts, of 0 to parts - 1, whose turn it is at a stamp; all of them the first time.

        Stamps must not go backwards; after `reset` they may.
        """
        passed = stamp - self._last
        # A rounding error must not cost a frame.
        due = parts if passed >= self._period else int(passed * parts / self._period + 1e-6)
        if due == 0:
            return []
        # What is left over of a share counts for the next one: an period is kept at any rate of the camera.
        self._last = stamp if due == parts else self._last + due * self._period / parts
        taken = [(self._next + number) % parts for number in range(due)]
        self._next = (self._next + due) % parts
        return taken

    def reset(self) -> None:
        """Give every part its turn next time, and go on from the first, as when new."""
        self._last = -math.inf
        self._next = 0
