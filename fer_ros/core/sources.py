"""Where pictures come from: a device, a video file, a folder of images or a URL, all through OpenCV."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
URL_TIMEOUT_MS = 5000
IMAGE_SUFFIXES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


class SourceError(OSError):
    """A source that cannot be opened; the message says what was expected."""


class Source:
    """Yields (H, W, 3) uint8 BGR pictures.

    live: a device or URL, which may vanish and come back; a file or folder ends.
    """

    def __init__(self, name: str, width: int = 0, height: int = 0) -> None:
        """Classify the source; raises SourceError for a file or folder that is not there or holds no pictures."""
        self.name = name
        self._size = (width, height)
        self._capture: cv2.VideoCapture | None = None
        self._files: list[Path] = []
        self._position = 0
        self._device = int(name) if name.isdigit() else name if name.startswith("/dev/") else None
        self.live = self._device is not None or "://" in name
        if self.live:
            _silence_opencv()
            return
        path = Path(name).expanduser()
        if path.is_dir():
            self._files = sorted(p for p in path.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
            if not self._files:
                raise SourceError(f"{path}: expected images ({', '.join(IMAGE_SUFFIXES)}), got a folder without any")
        elif not path.is_file():
            raise SourceError(f"source must be a device, a file, a folder or a URL, got {name!r}, which is none")
        elif not self.open():
            raise SourceError(f"{path}: expected a video, got a file that OpenCV cannot read")

    def open(self) -> bool:
        """Open from the start; returns whether that worked."""
        self._position = 0
        if self._files:
            return True
        self.close()
        capture = cv2.VideoCapture(self._device) if self._device is not None else self._stream()
        width, height = self._size
        if width and height:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        if self.live:
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        if not capture.isOpened():
            capture.release()
            return False
        self._capture = capture
        return True

    @property
    def rate(self) -> float:
        """Images a second that an open video file says of itself, 0 where it does not or there is none."""
        rate = self._capture.get(cv2.CAP_PROP_FPS) if self._capture is not None else 0.0
        return rate if rate > 0 else 0.0

    def _stream(self) -> cv2.VideoCapture:
        """Open a file or URL; a server that does not answer is given up after a while, or it could hang for ever."""
        if not self.live:
            return cv2.VideoCapture(self.name)
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, URL_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, URL_TIMEOUT_MS]
        return cv2.VideoCapture(self.name, cv2.CAP_ANY, timeouts)

    def read(self) -> Picture | None:
        """Return the next picture, or None at the end of a file or when a device has vanished."""
        if self._files:
            while self._position < len(self._files):
                picture = cv2.imread(str(self._files[self._position]), cv2.IMREAD_COLOR)
                self._position += 1
                if picture is not None:
                    return picture  # type: ignore[return-value]
            return None
        if self._capture is None:
            return None
        good, picture = self._capture.read()
        return picture if good else None  # type: ignore[return-value]

    def grab(self) -> bool:
        """Take a live source's next picture without decoding it yet; returns whether there was one."""
        return self._capture is not None and self._capture.grab()

    def retrieve(self) -> Picture | None:
        """Return the picture that was grabbed last, or None where it cannot be decoded."""
        if self._capture is None:
            return None
        good, picture = self._capture.retrieve()
        return picture if good else None  # type: ignore[return-value]

    def close(self) -> None:
        """Let go of the device or file."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _silence_opencv() -> None:
    """Keep OpenCV and FFmpeg from a line at each attempt to open what is not there; the node says it once."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # Older versions have it one module further up.
    getattr(cv2.utils, "logging", cv2).setLogLevel(0)
