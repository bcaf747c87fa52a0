"""Clips with known faces: portraits in the public domain, moving in front of a wall.

Eileen Collins (NASA) from scikit-image and Grace Hopper (US Navy) from matplotlib's sample data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
import skimage.data
from matplotlib import cbook

from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.geometry import Box
from fer_ros.core.types import Gray, Rgb

RATE = 30.0
"""Frames a second of every clip here."""

# Head with shoulders, cut out of each portrait: (top, bottom, left, right) in pixels.
_SMILING, _SERIOUS = (0, 300, 80, 360), (0, 480, 30, 480)
# Share of a cut-out's width over which it fades into the wall.
_FADE = 0.08
_SENSOR_NOISE = 3.0
# By which share a moving face grows and shrinks.
_NEARER = 0.05
WALLS = ("plain", "textured")


@dataclass(frozen=True, eq=False)
class Person:
    """A cut-out at several sizes, each half the one before, so that a small face is painted without aliasing.

    pictures: (H, W, 3) float32 BGR.  masks: (H, W, 1) float32, 0 to 1.
    face: the face's box in the first picture, pixels.
    """

    pictures: tuple[npt.NDArray[np.float32], ...]
    masks: tuple[npt.NDArray[np.float32], ...]
    face: Box


@dataclass(frozen=True, eq=False)
class Shot:
    """One frame of a clip. picture: (H, W, 3) uint8 BGR.  faces: box of each person, in a fixed order, pixels."""

    picture: Rgb
    faces: tuple[Box, ...]


@lru_cache(maxsize=1)
def people() -> tuple[Person, Person]:
    """Return the two portraits, each face where a full-resolution Haar search of the still picture finds it.

    Raises ValueError if that search finds no face, as with another cascade.
    """
    smiling = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        serious = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_COLOR)
    return _person(smiling, _SMILING), _person(serious, _SERIOUS)


def _person(portrait: Rgb, cut: tuple[int, int, int, int]) -> Person:
    top, bottom, left, right = cut
    picture = portrait[top:bottom, left:right]
    faces = HaarDetector().detect(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8), 60)
    if not faces:
        raise ValueError("expected a face in the portrait, got none")
    pictures, masks = [picture.astype(np.float32)], [_faded(picture.shape[0], picture.shape[1])]
    while min(pictures[-1].shape[:2]) > 60:
        half = (pictures[-1].shape[1] // 2, pictures[-1].shape[0] // 2)
        pictures.append(cv2.resize(pictures[-1], half, interpolation=cv2.INTER_AREA))
        masks.append(cv2.resize(masks[-1], half, interpolation=cv2.INTER_AREA)[..., np.newaxis])
    return Person(tuple(pictures), tuple(masks), faces[0].box)


def _faded(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return a (height, width, 1) mask that is 1 inside and falls to 0 at the edges."""
    y, x = np.mgrid[:height, :width]
    distance = np.minimum.reduce([x, width - 1 - x, y, height - 1 - y]) / (_FADE * width)
    mask = np.clip(distance, 0, 1)
    return (mask * mask * (3 - 2 * mask)).astype(np.float32)[..., np.newaxis]


def moving_faces(
    count: int,
    frames: int,
    size: tuple[int, int] = (640, 480),
    seed: int = 0,
    smallest: float = 53,
    wall: str = "textured",
) -> list[Shot]:
    """Return a clip of `count` people on a grid, who sway, and come nearer and go, in place.

    size: (width, height), pixels.  smallest: side that every face of every frame has at least, pixels; where many
    people leave no room for more, the smallest of the clip have just that. The default is a tenth more than the
    profiles' detector.min_face: what a time is measured on should be found.
    Raises ValueError if so many faces do not fit.
    """
    rng = np.random.default_rng(seed)
    columns, rows, cell = _grid(max(count, 1), size)
    # A person near a camera fills a quarter of the picture's height, not all of it because alone.
    side = max(min(0.42 * cell, 0.25 * size[1]), smallest / (1 - _NEARER))
    if count and side > 0.5 * cell:
        raise ValueError(f"expected at most what fits in {size} with faces of {smallest} pixels, got {count} faces")
    phases = rng.uniform(0, 2 * np.pi, (max(count, 1), 3))
    reach = min(0.12 * cell, 0.35 * side)
    canvas, noise, both = _wall(size, wall, rng), _Noise(size, rng), people()
    shots = []
    for number in range(frames):
        painted, boxes = canvas.copy(), []
        for index in range(count):
            row, column = divmod(index, columns)
            sway = reach * np.sin(np.array([1.7, 1.1]) * number / RATE + phases[index, :2])
            x, y = (column + 0.5) * size[0] / columns + sway[0], (row + 0.5) * size[1] / rows + sway[1]
            near = 1 + _NEARER * np.sin(0.8 * number / RATE + phases[index, 2])
            boxes.append(paste(painted, both[index % 2], side * near, x, y))
        shots.append(Shot(noise.on(painted), tuple(boxes)))
    return shots


