"""Views without people: scikit-image's pictures that show nobody, and textures made here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import skimage.data

from benchmarks.people_clips import JITTER, Scene, seeded, wall, with_noise
from fer_ros.core.types import Gray

# scikit-image has types for a part of its functions only.
_data: Any = skimage.data
# Left out for their faces: astronaut, camera, coins (heads of emperors), lfw_subset.
_PICTURES: dict[str, Callable[[], Any]] = {
    "brick": _data.brick,
    "cat": _data.cat,
    "cell": _data.cell,
    "checkerboard": _data.checkerboard,
    "clock": _data.clock,
    "coffee": _data.coffee,
    "colorwheel": _data.colorwheel,
    "grass": _data.grass,
    "gravel": _data.gravel,
    "horse": _data.horse,
    "hubble": _data.hubble_deep_field,
    "immunohistochemistry": _data.immunohistochemistry,
    "logo": _data.logo,
    "microaneurysms": _data.microaneurysms,
    "moon": _data.moon,
    "motorcycle": lambda: _data.stereo_motorcycle()[0],
    "page": _data.page,
    "phantom": _data.shepp_logan_phantom,
    "retina": _data.retina,
    "rocket": _data.rocket,
    "text": _data.text,
    "blobs": lambda: _data.binary_blobs(512, 0.08, rng=0),
    "fine blobs": lambda: _data.binary_blobs(512, 0.03, volume_fraction=0.3, rng=1),
    "stained wall": lambda: wall((1280, 960), 0),
    "stripes": lambda: 0.5 + 0.5 * np.sin(np.add.outer(np.arange(600) / 9, np.arange(800) / 23)),
    "discs": lambda: _discs(np.random.default_rng(2)),
}
PICTURES = tuple(_PICTURES)
"""Names of the pictures."""
# Of a view: height as a share of the largest that fits; share of the light.
_SHARES, _LIGHTS = (0.25, 1.0), (0.4, 1.5)


@lru_cache(maxsize=4)
def picture(name: str) -> Gray:
    """Return one of PICTURES, (H, W) uint8 gray."""
    pixels = np.asarray(_PICTURES[name]())
    if pixels.dtype != np.uint8:
        pixels = (255 * pixels.astype(np.float32) / max(1.0, float(pixels.max()))).astype(np.uint8)
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_RGB2GRAY)
    return np.asarray(pixels, np.uint8)


def view(name: str, number: int, frames: int, size: tuple[int, int]) -> Iterator[Scene]:
    """Yield a clip of a part of a picture: the first view shows as much as fits, as it is, others vary.

    Args:
        name: one of PICTURES.
        number: of the view, from 0 on; always the same view for the same number.
        frames: of the clip.
        size: (width, height), pixels.

    """
    rng, whole, reach = seeded("view", name, str(number)), picture(name), round(JITTER)
    share, light = (1.0, 1.0) if number == 0 else (rng.uniform(*_SHARES), rng.uniform(*_LIGHTS))
    height = share * min(whole.shape[0], whole.shape[1] * size[1] / size[0])
    rows, columns = max(1, int(height)), max(1, int(height * size[0] / size[1]))
    top, left = rng.integers(0, whole.shape[0] - rows + 1), rng.integers(0, whole.shape[1] - columns + 1)
    part = whole[top : top + rows, left : left + columns]
    # With a border for the jitter.
    shape = (size[0] + 2 * reach, size[1] + 2 * reach)
    interpolation = cv2.INTER_AREA if rows > size[1] else cv2.INTER_CUBIC
    canvas = np.asarray(cv2.resize(part, shape, interpolation=interpolation), np.uint8)
    for _ in range(frames):
        x, y = rng.integers(0, 2 * reach + 1, 2)
        yield Scene(with_noise(canvas[y : y + size[1], x : x + size[0]], light, rng), ())


def _discs(rng: np.random.Generator) -> Gray:
    """Return discs of any size and gray, one over the other."""
    canvas = np.full((600, 800), 128, np.uint8)
    for _ in range(300):
        middle = (int(rng.integers(800)), int(rng.integers(600)))
        cv2.circle(canvas, middle, int(rng.integers(4, 70)), int(rng.integers(256)), -1, cv2.LINE_AA)
    return canvas
