"""Places in a picture: boxes and landmarks, in pixels of the original frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the original frame, half-open: left <= x < right, top <= y < bottom.

    It may reach beyond the frame.

    Attributes:
        left, top, right, bottom: pixels, from the frame's upper left corner.

    Raises:
        ValueError: it is not finite, or has no area.

    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        """Check that the rectangle is finite and not empty."""
        if not (self.left < self.right and self.top < self.bottom and np.isfinite(self.as_tuple()).all()):
            raise ValueError(f"box must be finite with left < right and top < bottom, got {self.as_tuple()}")

    @classmethod
    def from_center(cls, x: float, y: float, width: float, height: float) -> Box:
        """Make the box around a point.

        Args:
            x: of the point, in pixels.
            y: of the point, in pixels.
            width: of the box, in pixels.
            height: of the box, in pixels.

        Raises:
            ValueError: the box would not be finite, or has no area.

        """
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def as_tuple(self) -> tuple[float, float, float, float]:
        """Return (left, top, right, bottom)."""
        return self.left, self.top, self.right, self.bottom

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        """The middle (x, y), in pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def scaled(self, factor: float) -> Box:
        """Return the box grown or shrunk around its own center.

        Args:
            factor: of both sides, above 0; more than 1 to grow.

        """
        return Box.from_center(*self.center, self.width * factor, self.height * factor)

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box shifted.

        Args:
            dx: pixels to the right.
            dy: pixels down.

        """
        return Box(self.left + dx, self.top + dy, self.right + dx, self.bottom + dy)

    def iou(self, other: Box) -> float:
        """Return the intersection over union with another box.

        Args:
            other: in the same frame.

        Returns:
            0 where they do not meet, 1 where they are the same.

        """
        shared = self._shared(other)
        return shared / (self.area + other.area - shared)

    def containment(self, other: Box) -> float:
        """Return the intersection over the smaller of two boxes' areas.

        Args:
            other: in the same frame.

        Returns:
            0 where they do not meet, 1 where one lies inside the other.

        """
        return self._shared(other) / min(self.area, other.area)

    def _shared(self, other: Box) -> float:
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)


@dataclass(frozen=True)
class Landmarks:
    """Where a detector sees a face's eyes and nose: (x, y) in pixels of the original frame.

    Attributes:
        right_eye: the person's own right one, on the left of the picture.
        left_eye: the other one.
        nose: its tip.

    """

    right_eye: tuple[float, float]
    left_eye: tuple[float, float]
    nose: tuple[float, float]
