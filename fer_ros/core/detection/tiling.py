"""Where a convolutional detector looks: tiles of the picture at several scales, and a montage of known faces.

BlazeFace's short-range network finds faces of 25 to 124 pixels of its input, whatever the input's size. A picture is
shown to it at as many scales as its faces may have, in tiles, a few on each frame. Known faces are followed in one run
over a montage of their surroundings, which costs little.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np

from fer_ros.core.detection.detector import BLANK, Detector
from fer_ros.core.detection.resizing import resized
from fer_ros.core.detection.round_robin import RoundRobin
from fer_ros.core.detection.second_look import NEAR_REACH, NEAR_SIDE, is_seen_again, near_score
from fer_ros.core.geometry import Box
from fer_ros.core.types import Face, Gray

# The smallest face that the network finds as surely as larger ones, and how much coarser the next scale may be: on 120
# portraits 96 % at 26 pixels, 99 % at 31 to 89, 96 % at 127.
_FACE_SIDE, _SCALE_STEP = 24.7, 3.2
# The coarsest scale shows the picture at this side, with a border: a face that fills the picture, or is cut by its
# edge, is found in it.
_COARSEST, _BORDER = 104.0, 12
# Pixels of one tile, at most: about 5 ms on one core.
_TILE_AREA = 115_000
# Of all tiles of one scale together: on a larger picture a search costs no more, and misses its smallest faces.
_MOST_PIXELS = 1_000_000
# Neighbouring tiles share a face that is small on the next scale, with a margin: one that is cut by a tile's edge is
# whole in the other tile, or found on the next scale.
_SHARED = 1.2 * _FACE_SIDE
# The surroundings of a known face are a cell of the montage, of this side; in the cell the face has that side.
_CELL, _CELL_FACE = 64, 31.4
# From this side on the coarsest scale, pixels, a known face is followed there.
_LARGE_FACE = 42.8
_SAME = 0.4  # IoU of the two looks
# Boxes of one face differ by a tenth from look to look.
_SIZE_MARGIN = 1.1
SHRINK_MARGIN = 1.25
"""How many times smaller than the smallest looked for a known face may become: else it would come and go."""

Part = tuple[int, int, int, int, float]
"""left, top, right, bottom in pixels of the picture, and the factor by which it is made smaller."""


class ConvolutionalDetector(Detector, Protocol):
    """A detector whose network takes pictures of any size, and whose faces must have a certain size in them.

    min_score: mean score of all looks from which on a face is believed, 0 to 1.
    """

    min_score: float

    def look(self, gray: Gray, expected: bool = False) -> list[Face]:
        """Find the faces of a (H, W) picture, seen at its own size.

        Args:
            gray: (H, W) uint8.
            expected: the picture was cut out where faces were a moment ago.

        """
        ...


class Tiling:
    """Where a convolutional detector looks on one camera's pictures."""

    def __init__(self, detector: ConvolutionalDetector, min_face: float, period: float) -> None:
        """Look for faces from `min_face` pixels on. period: seconds in which the whole picture is searched once."""
        self._detector = detector
        self._turns = RoundRobin(period)
        self._min_face = min_face

    def find(self, gray: Gray, stamp: float, known: Sequence[Box]) -> list[Face]:
        """Search around the known faces, and the parts whose turn it is.

        A face may be found twice. Stamps must not go backwards; after `reset` they may.
        """
        faces = self.follow(gray, known)
        parts = self.parts(gray.shape[1], gray.shape[0])
        for turn in self._turns.take(stamp, len(parts)):
            faces += self._look(gray, parts[turn])
        return faces

    def follow(self, gray: Gray, known: Sequence[Box]) -> list[Face]:
        """Look for known faces where they are expected; other faces beside them may be found too."""
        coarsest = _coarsest(gray.shape[1], gray.shape[0])
        # The surroundings of a large face reach beyond the picture; the coarsest scale shows all of it.
        large = [box for box in known if max(box.width, box.height) * coarsest[4] >= _LARGE_FACE]
        small = [box for box in known if box not in large]
        faces = self._look(gray, coarsest, expected=True) if large else []
        faces += self._montage(gray, small) if small else []
        # Seldom: a face that the picture's edge cuts is seen from near only.
        lost = [box for box in small if not any(face.box.iou(box) > _SAME for face in faces)]
        return faces + [face for box in lost for face in self._look_near(gray, box)]

    def reset(self) -> None:
        """Search the whole picture next time, as after a jump of the clock."""
        self._turns.reset()

    def sees_again(self, gray: Gray, face: Face) -> bool:
        """Return whether a new face is seen again from nearer, and all looks together are sure of it."""
        return is_seen_again(self._detector, gray, face, self._detector.min_score)

    def near_score(self, gray: Gray, box: Box) -> float:
        """Return the score of a face at a place, looked at from near; 0 where none is seen there."""
        return near_score(self._detector, gray, Face(box, 1.0))

    def _look_near(self, gray: Gray, box: Box) -> list[Face]:
        cell = np.full((NEAR_SIDE, NEAR_SIDE), BLANK, np.uint8)
        left, top, factor = _fill(cell, gray, box, NEAR_SIDE / NEAR_REACH)
        seen = (face.scaled(1 / factor).moved(left, top) for face in self._detector.look(cell, expected=True))
        return [face for face in seen if face.box.iou(box) > _SAME]

    def parts(self, width: int, height: int) -> list[Part]:
        """Return the parts of a picture that are shown to the network, the coarsest scale first."""
        parts = [_coarsest(width, height)]
        finest = min(1.0, _FACE_SIDE / self._min_face, math.sqrt(_MOST_PIXELS / (width * height)))
        ratio = finest / parts[0][4]
        count = max(0, math.ceil(math.log(ratio, _SCALE_STEP) - 1e-9))
        # Evenly: the smaller the step to the next scale, the less must neighbouring tiles share.
        step = ratio ** (1 / max(1, count))
        for number in range(count):
            factor = finest / step**number
            parts += [(*strip, factor) for strip in _strips(width, height, factor, _SHARED * step)]
        return parts

    def _look(self, gray: Gray, part: Part, expected: bool = False) -> list[Face]:
        left, top, right, bottom, factor = part
        small = resized(gray[top:bottom, left:right], factor)
        # A border where the part ends with the picture: it may cut a face.
        height, width = gray.shape
        above, below = _BORDER * (top == 0), _BORDER * (bottom == height)
        before, behind = _BORDER * (left == 0), _BORDER * (right == width)
        small = np.pad(small, ((above, below), (before, behind)), constant_values=BLANK)
        found = self._detector.look(small, expected)
        faces = [face.moved(-before, -above).scaled(1 / factor).moved(left, top) for face in found]
        return [face for face in faces if face.box.width >= self._min_face / _SIZE_MARGIN]

    def _montage(self, gray: Gray, known: Sequence[Box]) -> list[Face]:
        """Find the known faces again in one run over a montage of their surroundings."""
        rows = max(1, round(math.sqrt(len(known))))
        columns = math.ceil(len(known) / rows)
        montage = np.full((rows * _CELL, columns * _CELL), BLANK, np.uint8)
        places: list[tuple[float, float, float]] = []
        for index, box in enumerate(known):
            row, column = divmod(index, columns)
            cell = montage[row * _CELL : (row + 1) * _CELL, column * _CELL : (column + 1) * _CELL]
            places.append(_fill(cell, gray, box, _CELL_FACE))
        found = []
        for face in self._detector.look(montage, expected=True):
            x, y = face.box.center
            row, column = int(y // _CELL), int(x // _CELL)
            index = row * columns + column
            if 0 <= row < rows and 0 <= column < columns and index < len(places):
                left, top, factor = places[index]
                here = face.moved(-column * _CELL, -row * _CELL).scaled(1 / factor).moved(left, top)
                if here.box.width >= self._min_face / SHRINK_MARGIN:
                    found.append(here)
        return found


def _coarsest(width: int, height: int) -> Part:
    return 0, 0, width, height, min(1.0, _COARSEST / max(width, height))


def _fill(cell: Gray, gray: Gray, box: Box, side: float) -> tuple[float, float, float]:
    """Draw a face, at this side, into the middle of a cell; returns its corner in the picture, and the factor."""
    height, width = gray.shape
    factor = side / max(box.width, box.height)
    length = len(cell)
    reach = length / factor / 2
    x, y = box.center
    left, top = max(0, round(x - reach)), max(0, round(y - reach))
    right, bottom = min(width, round(x + reach)), min(height, round(y + reach))
    if right - left < 2 or bottom - top < 2:
        return 0.0, 0.0, factor
    size = (min(length, max(1, round((right - left) * factor))), min(length, max(1, round((bottom - top) * factor))))
    area = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = cv2.resize(gray[top:bottom, left:right], size, interpolation=area)
    # Beyond the picture's edge it is gray, as where the whole picture is searched.
    across = length - size[0] if left == 0 and right < width else (length - size[0]) // 2 if left == 0 else 0
    down = length - size[1] if top == 0 and bottom < height else (length - size[1]) // 2 if top == 0 else 0
    border = (down, length - size[1] - down, across, length - size[0] - across)
    cell[:] = np.pad(small, (border[:2], border[2:]), constant_values=BLANK)
    return left - across / factor, top - down / factor, factor


def _strips(width: int, height: int, factor: float, shared: float) -> list[tuple[int, int, int, int]]:
    """Return (left, top, right, bottom) of overlapping strips across the longer side, each of a bounded area.

    shared: pixels of the made-smaller picture that neighbours share.
    """
    long, short = max(width, height) * factor, min(width, height) * factor
    count = 1
    while count < 64 and (long + (count - 1) * shared) / count * short > _TILE_AREA and long > 2 * shared * count:
        count += 1
    side = (max(width, height) + (count - 1) * shared / factor) / count
    starts = [round(number * (max(width, height) - side) / max(1, count - 1)) for number in range(count)]
    if width >= height:
        return [(start, 0, min(width, math.ceil(start + side)), height) for start in starts]
    return [(0, start, width, min(height, math.ceil(start + side))) for start in starts]
