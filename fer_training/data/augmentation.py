"""Random changes of training crops (paper, Section 3.1.2), never applied to what is evaluated.

Everything is drawn from a generator keyed by (seed, step), so that a resumed run sees the very same batches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.preprocessing import PreprocessSpec, preprocess_crops
from fer_ros.core.settings import check_settings, setting
from fer_training.data.dataset import Pixels

# Slim draws one of TensorFlow's four for each picture.
_RESIZE_METHODS = (cv2.INTER_LINEAR, cv2.INTER_NEAREST, cv2.INTER_CUBIC, cv2.INTER_AREA)


@dataclass(frozen=True)
class AugmentationConfig:
    """What is done to a crop, in this order; the defaults are the paper's."""

    patch_area: tuple[float, float] = setting(
        (0.85, 1.0), "Share of the crop's area that a random patch keeps, low and high, above 0 to 1."
    )
    patch_aspect: float = setting(
        1.0, "Largest ratio by which the patch's sides may differ from square; 1 for none.", low=1.0
    )
    rotation: float = setting(0.0, "Largest angle either way.", low=0.0, high=180.0, unit="degrees")
    flip: float = setting(0.5, "Probability of mirroring.", low=0.0, high=1.0)
    resize: str = setting(
        "spec",
        "How a patch is brought to the network's size: as PreprocessSpec says, or by one of four methods at random, as "
        "TensorFlow Slim's inception preprocessing does, the library that the paper names.",
        choices=("spec", "random"),
    )
    contrast: float = setting(0.0, "Largest relative change of contrast.", low=0.0, high=1.0)
    brightness: float = setting(0.0, "Largest change of brightness, as a share of the gray range.", low=0.0, high=1.0)
    clip: bool = setting(False, "Whether gray values are kept within the range after contrast and brightness.")
    erase: float = setting(
        0.0, "Probability of covering a rectangle of 1/6 to 2/5 of the side with one gray.", low=0.0, high=1.0
    )

    def __post_init__(self) -> None:
        """Check the ranges."""
        check_settings(self)
        low, high = self.patch_area
        if not 0 < low <= high <= 1:
            raise ValueError(f"patch_area must be 0 < low <= high <= 1, got {self.patch_area}")


def augment_batch(
    crops: Sequence[Pixels], config: AugmentationConfig, spec: PreprocessSpec, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Turn crops into an augmented batch; the patch is cut before resizing, which is the node's own.

    Args:
        crops: N faces, each (h, w) uint8 at full resolution.
        config: what is done to them.
        spec: size and range of the batch.
        rng: whatever is random is drawn here.

    Returns:
        (N, size, size, 1) float32.

    """
    patches = [_patch(crop, config, rng) for crop in crops]
    if config.resize == "random":
        methods = rng.integers(0, len(_RESIZE_METHODS), len(patches))
        size = (spec.size, spec.size)
        patches = [
            cv2.resize(p, size, interpolation=_RESIZE_METHODS[m])  # type: ignore[misc]
            for p, m in zip(patches, methods, strict=True)
        ]
    batch = preprocess_crops(patches, spec)
    for picture in batch:
        _distort(picture[..., 0], config, spec, rng)
    return batch


def _patch(crop: Pixels, config: AugmentationConfig, rng: np.random.Generator) -> Pixels:
    height, width = crop.shape
    side = np.sqrt(rng.uniform(*config.patch_area))
    ratio = np.exp(rng.uniform(-1, 1) * np.log(config.patch_aspect) / 2)
    patch_width, patch_height = min(width * side * ratio, width), min(height * side / ratio, height)
    x = rng.uniform(0, width - patch_width) + patch_width / 2
    y = rng.uniform(0, height - patch_height) + patch_height / 2
    angle = np.deg2rad(rng.uniform(-config.rotation, config.rotation))
    # Mirrored after the patch is cut, as in the paper; in one warp with it, so that pixels are interpolated once.
    mirror = -1.0 if rng.random() < config.flip else 1.0
    if angle == 0:
        left, top = round(x - patch_width / 2), round(y - patch_height / 2)
        patch = crop[top : top + max(1, round(patch_height)), left : left + max(1, round(patch_width))]
        return np.ascontiguousarray(patch[:, ::-1]) if mirror < 0 else patch
    out_width, out_height = max(1, round(patch_width)), max(1, round(patch_height))
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.array([[cos * mirror, -sin, 0.0], [sin * mirror, cos, 0.0]])
    matrix[:, 2] = np.array([x - 0.5, y - 0.5]) - matrix[:, :2] @ [(out_width - 1) / 2, (out_height - 1) / 2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (out_width, out_height)
    return cv2.warpAffine(crop, matrix, size, flags=flags, borderMode=cv2.BORDER_REFLECT)  # type: ignore[return-value]


def _distort(
    picture: npt.NDArray[np.float32], config: AugmentationConfig, spec: PreprocessSpec, rng: np.random.Generator
) -> None:
    """Change the light of one (size, size) float32 picture and cover a part of it, in place."""
    span = spec.high - spec.low
    gain = 1 + rng.uniform(-config.contrast, config.contrast)
    shift = span * rng.uniform(-config.brightness, config.brightness)
    if config.contrast or config.brightness:
        mean = picture.mean()
        picture *= gain
        picture += mean * (1 - gain) + shift
        if config.clip:
            np.clip(picture, spec.low, spec.high, out=picture)
    if rng.random() < config.erase:
        width, height = rng.integers(spec.size // 6, spec.size * 2 // 5, 2)
        left, top = rng.integers(0, spec.size - width), rng.integers(0, spec.size - height)
        picture[top : top + height, left : left + width] = rng.uniform(spec.low, spec.high)
