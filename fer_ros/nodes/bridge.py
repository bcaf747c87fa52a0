"""cv_bridge, where it is installed and works, for the rare encodings that core.images leaves to it."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from sensor_msgs.msg import Image


@cache
def _bridge() -> Any:
    """Return a CvBridge, or None where it is missing or fails (apt's is compiled against numpy 1)."""
    try:
        from cv_bridge import CvBridge
    except (ImportError, AttributeError):
        return None
    return CvBridge()


def bridge_to_rgb(message: Image) -> npt.NDArray[np.uint8] | None:
    """Return an image as (H, W, 3) uint8 RGB by cv_bridge, or None where it is not there or cannot read it."""
    bridge = _bridge()
    if bridge is None:
        return None
    from cv_bridge import CvBridgeError

    try:
        return np.asarray(bridge.imgmsg_to_cv2(message, "rgb8"))
    except (CvBridgeError, cv2.error, KeyError, RuntimeError, TypeError, ValueError):  # each release raises its own
        return None
