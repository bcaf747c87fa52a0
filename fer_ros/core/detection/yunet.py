"""YuNet (Wu et al. 2023), OpenCV's own learned detector; its ONNX file is the user's."""

from __future__ import annotations

from pathlib import Path

import cv2

from fer_ros.core.geometry import Box, Landmarks
from fer_ros.core.types import Face, Gray


class YuNetDetector:
    """Finds faces by cv2.FaceDetectorYN. The score of a face is the network's, 0 to 1.

    YuNet frames a face more tightly in width than the Haar cascade does. Its mapping to that framing is not measured
    (the model file does not come with OpenCV): the box is made square around its center, on its longer side.
    """

    def __init__(self, model: str, min_score: float = 0.7) -> None:
        """Load the ONNX file. Raises FileNotFoundError if it is missing, ValueError if OpenCV cannot read it."""
        model = str(Path(model).expanduser()) if model else ""
        if not Path(model).is_file():
            raise FileNotFoundError(f"detector yunet needs the path of YuNet's ONNX file, got {model!r}")
        try:
            self._network = cv2.FaceDetectorYN.create(model, "", (320, 320), min_score)
        except cv2.error as error:
            raise ValueError(f"{model}: expected YuNet as ONNX, got {error.err}") from None

    def detect(self, gray: Gray, min_side: float, max_side: float | None = None) -> list[Face]:
        """See Detector.detect. Sorted by area, largest first."""
        height, width = gray.shape
        self._network.setInputSize((width, height))
        _, rows = self._network.detect(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR))
        largest = float("inf") if max_side is None else max_side
        faces = []
        for row in [] if rows is None else rows.tolist():
            x, y, w, h = row[:4]
            side = max(w, h)
            if min_side <= side <= largest:
                # The person's right eye, the left one and the nose come first of five points.
                marks = Landmarks((row[4], row[5]), (row[6], row[7]), (row[8], row[9]))
                faces.append(Face(Box.from_center(x + w / 2, y + h / 2, side, side), float(row[-1]), marks))
        return sorted(faces, key=lambda face: -face.box.area)
