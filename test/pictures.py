"""Pictures of people that may be used: in the public domain, and parts of packages, so none lies in the repository."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import skimage.data
from matplotlib import cbook


@lru_cache(maxsize=1)
def _smiling() -> np.ndarray:
    return cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)


@lru_cache(maxsize=1)
def _serious() -> np.ndarray:
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        return cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_COLOR)


def smiling() -> np.ndarray:
    """Eileen Collins (NASA): (512, 512, 3) uint8 BGR; her face is a box of about 95 pixels at (225, 113)."""
    return _smiling().copy()


def serious() -> np.ndarray:
    """Grace Hopper (US Navy): (600, 512, 3) uint8 BGR; her face is a box of about 224 pixels at (267, 216)."""
    return _serious().copy()


def two_faces() -> np.ndarray:
    """Both side by side: (480, 640, 3) uint8 BGR; the faces are at about (106, 106) and (468, 167)."""
    return _two_faces().copy()


@lru_cache(maxsize=1)
def _two_faces() -> np.ndarray:
    canvas = np.full((480, 640, 3), 90, np.uint8)
    left = cv2.resize(smiling(), (480, 480))
    canvas[:, :300] = left[:, 105:405]
    canvas[:464, 300:640] = cv2.resize(serious(), (396, 464))[:, 28:368]
    return canvas
