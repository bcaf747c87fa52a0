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

from fer_ros.core.geometry import Landmarks
from fer_ros.core.settings import check_settings, setting
from fer_ros.core.types import Face, Gray, Reasons

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
    """From where on a face is doubted.

    A limit of 0, or of the largest turn, switches that check off. The turn is not assessed where the detector gives no
    landmarks, as the Haar cascade. A tilt of the head is no reason to doubt it: its crop is turned level.
    Raises ValueError for a setting out of its range.
    """

    enabled: bool = setting(True, "Name what speaks against a face (reasons), and call such a face UNCERTAIN.")
    min_contrast: float = setting(
        10.0,
        "Minimum standard deviation of the middle of the face; below it TOO_DARK.",
        low=0,
        high=127,
        unit="gray levels",
    )
    min_signal_to_noise: float = setting(
        2.5, "Minimum ratio of contrast to estimated noise; below it TOO_DARK.", low=0, high=100
    )
    min_sharpness: float = setting(
        0.006,
        "Minimum variance of the second derivative, in the direction that has less, by the face's own variance; "
        "below it BLURRED.",
        low=0,
        high=1,
    )
    min_side: float = setting(
        28.0, "Minimum side of the face's box; below it TOO_SMALL.", low=0, high=4096, unit="pixels"
    )
    max_turn: float = setting(
        0.5,
        "Maximum sideways offset of the nose, as a fraction of the distance between the eyes; above it TURNED_AWAY. "
        "Not assessed with the Haar cascade.",
        low=0,
        high=10,
    )

    def __post_init__(self) -> None:
        """Check the settings."""
        check_settings(self)


@dataclass(frozen=True)
class Quality:
    """What was measured on one face; the units are those of QualityConfig.

    turn: NaN where the detector gives no landmarks.
    """

    contrast: float
    signal_to_noise: float
    sharpness: float
    side: float
    turn: float = math.nan

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
        if self.turn > config.max_turn:
            found |= Reasons.TURNED_AWAY
        return found


def assess(faces: Sequence[Face], crops: Gray, config: QualityConfig) -> list[Reasons]:
    """Return the reasons to doubt each face, all NONE where the config switches the checks off.

    Args:
        faces: N faces.
        crops: (N, size, size) uint8, what `crop_faces` cut of them.
        config: the limits.

    Raises:
        ValueError: there is not one crop for each face.

    """
    if not config.enabled:
        return [Reasons.NONE] * len(faces)
    return [quality(face, crop).reasons(config) for face, crop in zip(faces, crops, strict=True)]


def quality(face: Face, crop: Gray) -> Quality:
    """Measure one face.

    Args:
        face: for the size of its box and its landmarks.
        crop: (size, size) uint8, the very pixels that the network gets.

    Raises:
        ValueError: the crop has another shape or dtype.

    """
    if crop.ndim != 2 or crop.dtype != np.uint8:
        raise ValueError(f"crop must be (size, size) uint8, got {crop.shape} {crop.dtype}")
    levels = crop.astype(np.float32)
    if levels.shape != (SIDE, SIDE):
        shrinks = min(levels.shape) > SIDE
        levels = np.asarray(
            cv2.resize(levels, (SIDE, SIDE), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.float32
        )
    contrast, whole, detail, noise = _measure(levels)
    return Quality(
        contrast=contrast,
        signal_to_noise=contrast / (noise + _ROUNDING),
        sharpness=detail**2 / (whole**2 + 1),
        side=min(face.box.width, face.box.height),
        turn=math.nan if face.landmarks is None else turn_of(face.landmarks),
    )


def _measure(levels: Levels) -> tuple[float, float, float, float]:
    """Return deviations of the face's middle, of the whole face and of its detail, and the noise, in gray levels."""
    smooth = cv2.GaussianBlur(levels, (0, 0), _FINEST)
    contrast = _deviation(smooth[_MIDDLE, _MIDDLE])
    # Relative to the face's own contrast, a dim but sharp face is not called blurred.
    whole = _deviation(smooth[_INSIDE, _INSIDE])
    # In the poorer direction: motion blurs along its own only.
    detail = min(_deviation(cv2.filter2D(smooth, cv2.CV_32F, k)[_INSIDE, _INSIDE]) for k in (_BEND, _BEND.T))
    lonely = cv2.filter2D(levels, cv2.CV_32F, _NOISE)[_INSIDE, _INSIDE]
    return contrast, whole, detail, _NOISE_SCALE * cv2.norm(lonely, cv2.NORM_L1) / lonely.size


def turn_of(landmarks: Landmarks) -> float:
    """Return how far a head is turned out of the picture's plane: 0 for a frontal view, growing to either side.

    Args:
        landmarks: eyes and nose, in pixels.

    Returns:
        The distance of the nose from the middle of the eyes along the line of the eyes, as a fraction of the distance
        between the eyes; infinite where both eyes are one point.

    """
    (right_x, right_y), (left_x, left_y), (nose_x, nose_y) = landmarks.right_eye, landmarks.left_eye, landmarks.nose
    across, down = left_x - right_x, left_y - right_y
    square = across**2 + down**2
    if square == 0:
        return math.inf
    along = (nose_x - (right_x + left_x) / 2) * across + (nose_y - (right_y + left_y) / 2) * down
    return abs(along) / square


def _deviation(values: npt.NDArray[np.floating[Any] | np.integer[Any]]) -> float:
    return float(cv2.meanStdDev(values)[1][0, 0])
