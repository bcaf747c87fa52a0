"""Clips with known faces: portraits in the public domain, moving over a textured wall.

Eileen Collins (NASA) from scikit-image and Grace Hopper (US Navy) from matplotlib's sample data.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import skimage.data
from matplotlib import cbook

from fer_ros.core.types import Box, Rgb

# Head with shoulders cut out of each portrait, and where the cascade sees the face in it: (left, top, side) pixels.
_SMILING = ((0, 300, 80, 360), (97, 66, 95))
_SERIOUS = ((0, 480, 30, 480), (125, 104, 224))


@dataclass(frozen=True, eq=False)
class Person:
    """picture: (H, W, 3) uint8 BGR.  face: the face's box in it, pixels."""

    picture: Rgb
    face: Box


@dataclass(frozen=True, eq=False)
class Shot:
    """One frame of a clip. picture: (H, W, 3) uint8 BGR.  faces: box of each person, in a fixed order."""

    picture: Rgb
    faces: tuple[Box, ...]


def people() -> tuple[Person, Person]:
    """Return the two portraits."""
    smiling = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        serious = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_COLOR)
    return _person(smiling, *_SMILING), _person(serious, *_SERIOUS)


def _person(picture: Rgb, cut: tuple[int, int, int, int], face: tuple[int, int, int]) -> Person:
    top, bottom, left, right = cut
    x, y, side = face
    return Person(picture[top:bottom, left:right], Box(x, y, x + side, y + side))


def moving_faces(count: int, frames: int, size: tuple[int, int] = (640, 480), seed: int = 0) -> list[Shot]:
    """Return a clip of `count` people on a grid, each swaying in place; size is (width, height), pixels."""
    rng = np.random.default_rng(seed)
    width, height = size
    columns = max(1, round(np.ceil(np.sqrt(count * width / height))))
    rows = max(1, -(-count // columns))
    cell = min(width / columns, height / rows)
    phases = rng.uniform(0, 2 * np.pi, (max(count, 1), 2))
    wall = _wall(size, rng)
    both = people()
    shots = []
    for number in range(frames):
        t = number / 30
        canvas, boxes = wall.copy(), []
        for index in range(count):
            row, column = divmod(index, columns)
            sway = np.sin(1.5 * t + phases[index]) * 0.06 * cell
            x, y = (column + 0.5) * width / columns + sway[0], (row + 0.5) * height / rows + sway[1]
            person = both[index % 2]
            # All faces have the same size, so that only their number changes the cost.
            side = 0.38 * cell
            boxes.append(paste(canvas, person, side, x, y))
        shots.append(Shot(_noisy(canvas, rng), tuple(boxes)))
    return shots


def crossing(frames: int = 90, size: tuple[int, int] = (640, 480), seed: int = 0) -> list[Shot]:
    """Return a clip of two people who walk past each other, the second one in front."""
    rng = np.random.default_rng(seed)
    wall, (first, second) = _wall(size, rng), people()
    width, height = size
    shots = []
    for number in range(frames):
        share = number / (frames - 1)
        canvas = wall.copy()
        back = paste(canvas, first, 90, width * (0.2 + 0.6 * share), height * 0.5)
        front = paste(canvas, second, 105, width * (0.8 - 0.6 * share), height * 0.55)
        shots.append(Shot(_noisy(canvas, rng), (back, front)))
    return shots


def appearing(frames: int = 60, at: int = 20, size: tuple[int, int] = (640, 480), seed: int = 0) -> list[Shot]:
    """Return a clip of one person, to whom a second one is added from frame `at` on."""
    rng = np.random.default_rng(seed)
    wall, (first, second) = _wall(size, rng), people()
    width, height = size
    shots = []
    for number in range(frames):
        canvas = wall.copy()
        boxes = [paste(canvas, first, 90, width * 0.3, height * 0.5)]
        if number >= at:
            boxes.append(paste(canvas, second, 100, width * 0.72, height * 0.5))
        shots.append(Shot(_noisy(canvas, rng), tuple(boxes)))
    return shots


def paste(canvas: Rgb, person: Person, side: float, x: float, y: float) -> Box:
    """Paint a person so that the face has this side and its middle is at (x, y); returns the face's box, pixels."""
    scale = side / person.face.width
    face_x, face_y = person.face.center
    matrix = np.array([[scale, 0, x - scale * face_x], [0, scale, y - scale * face_y]])
    size = (canvas.shape[1], canvas.shape[0])
    mask = cv2.warpAffine(np.full(person.picture.shape[:2], 255, np.uint8), matrix, size)
    painted = cv2.warpAffine(person.picture, matrix, size, flags=cv2.INTER_AREA)
    canvas[mask > 127] = painted[mask > 127]
    return Box.from_center(x, y, side, side)


def _wall(size: tuple[int, int], rng: np.random.Generator) -> Rgb:
    """Return a wall with soft stains: a plain one would be too easy to search."""
    coarse = rng.normal(120, 30, (size[1] // 16, size[0] // 16, 3)).clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _noisy(picture: Rgb, rng: np.random.Generator, deviation: float = 3.0) -> Rgb:
    """Add what a sensor adds."""
    return np.asarray((picture + rng.normal(0, deviation, picture.shape)).clip(0, 255), np.uint8)
