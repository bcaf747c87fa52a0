"""What every detector is asked for: a gray picture to the faces in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fer_ros.core.settings import check_settings, setting
from fer_ros.core.types import Face, Gray

BLANK = 128
"""Gray level of what is beyond a picture: 0 for a network whose input goes from -1 to 1, as inside of it.

Beyond black a face that the picture's edge cuts is found less often.
"""

KINDS = ("haar", "blazeface_full", "blazeface_short", "yunet")


@dataclass(frozen=True)
class DetectorConfig:
    """What a detector is asked for. Raises ValueError for a setting out of its range."""

    kind: str = setting(
        "haar",
        "What finds the faces: the paper's Haar cascade, BlazeFace (the extra `blazeface`), or YuNet (needs a model).",
        choices=KINDS,
    )
    model: str = setting("", "Path of YuNet's ONNX file.")
    cascade: str = setting(
        "haarcascade_frontalface_default", "OpenCV's name of a Haar cascade, or the path of a cascade file."
    )
    min_face: int = setting(
        48, "Side of the smallest face looked for, in the original frame.", low=12, high=4096, unit="pixels"
    )
    scale_factor: float = setting(1.1, "Ratio of neighbouring face sizes in a cascade's search.", low=1.01, high=2)
    min_neighbors: int = setting(
        4,
        "Minimum overlapping hits of a cascade that make a face; one less is enough where a frame is searched in parts "
        "and new faces are confirmed.",
        low=0,
        high=100,
    )
    min_score: float = setting(
        0.0,
        "Minimum detector score. BlazeFace and YuNet score from 0 to 1, and 0 stands for their own: 0.68 and 0.7.",
        low=-1000,
        high=1000,
    )

    def __post_init__(self) -> None:
        """Check the settings."""
        check_settings(self)
        if self.kind != "haar" and not 0 <= self.min_score < 1:
            raise ValueError(f"min_score of {self.kind} must be 0 to below 1, got {self.min_score}")


class Detector(Protocol):
    """What the pipeline asks of a detector."""

    def detect(self, gray: Gray, min_side: float, max_side: float | None = None) -> list[Face]:
        """Find the faces of a (H, W) uint8 picture whose side is between min_side and max_side, in its pixels."""
        ...
