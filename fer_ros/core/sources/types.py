"""What every source gives: pictures with their own times, and honest words about what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
_MOST_NAMES = 5


class SourceError(OSError):
    """A source that cannot be opened; the message says what was expected."""


@dataclass(frozen=True, eq=False)
class TimedPicture:
    """One picture of a file or folder.

    Attributes:
        picture: (H, W, 3) uint8 BGR.
        time: seconds from the start of the file; they grow from picture to picture.
        name: of its file within a folder, else ''.

    """

    picture: Picture
    time: float
    name: str = ""


class Recorded(Protocol):
    """A video file or a folder: it has an end, and can be shown again from the start.

    Attributes:
        name: as it may be shown.
        rate: images a second that its header claims, or of a folder; 0 where none is claimed.
        timed: whether the pictures have times of their own; else they go by the rate.

    """

    name: str
    rate: float
    timed: bool

    @property
    def count(self) -> int:
        """Pictures to expect, 0 where that is not known."""
        ...

    def pictures(self) -> Iterator[TimedPicture]:
        """Yield the pictures from the start."""
        ...

    def problems(self) -> list[str]:
        """Return what was missing or could not be read when the pictures were last yielded, each in one line."""
        ...

    def notes(self) -> list[str]:
        """Return what is worth a word though nothing is missing, each in one line."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def first_names(names: Sequence[str]) -> str:
    """Return the first few names, and how many more there are."""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
