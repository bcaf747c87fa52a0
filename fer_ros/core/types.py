"""The values that flow through the pipeline: frozen, and checked where they are made."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, IntFlag
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from fer_ros.core.geometry import Box, Landmarks

Gray = npt.NDArray[np.uint8]
Rgb = npt.NDArray[np.uint8]
Vector = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Frame:
    """One camera image: gray always, colour only when somebody asks for it.

    Attributes:
        gray: (H, W) uint8.
        stamp: seconds, the image header's time.
        to_rgb: makes the (H, W, 3) uint8 RGB picture; without it, `rgb` is the gray picture in three channels.

    Raises:
        ValueError: the picture has another shape or dtype, is empty, or is None.

    """

    gray: Gray
    stamp: float = 0.0
    to_rgb: Callable[[], Rgb] | None = None

    def __post_init__(self) -> None:
        """Check the gray picture."""
        if self.gray.ndim != 2 or self.gray.dtype != np.uint8 or self.gray.size == 0:
            raise ValueError(f"gray must be (H, W) uint8 and not empty, got {self.gray.shape} {self.gray.dtype}")

    @classmethod
    def from_gray(cls, gray: Gray, stamp: float = 0.0) -> Frame:
        """Make a frame of a gray picture.

        Args:
            gray: (H, W) uint8.
            stamp: seconds.

        """
        _check_picture(gray, "(H, W)")
        return cls(gray, stamp)

    @classmethod
    def from_rgb(cls, rgb: Rgb, stamp: float = 0.0) -> Frame:
        """Make a frame of a colour picture.

        Args:
            rgb: (H, W, 3) uint8, red first.
            stamp: seconds.

        """
        _check_colour(rgb)
        return cls(_converted(rgb, cv2.COLOR_RGB2GRAY), stamp, lambda: rgb)

    @classmethod
    def from_bgr(cls, bgr: Rgb, stamp: float = 0.0) -> Frame:
        """Make a frame of a colour picture in OpenCV's order.

        Args:
            bgr: (H, W, 3) uint8, blue first.
            stamp: seconds.

        """
        _check_colour(bgr)
        return cls(_converted(bgr, cv2.COLOR_BGR2GRAY), stamp, lambda: _converted(bgr, cv2.COLOR_BGR2RGB))

    @cached_property
    def rgb(self) -> Rgb:
        """The (H, W, 3) uint8 RGB picture, made on first use."""
        return self.to_rgb() if self.to_rgb is not None else _converted(self.gray, cv2.COLOR_GRAY2RGB)

    @property
    def height(self) -> int:
        """Rows, in pixels."""
        return int(self.gray.shape[0])

    @property
    def width(self) -> int:
        """Columns, in pixels."""
        return int(self.gray.shape[1])


def _converted(picture: Rgb, code: int) -> Rgb:
    return np.asarray(cv2.cvtColor(picture, code), np.uint8)


def _check_picture(picture: object, expected: str) -> None:
    if picture is None:
        hint = "OpenCV returns it for a picture that it cannot read"
        raise ValueError(f"frame must be {expected} uint8, got None: {hint}")
    if not isinstance(picture, np.ndarray):
        raise ValueError(f"frame must be {expected} uint8, got {type(picture).__name__}")


def _check_colour(picture: Rgb) -> None:
    _check_picture(picture, "(H, W, 3)")
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8 or picture.size == 0:
        raise ValueError(f"frame must be (H, W, 3) uint8 and not empty, got {picture.shape} {picture.dtype}")


@dataclass(frozen=True)
class Face:
    """One detected face.

    Attributes:
        box: framed as the Haar cascade frames a face, whichever detector found it; the classifier learned that framing.
        score: the detector's own confidence; larger is surer, the scale is the detector's.
        landmarks: None where the detector gives none.

    """

    box: Box
    score: float
    landmarks: Landmarks | None = None

    @property
    def roll(self) -> float:
        """How far the head is tilted in the picture's plane, clockwise in degrees; 0 where no eyes were seen."""
        if self.landmarks is None:
            return 0.0
        (x, y), (other_x, other_y) = self.landmarks.right_eye, self.landmarks.left_eye
        return math.degrees(math.atan2(other_y - y, other_x - x))

    def moved(self, dx: float, dy: float) -> Face:
        """Return the face shifted by (dx, dy) pixels, with its landmarks."""
        return self._mapped(self.box.moved(dx, dy), lambda x, y: (x + dx, y + dy))

    def scaled(self, factor: float) -> Face:
        """Return the face in a picture whose sides are `factor` times as long, with its landmarks."""
        box = Box(*(value * factor for value in self.box.as_tuple()))
        return self._mapped(box, lambda x, y: (x * factor, y * factor))

    def _mapped(self, box: Box, point: Callable[[float, float], tuple[float, float]]) -> Face:
        seen = self.landmarks
        if seen is not None:
            seen = Landmarks(point(*seen.right_eye), point(*seen.left_eye), point(*seen.nose))
        return Face(box, self.score, seen)


