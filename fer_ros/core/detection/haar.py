"""Faces in a gray picture, by an OpenCV Haar cascade (Viola and Jones 2001; paper, Section 3.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.geometry import Box
from fer_ros.core.types import Face, Gray

# apt's OpenCV has no cv2.data; its cascades come with the package opencv-data.
_SYSTEM_CASCADES = (Path("/usr/share/opencv4/haarcascades"), Path("/usr/share/opencv/haarcascades"))


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


def load_cascade(name: str) -> cv2.CascadeClassifier:
    """Load a cascade by the name OpenCV gives it or by path.

    Raises FileNotFoundError saying where it was looked for, ValueError for a file that is no cascade.
    """
    places = [Path(cv2.data.haarcascades)] if hasattr(cv2, "data") else []
    candidates = [Path(name).expanduser(), *(folder / f"{name}.xml" for folder in (*places, *_SYSTEM_CASCADES))]
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
