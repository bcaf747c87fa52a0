"""The times of a session's images: their stamps, or the times at which they were recorded where stamps stand still."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from fer_ros.bags.labels import Label, LabelError
from fer_ros.bags.reading import Bag, BagError, BagImage
from fer_ros.core.stamps import Stamps

_LOOKED_AT = 10.0
"""Seconds of the recording within which a camera shows whether its stamps stand still from the start."""


@dataclass
class _Last:
    """A camera's last image with a stamp of its own. passed: seconds from the session's first image."""

    stamp: float
    recorded: int
    passed: float


class SessionClock:
    """Seconds from the first image of a session, for images, labels and the report alike.

    An image whose stamp is that of the camera's image before it goes by the time at which it was recorded, since its
    own says nothing; the pipeline follows faces by these times too, where a camera's stamps stand still.

    Attributes:
        first: stamp of the first image, None before it, and where all stamps stand still.

    """

    def __init__(self, still: frozenset[str] = frozenset()) -> None:
        """Begin. still: cameras whose stamps stand still from the start, so that the first one says nothing either."""
        self.first: float | None = None
        self._still = still
        self._began: int | None = None
        self._last: dict[str, _Last] = {}
        self._stamps: dict[str, Stamps] = defaultdict(Stamps)
        self._repeated: dict[str, int] = {}
        self._stood: set[str] = set(still)
        self._images: Counter[str] = Counter()

    @classmethod
    def of(cls, bag: Bag) -> SessionClock:
        """Make the clock of a bag; looks into its first seconds. Damage there is told by whoever reads it."""
        return cls(_still(bag))

    def passed(self, image: BagImage) -> float:
        """Return the seconds from the first image to the next one."""
        if self._began is None:
            self._began = image.recorded
        self._images[image.camera] += 1
        stamps = self._stamps[image.camera]
        stamps.time_of(image.stamp, 0.0)
        if stamps.stand_still:
            self._stood.add(image.camera)
        last = self._last.get(image.camera)
        if last is None and image.camera in self._still:
            passed = self._since_begin(image)
            self._repeated[image.camera] = 1
        elif last is not None and image.stamp == last.stamp:
            self._repeated[image.camera] = self._repeated.get(image.camera, 0) + 1
            return last.passed + (image.recorded - last.recorded) * 1e-9
        else:
            if self.first is None:
                self.first = image.stamp - self._since_begin(image)
            passed = image.stamp - self.first
        self._last[image.camera] = _Last(image.stamp, image.recorded, passed)
        return passed

    @property
    def by_recording(self) -> dict[str, int]:
        """How many images went by the recording, of each camera whose stamps stood still or mostly did."""
        return {
            camera: count
            for camera, count in self._repeated.items()
            if camera in self._stood or 2 * count > self._images[camera]
        }

    def notes(self) -> list[str]:
        """Say which images went by the recording, in a line for each camera."""
        return [
            f"the stamps of {camera} stand still: {count} of {self._images[camera]} images go by the times at which "
            "they were recorded"
            for camera, count in sorted(self.by_recording.items())
        ]

    def check(self, labels: tuple[Label, ...], cameras: tuple[str, ...]) -> None:
        """Raise LabelError for labels in stamps that stand still."""
        for label in labels:
            camera = label.camera or cameras[0]
            if label.stamped and camera in self._still:
                raise LabelError(
                    "expected start and end, in seconds from the first image, got start_stamp and end_stamp, while "
                    f"the stamps of {camera} stand still"
                )

    def _since_begin(self, image: BagImage) -> float:
        return 0.0 if self._began is None else (image.recorded - self._began) * 1e-9


def _still(bag: Bag) -> frozenset[str]:
    """Return the cameras whose first images all have one stamp, as the pipeline judges it."""
    stamps = {camera: Stamps() for camera in bag.cameras}
    undecided = set(bag.cameras)
    seen: dict[str, float] = {}
    began: int | None = None
    try:
        for image in bag.images():
            began = image.recorded if began is None else began
            if not undecided or (image.recorded - began) * 1e-9 > _LOOKED_AT:
                break
            stamps[image.camera].time_of(image.stamp, 0.0)
            if stamps[image.camera].stand_still or image.stamp != seen.setdefault(image.camera, image.stamp):
                undecided.discard(image.camera)
    except BagError:
        pass
    return frozenset(camera for camera, one in stamps.items() if one.stand_still)
