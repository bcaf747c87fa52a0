"""Faces to network input: the one place where it is done, for the node and for the trainer (paper, Section 3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from fer_ros.core.geometry import Box
from fer_ros.core.types import Face, Frame, Gray

Batch = npt.NDArray[np.float32]

_INTERPOLATIONS = {"area": cv2.INTER_AREA, "linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC}


@dataclass(frozen=True)
class PreprocessSpec:
    """How a face becomes network input; it travels inside the bundle, so that training and running agree.

    size: side of the square input, pixels.  low, high: what gray 0 and 255 become.
    box_scale: how much of the detector's box is cut, 1 being the box itself.
    downscale, upscale: OpenCV interpolation for crops larger and smaller than `size`.
    level_from: degrees; a head tilted further is turned level before it is cut, where the detector sees the eyes.
    Raises ValueError for values out of range.
    """

    size: int = 48
    low: float = -1.0
    high: float = 1.0
    box_scale: float = 1.0
    downscale: str = "area"
    upscale: str = "linear"
    level_from: float = 15.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not isinstance(self.size, int) or not 8 <= self.size <= 512:
            raise ValueError(f"size must be 8 to 512 whole pixels, got {self.size}")
        if not -1e6 <= self.low < self.high <= 1e6:
            raise ValueError(f"low must be below high, and both within a million, got {self.low} and {self.high}")
        if not 0.5 <= self.box_scale <= 2.0:
            raise ValueError(f"box_scale must be 0.5 to 2, got {self.box_scale}")
        if not 0 <= self.level_from <= 180:
            raise ValueError(f"level_from must be 0 to 180 degrees, got {self.level_from}")
        for name in (self.downscale, self.upscale):
            if name not in _INTERPOLATIONS:
                raise ValueError(f"interpolation must be one of {', '.join(_INTERPOLATIONS)}, got {name!r}")

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> PreprocessSpec:
        """Read a spec written by to_dict; unknown keys raise ValueError."""
        unknown = set(values) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(
                f"preprocess must have only {sorted(cls.__dataclass_fields__)}, got also {sorted(unknown)}"
            )
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the spec as plain values for JSON."""
        return asdict(self)


def crop(gray: Gray, box: Box, box_scale: float = 1.0) -> Gray:
    """Cut a box out of a gray picture; where it reaches beyond the edge, the edge pixels are repeated.

    gray: (H, W) uint8.  Returns (h, w) uint8 of the rounded box's own size.
    Raises ValueError if the box does not touch the picture.
    """
    left, top, right, bottom = _edges(gray, box, box_scale)
    height, width = gray.shape
    inside = gray[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    border = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    if any(border):
        inside = cv2.copyMakeBorder(inside, *border, cv2.BORDER_REPLICATE)  # type: ignore[assignment]
    return inside


def _edges(gray: Gray, box: Box, box_scale: float) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of the pixels that are cut out. Raises ValueError as `crop` does."""
    left, top, right, bottom = (round(v) for v in box.scaled(box_scale).as_tuple())
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    height, width = gray.shape
    if left >= width or top >= height or right <= 0 or bottom <= 0:
        raise ValueError(f"box must touch the {width}x{height} picture, got {box}")
    return left, top, right, bottom


def resize_crop(face: Gray, spec: PreprocessSpec) -> Gray:
    """Bring an (h, w) uint8 crop to (size, size) uint8."""
    if face.shape == (spec.size, spec.size):
        return face
    name = spec.downscale if min(face.shape) >= spec.size else spec.upscale
    return cv2.resize(face, (spec.size, spec.size), interpolation=_INTERPOLATIONS[name])  # type: ignore[return-value]


def normalize(crops: Gray, spec: PreprocessSpec) -> Batch:
    """Map (N, size, size) uint8 crops to the (N, size, size, 1) float32 batch in [low, high] (paper, Section 3.1.3)."""
    if crops.ndim != 3 or crops.shape[1:] != (spec.size, spec.size) or crops.dtype != np.uint8:
        raise ValueError(f"crops must be (N, {spec.size}, {spec.size}) uint8, got {crops.shape} {crops.dtype}")
    scale = (spec.high - spec.low) / 255.0
    batch = crops.astype(np.float32)[..., np.newaxis]
    batch *= np.float32(scale)
    batch += np.float32(spec.low)
    return batch


def preprocess_crops(crops: Sequence[Gray], spec: PreprocessSpec) -> Batch:
    """Turn crops of any size, each (h, w) uint8, into the (N, size, size, 1) float32 batch."""
    return normalize(resize_crops(crops, spec), spec)


def crop_faces(frame: Frame, faces: Sequence[Face], spec: PreprocessSpec) -> Gray:
    """Cut the faces of one frame out, at the network's size; a tilted head is turned level.

    Args:
        frame: the picture.
        faces: N faces; where the detector saw their eyes, they tell how far the head is tilted.
        spec: of the bundle whose network will see them.

    Returns:
        (N, size, size) uint8; `normalize` makes the network's batch of it.

    Raises:
        ValueError: a box does not touch the picture.

    """
    return resize_crops([crop_face(frame.gray, face, spec) for face in faces], spec)


def crop_face(gray: Gray, face: Face, spec: PreprocessSpec) -> Gray:
    """Cut one face out of a gray picture, turned level if its head is tilted by more than `spec.level_from`.

    Args:
        gray: (H, W) uint8.
        face: its box in pixels of the picture.
        spec: see PreprocessSpec.

    Returns:
        (h, w) uint8 of the rounded box's own size.

    Raises:
        ValueError: the box does not touch the picture.

    """
    if abs(face.roll) <= spec.level_from:
        return crop(gray, face.box, spec.box_scale)
    left, top, right, bottom = _edges(gray, face.box, spec.box_scale)
    width, height = right - left, bottom - top
    # From the crop's pixels to the picture's: the box, turned about its own middle as the head is.
    turn = np.deg2rad(face.roll)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array(face.box.center) - 0.5
    matrix = np.column_stack([rotation, middle - rotation @ [(width - 1) / 2, (height - 1) / 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(gray, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def resize_crops(crops: Sequence[Gray], spec: PreprocessSpec) -> Gray:
    """Bring crops of any size, each (h, w) uint8, to (N, size, size) uint8."""
    pixels = np.empty((len(crops), spec.size, spec.size), np.uint8)
    for row, face in zip(pixels, crops, strict=True):
        row[...] = resize_crop(face, spec)
    return pixels


def preprocess(frame: Frame, boxes: Sequence[Box], spec: PreprocessSpec) -> Batch:
    """Turn the faces of one frame into the (N, size, size, 1) float32 batch that the classifier takes."""
    return preprocess_crops([crop(frame.gray, box, spec.box_scale) for box in boxes], spec)
