"""A new face, looked at again from nearer: what looks like one at one place and scale rarely does at another."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np

from fer_ros.core.detection.detector import BLANK
from fer_ros.core.geometry import Box
from fer_ros.core.types import Face, Gray

NEAR_SIDE = 128
"""Side of the picture that is made of a face's surroundings, pixels."""
NEAR_REACH = 2.63
"""How many sides of the face it shows."""
# How many sides of the face each look shows, and whether mirrored. Where these four and the first let 97.9 % of the
# views of people pass, 15 of 962 views of textures do; the first two alone let 21 (docs/decisions/0012-strangers.md).
_LOOKS = ((NEAR_REACH, False), (1.9, True), (NEAR_REACH, True), (3.2, True))
_SAME = 0.4  # IoU of the face and what is seen again


class Network(Protocol):
    """What finds the faces of a picture of the size at which it works."""

    def look(self, gray: Gray, expected: bool = False) -> list[Face]:
        """Find the faces of a (H, W) uint8 picture; `expected` where one was seen a moment ago."""
        ...


def is_seen_again(network: Network, gray: Gray, face: Face, min_score: float) -> bool:
    """Return whether the first look at a face and the further ones, on the average, reach a score."""
    total = face.score
    for number, (reach, mirrored) in enumerate(_LOOKS, 1):
        total += near_score(network, gray, face, reach, mirrored)
        # The remaining looks score 1 at most.
        if total + len(_LOOKS) - number < min_score * (1 + len(_LOOKS)):
            return False
    return True


def near_score(network: Network, gray: Gray, face: Face, reach: float = NEAR_REACH, mirrored: bool = False) -> float:
    """Return the score of a face where one was seen, looked at from near with the head turned level.

    Args:
        network: that looks.
        gray: (H, W) uint8, the whole picture.
        face: the face, in pixels of the picture.
        reach: how many of its own sides the look shows.
        mirrored: whether left and right are exchanged.

    Returns:
        0 to 1; 0 where none is seen there.

    """
    view = level_view(gray, face, reach)
    side = NEAR_SIDE / reach
    there = Box.from_center(NEAR_SIDE / 2, NEAR_SIDE / 2, side, side)
    seen = network.look(np.ascontiguousarray(view[:, ::-1]) if mirrored else view, expected=True)
    return max((one.score for one in seen if one.box.iou(there) > _SAME), default=0.0)


def level_view(gray: Gray, face: Face, reach: float) -> Gray:
    """Return the surroundings of a face, (128, 128) uint8, so many of its sides wide, with the head turned level.

    What lies beyond the picture is gray.
    """
    extent = max(face.box.width, face.box.height) * reach
    factor = NEAR_SIDE / extent
    (x, y), turn = face.box.center, np.deg2rad(face.roll)
    left, top = 0, 0
    if factor < 1:
        # Made smaller by the mean of the pixels first, and no more of the picture than a turned view may show.
        half = extent * (abs(np.cos(turn)) + abs(np.sin(turn))) / 2 + 2 / factor
        left, top = max(0, int(x - half)), max(0, int(y - half))
        part = gray[top : max(top + 1, int(y + half)), left : max(left + 1, int(x + half))]
        size = (max(1, round(part.shape[1] * factor)), max(1, round(part.shape[0] * factor)))
        source = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        scale = np.array([size[0] / part.shape[1], size[1] / part.shape[0]])
    else:
        source, scale = gray, np.ones(2)
    # From the view's pixels to the source's. OpenCV counts from the middle of the first pixel, boxes from its edge.
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) / factor * scale[:, np.newaxis]
    middle = (np.array([x - left, y - top]) * scale) - 0.5
    matrix = np.column_stack([rotation, middle - rotation @ np.full(2, (NEAR_SIDE - 1) / 2)])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        source, matrix, (NEAR_SIDE, NEAR_SIDE), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=BLANK
    )  # type: ignore[return-value,call-overload]