def _grid(count: int, size: tuple[int, int]) -> tuple[int, int, float]:
    """Return (columns, rows, side of a cell) of the grid with the largest cells."""
    grids = [(c, -(-count // c)) for c in range(1, count + 1)]
    return max(((c, r, min(size[0] / c, size[1] / r)) for c, r in grids), key=lambda grid: grid[2])


def crossing(frames: int = 90, size: tuple[int, int] = (640, 480), seed: int = 0) -> list[Shot]:
    """Return a clip of two people who walk past each other, the second one in front and hiding the first."""
    rng = np.random.default_rng(seed)
    canvas, noise, (first, second) = _wall(size, "textured", rng), _Noise(size, rng), people()
    width, height = size
    shots = []
    for number in range(frames):
        share = number / (frames - 1)
        painted = canvas.copy()
        back = paste(painted, first, 0.19 * height, width * (0.2 + 0.6 * share), height * 0.5)
        front = paste(painted, second, 0.22 * height, width * (0.8 - 0.6 * share), height * 0.55)
        shots.append(Shot(noise.on(painted), (back, front)))
    return shots


def appearing(frames: int = 60, at: int = 20, size: tuple[int, int] = (640, 480), seed: int = 0) -> list[Shot]:
    """Return a clip of one person, to whom a second one is added from frame `at` on."""
    rng = np.random.default_rng(seed)
    canvas, noise, (first, second) = _wall(size, "textured", rng), _Noise(size, rng), people()
    width, height = size
    shots = []
    for number in range(frames):
        painted = canvas.copy()
        boxes = [paste(painted, first, 0.19 * height, width * 0.3, height * 0.5)]
        if number >= at:
            boxes.append(paste(painted, second, 0.21 * height, width * 0.72, height * 0.5))
        shots.append(Shot(noise.on(painted), tuple(boxes)))
    return shots


def still(frames: int, size: tuple[int, int] = (640, 480), seed: int = 0) -> Iterator[Shot]:
    """Yield frames of two people who keep still: only the sensor's noise changes."""
    rng = np.random.default_rng(seed)
    canvas, noise, (first, second) = _wall(size, "textured", rng), _Noise(size, rng), people()
    side = 0.2 * size[1]
    boxes = (
        paste(canvas, first, side, size[0] * 0.3, size[1] * 0.5),
        paste(canvas, second, side, size[0] * 0.7, size[1] * 0.5),
    )
    for _ in range(frames):
        yield Shot(noise.on(canvas), boxes)


def paste(canvas: npt.NDArray[np.float32], person: Person, side: float, x: float, y: float) -> Box:
    """Paint a person so that the face has this side and its middle is at (x, y); returns the face's box, pixels."""
    scale = side / person.face.width
    level = min(max(0, int(np.log2(1 / scale))), len(person.pictures) - 1)
    picture, mask = person.pictures[level], person.masks[level]
    full = person.pictures[0].shape
    zoom_x, zoom_y = scale * full[1] / picture.shape[1], scale * full[0] / picture.shape[0]
    face_x, face_y = person.face.center
    left, top = x - scale * face_x, y - scale * face_y
    x0, y0 = max(0, int(left)), max(0, int(top))
    x1 = min(canvas.shape[1], int(left + scale * full[1]) + 2)
    y1 = min(canvas.shape[0], int(top + scale * full[0]) + 2)
    if x1 > x0 and y1 > y0:
        matrix = np.array([[zoom_x, 0, left - x0], [0, zoom_y, top - y0]])
        part = (x1 - x0, y1 - y0)
        alpha = cv2.warpAffine(mask, matrix, part)[..., np.newaxis]
        colour = cv2.warpAffine(picture, matrix, part, borderMode=cv2.BORDER_REPLICATE)
        canvas[y0:y1, x0:x1] += alpha * (colour - canvas[y0:y1, x0:x1])
    return Box.from_center(x, y, side, side)


def _wall(size: tuple[int, int], kind: str, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return a (height, width, 3) float32 wall: plain, or with stains from a pixel to a third of the picture."""
    if kind not in WALLS:
        raise ValueError(f"wall must be one of {', '.join(WALLS)}, got {kind!r}")
    wall = np.full((size[1], size[0], 3), 120, np.float32)
    for cells, deviation in ((3, 16), (12, 8), (48, 5), (160, 4)) if kind == "textured" else ():
        shape = (max(2, cells * size[1] // size[0]), cells)
        stains = rng.normal(0, deviation, shape).astype(np.float32)
        wall += cv2.resize(stains, size, interpolation=cv2.INTER_CUBIC)[..., np.newaxis]
    return wall


class _Noise:
    """What a sensor adds: a few noise pictures, each used shifted by another amount every time."""

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        shape = (4, size[1], size[0], 3)
        self._pictures = rng.normal(0, _SENSOR_NOISE, shape).astype(np.float32)
        self._rng = rng

    def on(self, picture: npt.NDArray[np.float32]) -> Rgb:
        """Return the picture with noise as uint8."""
        noise = self._pictures[self._rng.integers(len(self._pictures))]
        dy, dx = self._rng.integers(0, noise.shape[0]), self._rng.integers(0, noise.shape[1])
        return np.asarray(np.clip(picture + np.roll(noise, (dy, dx), (0, 1)), 0, 255), np.uint8)


def to_gray(shot: Shot) -> Gray:
    """Return a shot's (H, W) uint8 gray picture."""
    return np.asarray(cv2.cvtColor(shot.picture, cv2.COLOR_BGR2GRAY), np.uint8)
