"""Photographs of faces that may be used freely, from the wheels of scikit-image and Matplotlib."""

from __future__ import annotations

import cv2
import numpy as np
from matplotlib.cbook import get_sample_data
from matplotlib.image import imread

from fer_ros.core.types import Frame, Rgb

WIDTH, HEIGHT = 640, 480
"""Of a frame: the paper does not state its camera's, this is our assumption."""


def photographs() -> dict[str, Rgb]:
    """Return the photographs by name, each (H, W, 3) uint8 RGB.

    Eileen Collins (NASA, public domain) if scikit-image is installed, and Grace Hopper (US Navy, public domain).
    """
    found = {}
    try:
        from skimage.data import astronaut

        found["Eileen Collins"] = np.ascontiguousarray(astronaut())  # type: ignore[no-untyped-call]
    except ImportError:
        pass
    path = get_sample_data("grace_hopper.jpg", asfileobj=False)
    found["Grace Hopper"] = np.ascontiguousarray(imread(str(path)))
    return found


def frame(faces: int = 1) -> Frame:
    """Return a 640x480 frame with so many photographs side by side, repeated where they run out."""
    pictures = list(photographs().values())
    rgb = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    room = WIDTH // faces
    for i in range(faces):
        picture = pictures[i % len(pictures)]
        scale = min(room / picture.shape[1], HEIGHT / picture.shape[0])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = small.shape[:2]
        rgb[:height, i * room : i * room + width] = small
    return Frame.from_rgb(rgb)
