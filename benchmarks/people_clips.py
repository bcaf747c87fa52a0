"""Short clips of portraits: in the middle of the frame, off it, cut by an edge, tilted, dim, several at once."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from benchmarks.clips import moving_faces
from benchmarks.people_portraits import Portrait
from fer_ros.core.geometry import Box
from fer_ros.core.types import Gray

NOISE = 2.0
"""Deviation of the noise of every frame, gray levels."""
JITTER = 3.0
"""By how many pixels at most each person is off their place on a frame, to each side."""
CUT = 0.25
"""Share of the face that is outside of the frame where an edge cuts it."""
DIM = (0.5, 0.25)
"""Shares of the light that dim clips have; the noise stays."""
FRAMINGS = (1.0, 0.5, 0.33, 0.2, 0.15)
"""Longer sides of a portrait, as shares of the frame's height."""
SMALLER = (0.1, 0.07)
"""Further ones, which are reported only: the face is smaller than what the profiles look for."""
# Columns and rows for so many people.
_GRIDS = {1: (1, 1), 2: (2, 1), 4: (2, 2), 8: (4, 2)}
_WALLS = 4
_NOISES = 8


@dataclass(frozen=True)
class Case:
    """How people are shown. what: for tables.  share: a portrait's longer side in shares of the frame's height.

    tilt: of the head in the picture's plane, degrees, to either side.  place: 'middle', 'off' (anywhere in the frame)
    or 'cut' by an edge.  light: share of it.  people: at once.
    """

    what: str
    share: float
    tilt: float = 0.0
    place: str = "middle"
    light: float = 1.0
    people: int = 1

    @property
    def name(self) -> str:
        """What tells it from all others."""
        return f"{self.what}, {100 * self.share:.0f} %"


CASES = (
    *(Case("upright", share) for share in (*FRAMINGS, *SMALLER)),
    *(Case("off the middle", share, place="off") for share in FRAMINGS),
    *(Case("cut by an edge", share, place="cut") for share in FRAMINGS),
    *(Case("tilted by 15", share, 15.0) for share in (1.0, 0.33, 0.15)),
    *(Case(f"tilted by {tilt}", share, float(tilt)) for tilt in (30, 45) for share in FRAMINGS),
    *(Case(f"tilted by {tilt}", share, float(tilt)) for tilt in (60, 90) for share in (0.5, 0.2)),
    *(Case(f"{100 * light:.0f} % of the light", 0.33, light=light) for light in DIM),
    Case("two at once", 0.5, people=2),
    Case("four at once", 0.33, people=4),
    Case("eight at once", 0.33, people=8),
    Case("eight at once", 0.2, people=8),
)


@dataclass(frozen=True)
class Placement:
    """Where a portrait is in a frame. x, y: of its middle, pixels.  scale: of its pixels.  tilt: clockwise, degrees."""

    x: float
    y: float
    scale: float
    tilt: float = 0.0

    def moved(self, dx: float, dy: float) -> Placement:
        """Return the placement shifted by (dx, dy) pixels."""
        return Placement(self.x + dx, self.y + dy, self.scale, self.tilt)

    def mapped(self, box: Box, picture: Gray) -> Box:
        """Return where a box of the portrait is in the frame, pixels; it turns with the head, its sides stay level."""
        x, y = _turned(*_offset(box, picture), self)
        return Box.from_center(self.x + x, self.y + y, box.width * self.scale, box.height * self.scale)


@dataclass(frozen=True, eq=False)
class Scene:
    """One frame of a clip. picture: (H, W) uint8.  faces: each person's box, pixels.  others: further faces' boxes."""

    picture: Gray
    faces: tuple[Box, ...]
    others: tuple[Box, ...] = ()


def seeded(*words: str) -> np.random.Generator:
    """Return random numbers that depend on these words alone."""
    return np.random.default_rng(zlib.crc32("|".join(words).encode()))


