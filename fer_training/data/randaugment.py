"""RandAugment (Cubuk et al. 2020) for gray faces: some of the operations below, drawn anew for each face.

All have one magnitude, 0 (nothing, or nearly) to 1 (the publication's strongest); a third of it for what moves the
face, which is centred and small. Operations on colour are left out.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from fer_training.data.dataset import Pixels


def rand_augment(crop: Pixels, operations: int, magnitude: float, rng: np.random.Generator) -> Pixels:
    """Return a (h, w) uint8 crop after `operations` random ones, each drawn with replacement, either way round."""
    for index in rng.integers(0, len(OPERATIONS), operations):
        sign = 1.0 if rng.random() < 0.5 else -1.0
        crop = OPERATIONS[index](crop, sign * magnitude)
    return crop


def _identity(crop: Pixels, strength: float) -> Pixels:
    return crop


def _stretch(crop: Pixels, strength: float) -> Pixels:
    """Let the grays span the whole range."""
    return cv2.normalize(crop, None, 0, 255, cv2.NORM_MINMAX)


def _equalize(crop: Pixels, strength: float) -> Pixels:
    return cv2.equalizeHist(crop)


def _posterize(crop: Pixels, strength: float) -> Pixels:
    lost = round(4 * abs(strength))
    return np.bitwise_and(crop, np.uint8(256 - 2**lost))


def _solarize(crop: Pixels, strength: float) -> Pixels:
    """Invert the brightest grays."""
    return np.where(crop < 256 * (1 - abs(strength)), crop, 255 - crop).astype(np.uint8)


def _brightness(crop: Pixels, strength: float) -> Pixels:
    return _blend(crop, np.float32(0), strength)


def _contrast(crop: Pixels, strength: float) -> Pixels:
    return _blend(crop, np.float32(crop.mean()), strength)


def _sharpness(crop: Pixels, strength: float) -> Pixels:
    return _blend(crop, cv2.blur(crop, (3, 3)).astype(np.float32), strength)


def _rotate(crop: Pixels, strength: float) -> Pixels:
    angle = np.deg2rad(10 * strength)
    return _warp(crop, [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def _shear_x(crop: Pixels, strength: float) -> Pixels:
    return _warp(crop, [[1, 0.1 * strength], [0, 1]])


def _shear_y(crop: Pixels, strength: float) -> Pixels:
    return _warp(crop, [[1, 0], [0.1 * strength, 1]])


def _translate_x(crop: Pixels, strength: float) -> Pixels:
    return _warp(crop, np.eye(2), (0.1 * strength * crop.shape[1], 0))


def _translate_y(crop: Pixels, strength: float) -> Pixels:
    return _warp(crop, np.eye(2), (0, 0.1 * strength * crop.shape[0]))


OPERATIONS: tuple[Callable[[Pixels, float], Pixels], ...] = (
    _identity,
    _stretch,
    _equalize,
    _posterize,
    _solarize,
    _brightness,
    _contrast,
    _sharpness,
    _rotate,
    _shear_x,
    _shear_y,
    _translate_x,
    _translate_y,
)


def _blend(crop: Pixels, plain: npt.NDArray[np.float32] | np.float32, strength: float) -> Pixels:
    """Move away from a plain picture, or towards it for a negative strength."""
    return np.clip(plain + (1 + 0.9 * strength) * (crop - plain), 0, 255).astype(np.uint8)


def _warp(crop: Pixels, linear: npt.ArrayLike, shift: tuple[float, float] = (0, 0)) -> Pixels:
    """Map every pixel about the centre, pixels outside mirrored in; shift: pixels right and down."""
    height, width = crop.shape
    centre = np.array([width - 1, height - 1]) / 2
    matrix = np.asarray(linear, np.float64)
    offset = centre + shift - matrix @ centre
    return cv2.warpAffine(crop, np.column_stack([matrix, offset]), (width, height), borderMode=cv2.BORDER_REFLECT)
