"""What every detector is asked for: a gray picture to the faces in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from fer_ros.core.types import Face, Gray

KINDS = ("haar", "blazeface_full", "blazeface_short", "yunet")


@dataclass(frozen=True)
class DetectorConfig:
    """What a detector is asked for.

    kind: 'haar' (the paper's), 'blazeface_full' or 'blazeface_short' (extra `blazeface`), or 'yunet' (needs `model`).
    model: path of YuNet's ONNX file.
    cascade: name of one of OpenCV's Haar cascades, or the path of a cascade file.
    min_face: side of the smallest face looked for, pixels of the original frame.
    scale_factor: ratio of neighbouring sizes in the search.  min_neighbors: overlapping hits that make a face.
    min_score: faces with a lower detector score are dropped; the networks' scores are 0 to 1, and 0 stands for the
    one that each of them was made for.
    """

    kind: str = "haar"
    model: str = ""
    cascade: str = "haarcascade_frontalface_default"
    min_face: int = 48
    scale_factor: float = 1.1
    min_neighbors: int = 4
    min_score: float = 0.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if self.kind not in KINDS:
            raise ValueError(f"detector kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        if self.min_face < 12:
            raise ValueError(f"min_face must be at least 12 pixels, got {self.min_face}")
        if not 1.01 <= self.scale_factor <= 2.0:
            raise ValueError(f"scale_factor must be 1.01 to 2, got {self.scale_factor}")
        if self.min_neighbors < 0:
            raise ValueError(f"min_neighbors must not be negative, got {self.min_neighbors}")
        if not math.isfinite(self.min_score):
            raise ValueError(f"min_score must be finite, got {self.min_score}")
        if self.kind != "haar" and not 0 <= self.min_score < 1:
            raise ValueError(f"min_score of {self.kind} must be 0 to below 1, got {self.min_score}")


class Detector(Protocol):
    """What the pipeline asks of a detector."""

    def detect(self, gray: Gray, min_side: float, max_side: float | None = None) -> list[Face]:
        """Find the faces of a (H, W) uint8 picture whose side is between min_side and max_side, in its pixels."""
        ...