def place(portrait: Portrait, case: Case, size: tuple[int, int], cell: int, rng: np.random.Generator) -> Placement:
    """Choose a portrait's place.

    Args:
        portrait: to be placed.
        case: how it is shown.
        size: (width, height) of the frame, pixels.
        cell: number of its part of the frame, where several people are shown.
        rng: for what the case leaves open.

    Raises:
        ValueError: the case's place or number of people is unknown.

    """
    if case.people not in _GRIDS or case.place not in ("middle", "off", "cut"):
        raise ValueError(f"expected one of {tuple(_GRIDS)} people, in the middle, off or cut, got {case}")
    (width, height), (columns, rows) = size, _GRIDS[case.people]
    rows_, columns_ = portrait.picture.shape
    scale = case.share * height / max(rows_, columns_)
    placement = Placement(
        (cell % columns + 0.5) * width / columns,
        (cell // columns + 0.5) * height / rows,
        scale,
        case.tilt * float(rng.choice((-1, 1))),
    )
    if case.place == "off":
        free_x, free_y = max(0.0, width - columns_ * scale) / 2, max(0.0, height - rows_ * scale) / 2
        return placement.moved(rng.uniform(-free_x, free_x), rng.uniform(-free_y, free_y))
    if case.place == "cut":
        return placement.moved(*_to_edge(placement.mapped(portrait.face, portrait.picture), size, rng))
    return placement


def _to_edge(face: Box, size: tuple[int, int], rng: np.random.Generator) -> tuple[float, float]:
    """Return by how much a face must move for CUT of it to be outside, at any of the four edges."""
    out_x, out_y = CUT * face.width, CUT * face.height
    moves = (
        (-out_x - face.left, 0.0),
        (size[0] + out_x - face.right, 0.0),
        (0.0, -out_y - face.top),
        (0.0, size[1] + out_y - face.bottom),
    )
    return moves[rng.integers(len(moves))]


def clip(portraits: Sequence[Portrait], case: Case, frames: int, size: tuple[int, int]) -> Iterator[Scene]:
    """Yield the frames of a clip, always the same for the same people and case.

    Args:
        portraits: at most as many as the case shows at once.
        case: how they are shown.
        frames: of the clip.
        size: (width, height), pixels.

    """
    rng = seeded(case.name, *(portrait.name for portrait in portraits))
    placements = [place(portrait, case, size, cell, rng) for cell, portrait in enumerate(portraits)]
    pictures = [_resized(portrait.picture, at.scale) for portrait, at in zip(portraits, placements, strict=True)]
    background = wall(size, int(rng.integers(_WALLS)))
    for _ in range(frames):
        canvas, faces, others = background.copy(), [], []
        for portrait, still, picture in zip(portraits, placements, pictures, strict=True):
            at = still.moved(*rng.uniform(-JITTER, JITTER, 2))
            paint(canvas, picture, at)
            faces.append(at.mapped(portrait.face, portrait.picture))
            others += [at.mapped(box, portrait.picture) for box in portrait.others]
        yield Scene(with_noise(canvas, case.light, rng), tuple(faces), tuple(others))


def paint(canvas: Gray, picture: Gray, at: Placement) -> None:
    """Paint a portrait on a canvas. picture: (h, w) uint8, at its size in the frame already."""
    height, width = picture.shape
    reach = math.hypot(height, width) / 2 + 2
    x0, y0 = max(0, int(at.x - reach)), max(0, int(at.y - reach))
    x1, y1 = min(canvas.shape[1], int(at.x + reach) + 1), min(canvas.shape[0], int(at.y + reach) + 1)
    if x1 <= x0 or y1 <= y0:
        return
    cos, sin = math.cos(math.radians(at.tilt)), math.sin(math.radians(at.tilt))
    # OpenCV counts from the middle of the first pixel, boxes from its edge.
    x, y, left, top = width / 2 - 0.5, height / 2 - 0.5, at.x - 0.5 - x0, at.y - 0.5 - y0
    matrix = np.array([[cos, -sin, left - cos * x + sin * y], [sin, cos, top - sin * x - cos * y]])
    part = (x1 - x0, y1 - y0)
    colour = cv2.warpAffine(picture, matrix, part, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(np.full(picture.shape, 255, np.uint8), matrix, part)
    below = canvas[y0:y1, x0:x1]
    opaque = alpha == 255
    below[opaque] = colour[opaque]
    edge = (alpha > 0) & ~opaque
    share = alpha[edge] / np.float32(255)
    below[edge] = (below[edge] + share * (colour[edge].astype(np.float32) - below[edge])).astype(np.uint8)


def with_noise(picture: Gray, light: float, rng: np.random.Generator) -> Gray:
    """Return the picture with this share of its light, and with NOISE."""
    if light != 1:
        picture = np.clip(picture * light, 0, 255).astype(np.uint8)
    noises = _noises(picture.shape[0], picture.shape[1])
    noise = noises[rng.integers(len(noises))]
    dy, dx = rng.integers(0, noise.shape[0] - picture.shape[0]), rng.integers(0, noise.shape[1] - picture.shape[1])
    part = noise[dy : dy + picture.shape[0], dx : dx + picture.shape[1]]
    return np.asarray(cv2.add(picture, part, dtype=cv2.CV_8U), np.uint8)


@lru_cache(maxsize=2)
def _noises(height: int, width: int) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int16]], ...]:
    """Return a few noise pictures, larger than a frame, so that each use is another part of one."""
    rng, shape = np.random.default_rng(0), (height + 64, width + 64)
    return tuple(np.rint(rng.normal(0, NOISE, shape)).astype(np.int16) for _ in range(_NOISES))


@lru_cache(maxsize=8)
def wall(size: tuple[int, int], number: int) -> Gray:
    """Return a (height, width) uint8 stained wall without people."""
    (shot,) = moving_faces(0, 1, size, seed=number)
    return np.asarray(cv2.cvtColor(shot.picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _resized(picture: Gray, scale: float) -> Gray:
    shape = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    return np.asarray(
        cv2.resize(picture, shape, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8
    )


def _offset(box: Box, picture: Gray) -> tuple[float, float]:
    """Return where a box's middle is from the portrait's, pixels of the portrait."""
    return box.center[0] - picture.shape[1] / 2, box.center[1] - picture.shape[0] / 2


def _turned(x: float, y: float, at: Placement) -> tuple[float, float]:
    cos, sin = at.scale * math.cos(math.radians(at.tilt)), at.scale * math.sin(math.radians(at.tilt))
    return cos * x - sin * y, sin * x + cos * y
