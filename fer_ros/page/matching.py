"""Pictures and results with the same stamp, brought together in whatever order they arrive."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Generic, TypeVar

Stamp = tuple[int, int]  # seconds and nanoseconds of a header
Picture = TypeVar("Picture")
Results = TypeVar("Results")

PATIENCE = 1.0
"""Seconds without a pair after which pictures and results are shown apart."""

_ROOM = 32 * 1024 * 1024  # bytes of pictures that wait for their results
_MOST = 16  # pictures, and results, that wait


class Matcher(Generic[Picture, Results]):
    """Holds one camera's newest pictures and results for a moment. Not thread-safe."""

    def __init__(self) -> None:
        """Start empty."""
        self._pictures: OrderedDict[Stamp, tuple[Picture, int]] = OrderedDict()
        self._results: OrderedDict[Stamp, Results] = OrderedDict()
        self._bytes = 0
        self._pair: tuple[Picture, Results] | None = None
        self._last_pair = -math.inf
        self._new_picture: Picture | None = None
        self._new_results: Results | None = None

    def put_picture(self, stamp: Stamp, picture: Picture, size: int, now: float) -> None:
        """Add a picture of this many bytes. now: seconds, monotonic."""
        results = self._results.get(stamp)
        if results is not None:
            self._match(stamp, picture, results, now)
            return
        self._drop_picture(stamp)
        self._pictures[stamp] = (picture, size)
        self._bytes += size
        while len(self._pictures) > 1 and (self._bytes > _ROOM or len(self._pictures) > _MOST):
            self._drop_picture(next(iter(self._pictures)))
        self._new_picture = picture

    def put_results(self, stamp: Stamp, results: Results, now: float) -> None:
        """Add the results of the picture with this stamp. now: seconds, monotonic."""
        held = self._pictures.get(stamp)
        if held is not None:
            self._match(stamp, held[0], results, now)
            return
        self._results.pop(stamp, None)
        self._results[stamp] = results
        if len(self._results) > _MOST:
            self._results.popitem(last=False)
        self._new_results = results

    def ready(self, now: float) -> bool:
        """Whether `take` would return something."""
        alone = self._new_picture is not None or self._new_results is not None
        return self._pair is not None or (alone and now - self._last_pair > PATIENCE)

    def take(self, now: float) -> tuple[Picture | None, Results | None] | None:
        """Take the newest pair; where there has been none for a while, what there is without its counterpart."""
        if not self.ready(now):
            return None
        if self._pair is not None:
            pair, self._pair = self._pair, None
            return pair
        alone = (self._new_picture, self._new_results)
        self._new_picture = self._new_results = None
        return alone

    def _match(self, stamp: Stamp, picture: Picture, results: Results, now: float) -> None:
        """Keep a pair, and forget what came before it."""
        self._pair, self._last_pair = (picture, results), now
        self._new_picture = self._new_results = None
        while stamp in self._pictures:
            self._drop_picture(next(iter(self._pictures)))
        while stamp in self._results:
            self._results.popitem(last=False)

    def _drop_picture(self, stamp: Stamp) -> None:
        held = self._pictures.pop(stamp, None)
        self._bytes -= held[1] if held is not None else 0
