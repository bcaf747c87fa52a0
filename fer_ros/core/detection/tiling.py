"""A detector with a small input on a larger picture: tiles to find small faces, one montage to follow known ones.

BlazeFace sees the picture at 192 or 128 pixels, where a face of 60 pixels of a 640x480 image is too small. Tiles show
every face at a size that it is sure of; a montage of the surroundings of known faces costs a ninth of a look at the
whole picture for each, and one run for up to nine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np

from fer_ros.core.detection.detector import Detector
from fer_ros.core.detection.round_robin import RoundRobin
from fer_ros.core.types import Box, Face, Gray

# Sides of a face in the network's input, pixels: the smallest in tiles, and the smallest in the whole picture.
_TILE_SIDE, _WHOLE_SIDE = 24.0, 30.0
_MOST_TILES = 8
# The surroundings of a known face, in its sides, are a cell of the montage; in the cell the face has this side.
_REACH, _CELL_FACE = 1.9, 33.0
# Boxes of one face differ by a tenth from look to look.
_SIZE_MARGIN = 1.1
SHRINK_MARGIN = 1.25
"""How many times smaller than the smallest looked for a known face may become: else it would come and go."""


class SmallInputDetector(Detector, Protocol):
    """A detector that brings every picture to at most `input_side` pixels a side."""

    input_side: int

    def look(self, gray: Gray, expected: bool = False) -> list[Face]:
        """Find the faces of a (H, W) picture of at most `input_side` pixels a side, seen at its own size.

        expected: the picture was cut out where faces were a moment ago.
        """
        ...


class Tiling:
    """Where a detector with a small input looks on one camera's pictures."""

    def __init__(self, detector: SmallInputDetector, min_face: float, period: float) -> None:
        """Look for faces from `min_face` pixels on. period: seconds in which the whole picture is searched once."""
        self._detector = detector
        self._turns = RoundRobin(period)
        self._min_face = min_face
        self._cells = max(1, int(detector.input_side / (_REACH * _CELL_FACE)))

    def find(self, gray: Gray, stamp: float, known: Sequence[Box]) -> list[Face]:
        """Search around the known faces, and the parts whose turn it is.

        The parts are the whole picture, and tiles of it where the smallest face would be too small for that. Where
        nobody is known, the whole picture is searched every time. A face may be found twice. Stamps must not go
        backwards; after `reset` they may.
        """
        tiles = self._tiles(gray.shape[1], gray.shape[0])
        turns = self._turns.take(stamp, 1 + len(tiles))
        faces = self._detector.detect(gray, self._min_face / _SIZE_MARGIN) if 0 in turns or not known else []
        per_run = self._cells**2
        for start in range(0, len(known), per_run):
            faces += self._follow(gray, known[start : start + per_run])
        for left, top, right, bottom in (tiles[turn - 1] for turn in turns if turn > 0):
            part = np.ascontiguousarray(gray[top:bottom, left:right])
            faces += [face.moved(left, top) for face in self._detector.detect(part, self._min_face / _SIZE_MARGIN)]
        return faces

    def reset(self) -> None:
        """Search the whole picture next time, as after a jump of the clock."""
        self._turns.reset()

    def _tiles(self, width: int, height: int) -> list[tuple[int, int, int, int]]:
        """Return (left, top, right, bottom) of overlapping tiles; none where the whole picture is as good."""
        side = round(self._detector.input_side * self._min_face / _TILE_SIDE)
        # A face that is cut by one tile's edge, and too small for the whole picture, is whole in the next tile.
        widest = round(_WHOLE_SIDE * max(width, height) / self._detector.input_side)
        while max(width, height) > side:
            tops, lefts = (_starts(length, side, min(side // 2, widest)) for length in (height, width))
            if len(tops) * len(lefts) <= _MOST_TILES:
                return [(x, y, min(x + side, width), min(y + side, height)) for y in tops for x in lefts]
            # On a larger picture larger tiles, so that a search costs no more; its smallest faces are then missed.
            side = round(1.1 * side)
        return []

    def _follow(self, gray: Gray, known: Sequence[Box]) -> list[Face]:
        """Find the known faces again in one run over a montage of their surroundings."""
        cell = self._detector.input_side // self._cells
        rows = math.ceil(len(known) / self._cells)
        columns = math.ceil(len(known) / rows)
        montage = np.zeros((rows * cell, columns * cell), np.uint8)
        places = []
        for index, box in enumerate(known):
            row, column = divmod(index, columns)
            factor = cell / (_REACH * max(box.width, box.height))
            x, y = box.center
            # From the picture's pixels to the cell's: the face's middle comes to the cell's.
            matrix = np.array([[factor, 0, cell / 2 - factor * x], [0, factor, cell / 2 - factor * y]])
            target = montage[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
            target[:] = cv2.warpAffine(gray, matrix, (cell, cell), borderMode=cv2.BORDER_REPLICATE)
            places.append((column * cell, row * cell, factor, x, y))
        found = []
        for face in self._detector.look(montage, expected=True):
            x, y = face.box.center
            row, column = int(y // cell), int(x // cell)
            index = row * columns + column
            if 0 <= row < rows and 0 <= column < columns and index < len(places):
                left, top, factor, middle_x, middle_y = places[index]
                moved = face.moved(-left - cell / 2, -top - cell / 2).scaled(1 / factor).moved(middle_x, middle_y)
                if moved.box.width >= self._min_face / SHRINK_MARGIN:
                    found.append(moved)
        return found


def _starts(length: int, side: int, overlap: int) -> list[int]:
    """Return where tiles begin along one side of the picture, evenly spread."""
    if length <= side:
        return [0]
    count = math.ceil((length - overlap) / (side - overlap))
    return [round(number * (length - side) / (count - 1)) for number in range(count)]
