"""A gray picture made larger or smaller, as every search does it."""

from __future__ import annotations

import cv2

from fer_ros.core.types import Gray


def resized(gray: Gray, factor: float) -> Gray:
    """Return a picture made larger or smaller by a factor; the picture itself for 1."""
    if factor == 1.0:
        return gray
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return cv2.resize(gray, None, fx=factor, fy=factor, interpolation=interpolation)  # type: ignore[return-value]
