"""Labelled portraits, and where the face is in each: the box that several detectors agree on.

The portraits come without boxes. Each is laid in the middle of a gray picture of twice its size, upright, and searched
by two Haar cascades and both BlazeFace networks. Boxes that overlap are one face, its box is their median, and the face
that most detectors see is the portrait's. Where none of them sees one near the middle, the middle of the portrait is
taken. So a person whom every detector misses still counts as one who is to be found.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from fer_ros.core.detection.detector import Detector, DetectorConfig
from fer_ros.core.detection.factory import make_detector
from fer_ros.core.emotions import canonical
from fer_ros.core.geometry import Box
from fer_ros.core.types import Gray

# Side of the picture in which a portrait is searched, of the portrait in it, of the smallest face in it; pixels.
_CANVAS, _ON_CANVAS, _SMALLEST = 480, 240, 60
_GRAY = 110
_DETECTORS = (
    DetectorConfig(),
    DetectorConfig(cascade="haarcascade_frontalface_alt2"),
    DetectorConfig(kind="blazeface_short"),
    DetectorConfig(kind="blazeface_full"),
)
# Boxes that overlap by more than this (IoU) show the same face.
_SAME = 0.3
# How far a face's middle may be from the portrait's, in shares of the portrait's sides, if one detector alone sees it.
_NEAR = 0.2
# Side of the face in a portrait in which no detector sees one, as a share of the shorter side; the median of others.
_USUAL = 1.0


@dataclass(frozen=True, eq=False)
class Portrait:
    """A picture of one person.

    name: of the file.  expression: one of EMOTIONS.  picture: (H, W) uint8 gray.  face: where the face is, pixels.
    others: further faces in the picture.  agreeing: how many detectors see the face there.
    """

    name: str
    expression: str
    picture: Gray
    face: Box
    others: tuple[Box, ...] = ()
    agreeing: int = 0


def read_labels(folder: Path) -> list[tuple[str, str]]:
    """Read labels.csv of a folder of portraits.

    Returns:
        Name and expression of each portrait, in the file's order.

    Raises:
        FileNotFoundError: there is no labels.csv.
        ValueError: it has other columns, no rows, or an expression that no data set knows.

    """
    path = folder / "labels.csv"
    if not path.is_file():
        raise FileNotFoundError(f"expected labels.csv (file, expression) in {folder}, got none: name another folder")
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if not {"file", "expression"} <= set(reader.fieldnames or ()):
            raise ValueError(f"{path}: expected the columns file and expression, got {reader.fieldnames}")
        rows = [(row["file"], canonical(row["expression"])) for row in reader]
    if not rows:
        raise ValueError(f"{path}: expected at least one portrait, got none")
    return rows


def choose(rows: Sequence[tuple[str, str]], number: int, seed: int = 0) -> list[tuple[str, str]]:
    """Choose so many portraits at random, in a random order; all of them if there are not more."""
    order = np.random.default_rng(seed).permutation(len(rows))
    return [rows[i] for i in order[:number]]


@lru_cache(maxsize=64)
def read_portrait(path: Path, expression: str) -> Portrait:
    """Read a portrait and look for its face. Raises ValueError for a file that is no picture."""
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise ValueError(f"{path}: expected a picture, got none that OpenCV can read")
    gray = np.asarray(picture, np.uint8)
    face, others, agreeing = locate(gray)
    return Portrait(path.name, expression, gray, face, others, agreeing)


def locate(picture: Gray) -> tuple[Box, tuple[Box, ...], int]:
    """Find the face of a portrait, as described at the top of this module.

    Args:
        picture: (H, W) uint8.

    Returns:
        The face's box and those of other faces that two detectors or more see, in pixels; how many see the first.

    """
    height, width = picture.shape
    seen = agreed(_boxes(picture))
    near = [
        (box, votes)
        for box, votes in seen
        if votes > 1 or (abs(box.center[0] / width - 0.5) < _NEAR and abs(box.center[1] / height - 0.5) < _NEAR)
    ]
    if not near:
        side = _USUAL * min(height, width)
        return Box.from_center(width / 2, height / 2, side, side), (), 0
    best, votes = max(near, key=lambda item: (item[1], item[0].area))
    return best, tuple(box for box, number in seen if box is not best and number > 1), votes


def agreed(boxes: Sequence[Sequence[Box]]) -> list[tuple[Box, int]]:
    """Join the boxes of several detectors: the median box of each face, and how many detectors see it."""
    groups: list[dict[int, Box]] = []
    for number, found in enumerate(boxes):
        for box in found:
            group = next((g for g in groups if any(box.iou(other) > _SAME for other in g.values())), None)
            if group is None:
                groups.append({number: box})
            else:
                group.setdefault(number, box)
    return [(Box(*np.median([b.as_tuple() for b in g.values()], axis=0).tolist()), len(g)) for g in groups]


def _boxes(picture: Gray) -> list[list[Box]]:
    """Return what each detector finds, in pixels of the portrait."""
    height, width = picture.shape
    factor = _ON_CANVAS / max(height, width)
    small = np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    left, top = (_CANVAS - small.shape[1]) // 2, (_CANVAS - small.shape[0]) // 2
    canvas = np.full((_CANVAS, _CANVAS), _GRAY, np.uint8)
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return [
        [face.moved(-left, -top).scaled(1 / factor).box for face in detector.detect(canvas, _SMALLEST)]
        for detector in _detectors()
    ]


@lru_cache(maxsize=1)
def _detectors() -> tuple[Detector, ...]:
    return tuple(make_detector(config) for config in _DETECTORS)
