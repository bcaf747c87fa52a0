"""Moving scenes of known faces, as frames with stamps."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from pictures import serious, smiling

from fer_ros.core.types import Frame


@lru_cache(maxsize=1)
def heads() -> list[np.ndarray]:
    """Return the two heads with shoulders, (H, W) uint8 gray."""
    both = smiling()[0:300, 80:360], serious()[0:480, 30:480]
    return [cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in both]


def scene(stamp: float, *people: tuple[int, float, float, float]) -> Frame:
    """Paint people, each (which head, height, x, y of its middle in pixels), the last one in front; 640x480."""
    canvas = np.full((480, 640), 90, np.uint8)
    for which, height, x, y in people:
        head = heads()[which]
        scale = height / head.shape[0]
        matrix = np.array([[scale, 0, x - scale * head.shape[1] / 2], [0, scale, y - height / 2]])
        mask = cv2.warpAffine(np.full(head.shape, 255, np.uint8), matrix, (640, 480))
        painted = cv2.warpAffine(head, matrix, (640, 480), flags=cv2.INTER_AREA)
        cv2.copyTo(painted, cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)[1], canvas)
    return Frame(canvas, stamp)