@dataclass(frozen=True, eq=False)
class Probabilities:
    """The probability of every label, by name: `probabilities["happy"]`; iterates over (name, probability).

    Attributes:
        labels: K names, in the order of EMOTIONS.
        array: (K,) float32, sums to 1.

    Raises:
        ValueError: there is not one probability for each label.

    """

    labels: tuple[str, ...]
    array: Vector

    def __post_init__(self) -> None:
        """Check that both have the same length."""
        if self.array.shape != (len(self.labels),):
            raise ValueError(f"probabilities must be ({len(self.labels)},), got {self.array.shape}")

    def __getitem__(self, label: str) -> float:
        """Return one label's probability, 0 to 1. Raises KeyError for a label that the model does not know."""
        if label not in self.labels:
            raise KeyError(f"label must be one of {', '.join(self.labels)}, got {label!r}")
        return float(self.array[self.labels.index(label)])

    def __iter__(self) -> Iterator[tuple[str, float]]:
        """Yield (name, probability) in the order of the labels."""
        return zip(self.labels, self.array.tolist(), strict=True)

    def __len__(self) -> int:
        """Return the number of labels."""
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Expression:
    """What the classifier sees in a face, in one picture or over time.

    Attributes:
        label: one of EMOTIONS, or '' where no class stands out.
        confidence: the probability of that label, or the top one where there is no label; 0 to 1.
        probabilities: of every label of the bundle.

    """

    label: str
    confidence: float
    probabilities: Probabilities

    @classmethod
    def from_array(cls, labels: tuple[str, ...], array: Vector) -> Expression:
        """Name the most probable of K labels. Raises ValueError unless array is (K,)."""
        probabilities = Probabilities(labels, array)
        best = int(array.argmax())
        return cls(labels[best], float(array[best]), probabilities)


class State(Enum):
    """How far an expression can be relied on; the values are those of FaceEmotion.msg."""

    RAW = 0
    STABLE = 1
    UNCERTAIN = 2


class Reasons(IntFlag):
    """Why a face's expression should be doubted; the bits are those of FaceEmotion.msg.

    Iterates over the single reasons; `str` is for people, such as 'too dark, blurred', and '' where there is none.
    """

    NONE = 0
    TOO_DARK = 1
    BLURRED = 2
    TOO_SMALL = 4
    TURNED_AWAY = 8

    def __iter__(self) -> Iterator[Reasons]:
        """Yield each reason that holds (Python 3.10 has no such iteration of its own)."""
        return (reason for reason in type(self) if reason and reason in self)

    def __str__(self) -> str:
        """Return the reasons in words."""
        return ", ".join(str(reason.name).lower().replace("_", " ") for reason in self)

    def __format__(self, spec: str) -> str:
        """Format the words: an IntFlag would format its number."""
        return format(str(self), spec)


@dataclass(frozen=True, eq=False)
class TrackedFace:
    """One face of one frame with its expression.

    Attributes:
        detection: what the detector found.
        raw: the expression in this frame alone.
        track_id: five lower-case letters for one face over a stretch of time, not an identity; '' when not tracked.
        smoothed: the expression over time, None when not smoothed.
        state: how far the expression can be relied on.
        reasons: what speaks against the face.

    """

    detection: Face
    raw: Expression
    track_id: str = ""
    smoothed: Expression | None = None
    state: State = State.RAW
    reasons: Reasons = Reasons.NONE

    @property
    def box(self) -> Box:
        """Where the face is, in pixels of the original frame."""
        return self.detection.box

    @property
    def score(self) -> float:
        """The detector's own confidence; larger is surer, the scale is the detector's."""
        return self.detection.score

    @property
    def landmarks(self) -> Landmarks | None:
        """Eyes and nose, None where the detector gives none."""
        return self.detection.landmarks

    @property
    def expression(self) -> Expression:
        """The expression over time where the face is smoothed, else that of this frame alone."""
        return self.smoothed or self.raw

    @property
    def label(self) -> str:
        """The label of `expression`; '' where no class stands out."""
        return self.expression.label

    @property
    def confidence(self) -> float:
        """The confidence of `expression`, 0 to 1."""
        return self.expression.confidence

    @property
    def probabilities(self) -> Probabilities:
        """The probabilities of `expression`."""
        return self.expression.probabilities
