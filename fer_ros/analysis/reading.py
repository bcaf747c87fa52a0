"""The images of an input, one after the other, each with its own time; and what could not be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fer_ros.analysis.inputs import BAG, FOLDER, VIDEO, Input
from fer_ros.core.images import ImageError, compressed_to_frame, raw_to_frame
from fer_ros.core.sources import SourceError, open_recorded
from fer_ros.core.types import Frame
from fer_ros.core.wording import counted

_NO_RATE = 1.0
LeftOut = Callable[[str], None]
"""Is told each thing that could not be read, with its name and why."""


@dataclass(frozen=True, eq=False)
class Shot:
    """One image.

    Attributes:
        frame: the image; its stamp is the time that the pipeline goes by.
        number: in its input, from 0.
        picture: its name within a folder, else ''.
        camera: its topic in a bag, else ''.
        time: seconds from the start of a video, or from the first image of a bag; None for a still picture.
        stamp: seconds, the header's, in a bag, else None.
        received: seconds, when the recorder of a bag got it, else None.

    """

    frame: Frame
    number: int
    picture: str = ""
    camera: str = ""
    time: float | None = None
    stamp: float | None = None
    received: float | None = None


class Reading:
    """Reads one input.

    Attributes:
        count: images to expect, 0 where that is not known.
        rate: images a second of a video, 0 where that is not known.
        notes: what is worth a word though nothing is missing; complete after the last image.

    """

    def __init__(self, what: Input, left_out: LeftOut) -> None:
        """Note what to read, and whom to tell what could not be read; it is opened with the first image."""
        self.count = 0
        self.rate = 0.0
        self.notes = [what.note] if what.note else []
        self._what = what
        self._left_out = left_out

    @property
    def name(self) -> str:
        """The input, as it was named."""
        return self._what.name

    def seed(self) -> bytes:
        """Return from what the ids of its tracks follow, so that the same recording has the same ones every time."""
        try:
            return self._what.fingerprint()
        except OSError:
            return b""  # that it cannot be read is told when it is opened

    def shots(self) -> Iterator[Shot]:
        """Yield the images; what cannot be read is told as left out, and never raised."""
        return self._bag() if self._what.kind == BAG else self._recorded()

    def _recorded(self) -> Iterator[Shot]:
        still = self._what.kind != VIDEO
        try:
            # The rate of still pictures means nothing: with it, none is said to be assumed.
            source = open_recorded(self.name, _NO_RATE if still else None)
            self.count, self.rate = source.count, 0.0 if still else source.rate
            for number, timed in enumerate(source.pictures()):
                if still:
                    yield Shot(Frame.from_bgr(timed.picture), number, timed.name if self._what.kind == FOLDER else "")
                else:
                    yield Shot(Frame.from_bgr(timed.picture, timed.time), number, time=timed.time)
        except SourceError as error:
            self._left_out(str(error))
            return
        self.notes += source.notes()
        for problem in source.problems():
            self._left_out(problem)

    def _bag(self) -> Iterator[Shot]:
        from fer_ros.bags.clock import SessionClock
        from fer_ros.bags.reading import Bag, BagError

        refused: Counter[tuple[str, str]] = Counter()
        why: dict[tuple[str, str], ImageError] = {}
        clock = SessionClock()
        try:
            with Bag(self._what.path) as bag:
                self.count = bag.count
                clock = SessionClock.of(bag)
                for number, image in enumerate(bag.images()):
                    received, time = image.recorded * 1e-9, clock.passed(image)
                    try:
                        frame = (compressed_to_frame if image.compressed else raw_to_frame)(image.message, image.stamp)
                    except ImageError as error:
                        refused[image.camera, error.kind] += 1
                        why.setdefault((image.camera, error.kind), error)
                        continue
                    yield Shot(frame, number, "", image.camera, time, image.stamp, received)
        except BagError as error:
            self._left_out(str(error))
        self.notes += [f"{self.name}: {note}" for note in clock.notes()]
        for (camera, kind), count in refused.items():
            self._left_out(f"{self.name}: {counted(count, 'image')} of {camera}: {why[camera, kind]}")
