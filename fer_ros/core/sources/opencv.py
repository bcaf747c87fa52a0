"""OpenCV as it is used for sources."""

from __future__ import annotations

import os

import cv2


def quiet_opencv() -> None:
    """Keep OpenCV and FFmpeg from printing lines of their own: what is wrong is said once, and by us."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # Older versions have it one module further up.
    getattr(cv2.utils, "logging", cv2).setLogLevel(0)
