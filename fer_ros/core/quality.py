"""What speaks against a face: too little light, detail or size, or a view from the side.

Judged on the very pixels that the network gets, never by its answer, so the limits hold whichever model is loaded. How
they were measured: docs/failing_honestly.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.preprocessing import Batch, PreprocessSpec
from fer_ros.core.types import Face, Landmarks, Reasons

Levels = npt.NDArray[np.float32]

# Side to which every face is brought; the limits are about pixels of this size.
SIDE = 48
# Cheeks, eyes and mouth without hair and background, and the picture without the edge that filters get wrong.
_MIDDLE = slice(8, 40)
_INSIDE = slice(4, 44)
# Detail finer than this deviation, in pixels, is noise as often as it is face.
_FINEST = 1.0
# The second derivative along a row; transposed, along a column.
_BEND = np.array([[1, -2, 1]], np.float32)
# The difference of two Laplacians: blind to slopes and edges, hence to most of a face (Immerkaer 1996).
_NOISE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
_NOISE_SCALE = math.sqrt(math.pi / 2) / 6
# What rounding to whole gray levels adds: the deviation of a uniform step.
_ROUNDING = math.sqrt(1 / 12)


@dataclass(frozen=True)
class QualityConfig:
    """From where on a face is doubted; a limit of 0 (or of the largest turn and tilt) switches that check off.

    enabled: without it no face has a reason, as published.
    min_contrast: standard deviation of the middle of the face, gray levels; below it TOO_DARK.
    min_signal_to_noise: that deviation by the noise's; below it TOO_DARK.
    min_sharpness: variance of the second derivative, across or down, whichever is less, by the face's own variance;
    below it BLURRED.
    min_side: of the face's box, pixels of the original frame; below it TOO_SMALL.
    max_turn: how far the nose may be off the middle of the eyes, along their line, in distances of the eyes.
    max_tilt: how far the eyes may be off the horizontal, degrees.  Beyond one of the two TURNED_AWAY; neither is
    assessed where the detector gives no landmarks, as the Haar cascade.
    Raises ValueError for values out of range.
    """

    enabled: bool = True
    min_contrast: float = 10.0
    min_signal_to_noise: float = 2.5
    min_sharpness: float = 0.006
    min_side: float = 28.0
    max_turn: float = 0.5
    max_tilt: float = 30.0

    def __post_init__(self) -> None:
        """Check the ranges."""
        for name, high in LIMITS.items():
            value = getattr(self, name)
            if not 0 <= value <= high:
                raise ValueError(f"{name} must be 0 to {high:g}, got {value}")


LIMITS = {
    "min_contrast": 127.0,
    "min_signal_to_noise": 100.0,
    "min_sharpness": 1.0,
    "min_side": 4096.0,
    "max_turn": 10.0,
    "max_tilt": 180.0,
}
"""The largest value of each limit; the smallest is 0."""


@dataclass(frozen=True)
class Quality:
    """What was measured on one face; the units are those of QualityConfig.

    turn, tilt: NaN where the detector gives no landmarks.
    """

    contrast: float
    signal_to_noise: float
    sharpness: float
    side: float
    turn: float = math.nan
    tilt: float = math.nan

    def reasons(self, config: QualityConfig) -> Reasons:
        """Return what speaks against the face."""
        found = Reasons.NONE
        if self.contrast < config.min_contrast or self.signal_to_noise < config.min_signal_to_noise:
            found |= Reasons.TOO_DARK
        if self.sharpness < config.min_sharpness:
            found |= Reasons.BLURRED
        if self.side < config.min_side:
            found |= Reasons.TOO_SMALL
        # A comparison with NaN is false: what was not assessed is not held against a face.
        if self.turn > config.max_turn or self.tilt > config.max_tilt:
            found |= Reasons.TURNED_AWAY
        return found


def assess(faces: Sequence[Face], batch: Batch, spec: PreprocessSpec, config: QualityConfig) -> list[Reasons]:
    """Return the reasons to doubt each face, all NONE where the config switches the checks off.

    batch: the (N, size, size, 1) float32 that `preprocess` made of the N faces by this spec; else ValueError.
    """
    if not config.enabled:
        return [Reasons.NONE] * len(faces)
    return [quality(face, levels).reasons(config) for face, levels in zip(faces, gray_levels(batch, spec), strict=True)]


def gray_levels(batch: Batch, spec: PreprocessSpec) -> Levels:
    """Turn a (N, size, size, 1) float32 batch back into (N, size, size) float32 gray levels, 0 to 255."""
    return (batch[..., 0] - np.float32(spec.low)) * np.float32(255 / (spec.high - spec.low))


def quality(face: Face, levels: Levels) -> Quality:
    """Measure one face. levels: (size, size) float32 gray levels, 0 to 255, of its crop."""
    if levels.ndim != 2 or levels.dtype != np.float32:
        raise ValueError(f"levels must be (size, size) float32, got {levels.shape} {levels.dtype}")
    if levels.shape != (SIDE, SIDE):
        shrinks = min(levels.shape) > SIDE
        levels = np.asarray(
            cv2.resize(levels, (SIDE, SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.float32
        )
    smooth = cv2.GaussianBlur(levels, (0, 0), _FINEST)
    contrast = _deviation(smooth[_MIDDLE, _MIDDLE])
    # Relative to the face's own contrast, a dim but sharp face is not called blurred.
    whole = _deviation(smooth[_INSIDE, _INSIDE])
    # In the poorer direction: motion blurs along its own only.
    detail = min(_deviation(cv2.filter2D(smooth, cv2.CV_32F, k)[_INSIDE, _INSIDE]) for k in (_BEND, _BEND.T))
    lonely = cv2.filter2D(levels, cv2.CV_32F, _NOISE)[_INSIDE, _INSIDE]
    noise = _NOISE_SCALE * cv2.norm(lonely, cv2.NORM_L1) / lonely.size
    turn, tilt = (math.nan, math.nan) if face.landmarks is None else pose(face.landmarks)
    return Quality(
        contrast=contrast,
        signal_to_noise=contrast / (noise + _ROUNDING),
        sharpness=detail**2 / (whole**2 + 1),
        side=min(face.box.width, face.box.height),
        turn=turn,
        tilt=tilt,
    )


def pose(landmarks: Landmarks) -> tuple[float, float]:
    """Return (turn, tilt) of a head, both 0 for an upright frontal view and growing to either side.

    turn: distance of the nose from the middle of the eyes along the line of the eyes, in distances of the eyes.
    tilt: angle of the line of the eyes, degrees, 0 to 180.  Infinite turn where both eyes are one point.
    """
    (right_x, right_y), (left_x, left_y), (nose_x, nose_y) = landmarks.right_eye, landmarks.left_eye, landmarks.nose
    across, down = left_x - right_x, left_y - right_y
    square = across**2 + down**2
    if square == 0:
        return math.inf, 0.0
    along = (nose_x - (right_x + left_x) / 2) * across + (nose_y - (right_y + left_y) / 2) * down
    return abs(along) / square, abs(math.degrees(math.atan2(down, across)))


def _deviation(values: npt.NDArray[np.floating[Any] | np.integer[Any]]) -> float:
    return float(cv2.meanStdDev(values)[1][0, 0])
