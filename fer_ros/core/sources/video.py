"""A video file: every image at its own time, reading that goes on behind damage, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from fer_ros.core.decoder_warnings import decoder_warnings
from fer_ros.core.paths import user_path
from fer_ros.core.sources.containers import describe
from fer_ros.core.sources.opencv import quiet_opencv
from fer_ros.core.sources.timing import Timing
from fer_ros.core.sources.types import SourceError, TimedPicture

_DEFAULT_RATE = 30.0
_FEWEST_TRIES, _MOST_TRIES = 200, 20_000  # reads that fail one after the other before that is the end


class VideoFile:
    """A video file; see `Recorded`.

    Attributes:
        timed: whether its images have times of their own; those of a raw stream go by a rate.

    """

    def __init__(self, path: str | Path, rate: float | None = None) -> None:
        """Look at the file.

        Args:
            path: of the file.
            rate: images a second of a raw stream, 30 where it is not given; other files have times of their own.

        Raises:
            SourceError: it cannot be read.

        """
        quiet_opencv()
        self.name = str(path)
        self._path = user_path(path)
        self._container = describe(self._path)
        capture = self._open()
        claimed = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        self.rate = _sane(capture.get(cv2.CAP_PROP_FPS), 1e6)
        capture.release()
        self._claimed = round(_sane(claimed, 1e9))
        self.timed = not self._container.untimed
        self._assumed = not self.timed and rate is None
        if not self.timed:
            self.rate = rate or _DEFAULT_RATE
            self._claimed = 0
        self._timing = self._new_timing()

    @property
    def count(self) -> int:
        """Images to expect, 0 where that is not known."""
        return self._claimed if self._container.counted else 0

    def _new_timing(self) -> Timing:
        counted = self._claimed if self._container.counted else 0
        length = self._container.length
        if length is None and not counted and self.rate:
            length = self._claimed / self.rate or None
        return Timing(self.rate, counted, length)

    def _open(self) -> cv2.VideoCapture:
        capture = cv2.VideoCapture(str(self._path))
        if not capture.isOpened():
            capture.release()
            why = self._container.fault or "a file that OpenCV cannot read"
            raise SourceError(f"{self.name}: expected a video, got {why}")
        return capture

    def pictures(self) -> Iterator[TimedPicture]:
        """Yield the images from the start, also those behind damage."""
        self._timing = timing = self._new_timing()
        capture = self._open()
        try:
            failed = 0
            while failed < self._tries(timing.read):
                # What a decoder prints about damage; the image itself is shown as other players show it.
                with decoder_warnings():
                    good, picture = capture.read()
                if not good:
                    failed += 1
                    continue
                timing.failed += failed
                failed = 0
                if not timing.read:
                    timing.start_at(self._start_of(capture))
                own = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000 if self.timed else timing.read / self.rate
                yield TimedPicture(np.asarray(picture, np.uint8), timing.next(own))
        finally:
            capture.release()

    def _start_of(self, capture: cv2.VideoCapture) -> float:
        """Return the seconds for which a player shows nothing before the first image, 0 where that is not known."""
        if not self._container.from_zero or not self.rate or not hasattr(cv2, "CAP_PROP_PTS"):
            return 0.0
        return _sane(capture.get(cv2.CAP_PROP_PTS) / self.rate, 1e6)

    def _tries(self, read: int) -> int:
        """Return after how many failed reads the end is believed: damage may be as long as what is missing."""
        return min(max(_FEWEST_TRIES, self._claimed - read), _MOST_TRIES)

    def problems(self) -> list[str]:
        """Return what was missing when the images were last read, in one line."""
        return [f"{self.name}: {line}" for line in self._timing.problems()]

    def notes(self) -> list[str]:
        """Return what is worth a word: a rate that was assumed, or that disagrees with the images' own times."""
        if self._assumed:
            return [f"{self.name}: the images of a raw stream have no times: {self.rate:g} a second are assumed"]
        return [f"{self.name}: {line}" for line in self._timing.notes()] if self.timed else []

    def close(self) -> None:
        """Do nothing: the file is open only while its images are read."""


def _sane(value: float, most: float) -> float:
    """Return a number that a file claims, 0 for one that cannot be true."""
    return value if 0 < value < most else 0.0
