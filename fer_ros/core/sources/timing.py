"""The times of a video's images: growing, compared with what its header claims, and no faster than a rate."""

from __future__ import annotations

_LATE_START = 0.1  # seconds
_LEAST_STEP = 0.001  # seconds between two images
_ROUNDING = 0.0015  # seconds: Matroska counts milliseconds
_REGULAR = 0.9  # share of even steps of a video of constant rate
_TAIL = 0.5  # seconds at the end without an image that are no loss: sound often lasts longer
_GAP = 0.3  # seconds of images that may be missing where nobody counted them
_DISAGREES = 0.02  # part by which a header's rate may be off


class Timing:
    """Makes an image's time one that grows, and compares all of them with what the file claims.

    Attributes:
        read: images so far.
        failed: reads that failed before another one succeeded.

    """

    def __init__(self, rate: float, counted: int, length: float | None) -> None:
        """Start.

        Args:
            rate: images a second that the header claims, 0 where it claims none.
            counted: images that the writer counted, 0 where it did not.
            length: seconds that the file claims where its images were not counted, or None.

        """
        self.read = self.failed = 0
        self._rate, self._counted, self._length = rate, counted, length
        self._start = self._first = self._last = 0.0
        self._longest = 0.0
        self._regular = self._disordered = 0
        self._lost_at: float | None = None
        self._failed_before = 0

    def start_at(self, start: float) -> None:
        """Note for how many seconds a player shows nothing before the first image; the times are counted from there."""
        self._start = start
        if self._length is not None:
            self._length -= start

    def next(self, own: float) -> float:
        """Return an image's time in seconds. own: what the file says, which damage may make go back."""
        time = own if own > 0 else 0.0
        beyond = self._length is not None and own > self._length + max(1.0, self._length)
        if self.read and (not own > self._last or beyond):
            time = self._last + _LEAST_STEP
            self._disordered += 1
        if not self.read:
            self._first = time
        elif self._rate and abs(time - self._last - 1 / self._rate) < _ROUNDING:
            self._regular += 1
        if self.failed > self._failed_before and self._lost_at is None:
            self._lost_at = self._last
        self._failed_before = self.failed
        self._longest = max(self._longest, time - self._last if self.read else 0.0)
        self._last = time
        self.read += 1
        return time

    def problems(self) -> list[str]:
        """Return what is missing, and times that cannot be true."""
        lines = []
        if missing := self._missing():
            where = "" if self._lost_at is None else f", the first after {self._lost_at:.2f} s"
            whole = self._counted or self.read + missing
            lines.append(f"damaged: {missing} of {whole} images that it claims are missing{where}")
        elif self.failed:
            lines.append(f"damaged: {self.failed} images could not be read, the first after {self._lost_at:.2f} s")
        elif not self.read:
            lines.append("expected images, got none")
        elif (end := self._last - self._first) < (self._length or 0.0) - _TAIL - self._longest:
            lines.append(f"damaged: its images end at {end:.2f} s, but it claims to last {self._length:.2f} s")
        if self._disordered:
            lines.append(f"{self._disordered} images have a time that is not after that of the image before")
        return lines

    def _missing(self) -> int:
        """Return how many images are missing; those of a constant rate count themselves by the length."""
        if self._counted:
            return max(0, self._counted - self.read)
        if self._length is None or not self._rate or self._regular < _REGULAR * (self.read - 1) or self.read < 2:
            return 0
        missing = round(self._length * self._rate) - self.read
        return missing if missing > _GAP * self._rate else 0

    def notes(self) -> list[str]:
        """Return where a player's seconds, or the header's rate, and the images' own times disagree."""
        lines = []
        if self._start > _LATE_START:
            lines.append(
                f"its first image comes after about {self._start:.2f} s, from where its times are counted here: a "
                "player's seconds are larger by that"
            )
        span = self._last - self._first
        if self.read < 2 or not self._rate or span <= 0:
            return lines
        own = (self.read - 1) / span
        if abs(own / self._rate - 1) < _DISAGREES:
            return lines
        return [
            *lines,
            f"its header says {self._rate:g} images a second, by their own times they come at {own:.4g} on average; "
            "each keeps its own time",
        ]


class RateLimit:
    """Which images of a sequence to show so that no more come in a second than a limit."""

    def __init__(self, rate: float) -> None:
        """Start. rate: images a second, at most."""
        self._period = 1 / rate
        self._due: float | None = None

    def takes(self, time: float) -> bool:
        """Return whether to show the image of a time in seconds; the times grow."""
        if self._due is None:
            self._due = time
        # Times are rounded, to milliseconds in Matroska: a video of the very rate must lose nothing.
        if time < self._due - self._period / 10:
            return False
        self._due = max(self._due, time - self._period) + self._period
        return True
