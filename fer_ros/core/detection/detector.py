"""Faces in a gray picture, by an OpenCV Haar cascade (Viola and Jones 2001; paper, Section 3.1.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from fer_ros.core.types import Box, Face, Gray

# apt's OpenCV has no cv2.data; its cascades come with the package opencv-data.
_SYSTEM_CASCADES = (Path("/usr/share/opencv4/haarcascades"), Path("/usr/share/opencv/haarcascades"))


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


class HaarDetector:
    """A Haar cascade. The score of a face is the cascade's last stage sum, about 0 to 10; a clear face has over 3."""

    def __init__(self, config: DetectorConfig | None = None) -> None:
        """Load the cascade. Raises FileNotFoundError for a name or path that is no cascade file."""
        self.config = config or DetectorConfig()
        self._cascade = load_cascade(self.config.cascade)
        self._window = self._cascade.getOriginalWindowSize()[0]

    def detect(self, gray: Gray, min_side: float, max_side: float | None = None) -> list[Face]:
        """See Detector.detect. Sorted by area, largest first."""
        if min(gray.shape) < self._window:
            return []
        smallest = max(round(min_side), self._window)
        largest = min(gray.shape) if max_side is None else round(max_side)
        if largest < smallest:
            return []
        boxes, _, weights = self._cascade.detectMultiScale3(
            gray,
            scaleFactor=self.config.scale_factor,
            minNeighbors=self.config.min_neighbors,
            minSize=(smallest, smallest),
            maxSize=(largest, largest),
            outputRejectLevels=True,
        )
        scores: Sequence[float] = np.ravel(weights).tolist()
        faces = [
            Face(Box(float(x), float(y), float(x + w), float(y + h)), score)
            for (x, y, w, h), score in zip(boxes, scores, strict=True)
            if score >= self.config.min_score
        ]
        return sorted(faces, key=lambda face: -face.box.area)


def make_detector(config: DetectorConfig) -> Detector:
    """Make the detector that the config names; see their constructors for the errors."""
    # Imported here: an optional extra is needed only by those who ask for it.
    if config.kind.startswith("blazeface"):
        from fer_ros.core.detection.blazeface import BlazeFaceDetector

        # As many threads as OpenCV was given: the two never run at the same time. More than four gain nothing.
        threads = min(4, max(1, cv2.getNumThreads()))
        return BlazeFaceDetector(config.kind.removeprefix("blazeface_"), config.min_score or 0.5, threads)
    if config.kind == "yunet":
        from fer_ros.core.detection.yunet import YuNetDetector

        return YuNetDetector(config.model, config.min_score or 0.7)
    return HaarDetector(config)


def load_cascade(name: str) -> cv2.CascadeClassifier:
    """Load a cascade by the name OpenCV gives it or by path.

    Raises FileNotFoundError saying where it was looked for, ValueError for a file that is no cascade.
    """
    places = [Path(cv2.data.haarcascades)] if hasattr(cv2, "data") else []
    candidates = [Path(name), *(folder / f"{name}.xml" for folder in (*places, *_SYSTEM_CASCADES))]
    path = next((p for p in candidates if p.is_file()), None)
    if path is None:
        looked = ", ".join(str(p.parent) for p in candidates[1:])
        raise FileNotFoundError(f"expected a cascade file or name, got {name!r}; looked in {looked}")
    cascade = cv2.CascadeClassifier()
    try:
        loaded = cascade.load(str(path))
    except cv2.error:
        loaded = False
    if not loaded:
        raise ValueError(f"{path}: expected a Haar cascade, got a file that OpenCV cannot read as one")
    return cascade
