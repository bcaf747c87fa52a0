"""A V4L2 device or a URL: live pictures, and why there are none."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from fer_ros.core.decoder_warnings import damage, decoder_warnings
from fer_ros.core.paths import natural_key, without_password
from fer_ros.core.sources.opencv import quiet_opencv
from fer_ros.core.sources.types import Picture

URL_TIMEOUT_MS = 5000
_DEVICES, _NAMES = Path("/dev"), Path("/sys/class/video4linux")
# linux/videodev2.h: VIDIOC_QUERYCAP fills 104 bytes, VIDIOC_REQBUFS takes 20.
_QUERY_CAPABILITIES, _REQUEST_BUFFERS = 0x80685600, 0xC0145608
_CAPABILITIES_AT = 84  # in the answer: those of the hardware, then those of this device
_HAS_DEVICE_CAPABILITIES, _CAPTURES = 0x80000000, 0x00001001
_ONE_BUFFER = struct.pack("5I", 1, 1, 1, 0, 0)  # one, for capture, mapped into memory


@dataclass(frozen=True)
class CameraFormat:
    """What is asked of a device. width, height: pixels, 0: its own.  pixels: four letters, '': its own."""

    width: int = 0
    height: int = 0
    pixels: str = ""


def is_device(name: str) -> bool:
    """Return whether a source's name is that of a device: a number, or a path in /dev."""
    return name.isdigit() or name.startswith("/dev/")


class Camera:
    """A device or URL, which may vanish and come back.

    Attributes:
        name: as it may be shown: without a URL's password.
        damaged: pictures since the start that came with bytes missing, and were left out.

    """

    def __init__(self, name: str, wanted: CameraFormat | None = None) -> None:
        """Note it; `open` opens it. name: a number, a path in /dev, or a URL."""
        quiet_opencv()
        self.name = without_password(name)
        self.damaged = 0
        self._source = name
        self._device = None if "://" in name else _DEVICES / f"video{name}" if name.isdigit() else Path(name)
        self._wanted = wanted or CameraFormat()
        self._capture: cv2.VideoCapture | None = None

    def open(self) -> bool:
        """Open it; returns whether that worked."""
        self.close()
        capture = self._from_device() if self._device is not None else self._from_url()
        if not capture.isOpened():
            capture.release()
            return False
        self._capture = capture
        return True

    def _from_device(self) -> cv2.VideoCapture:
        capture = cv2.VideoCapture(int(self._source) if self._source.isdigit() else self._source)
        wanted = self._wanted
        if wanted.pixels:
            # Before the size: many devices have their large sizes in one format only.
            capture.set(cv2.CAP_PROP_FOURCC, _code(wanted.pixels))
        if wanted.width and wanted.height:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, wanted.width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, wanted.height)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return capture

    def _from_url(self) -> cv2.VideoCapture:
        """A server that does not answer is given up after a while, or it could hang for ever."""
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, URL_TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, URL_TIMEOUT_MS]
        capture = cv2.VideoCapture(self._source, cv2.CAP_ANY, timeouts)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return capture

    def why_not(self) -> str:
        """Say why it cannot be opened, as far as that can be known."""
        if self._device is None:
            return f"no video came within {URL_TIMEOUT_MS / 1000:g} s"
        return why_not(self._device)

    def refused(self) -> str:
        """Say which part of the format that was asked for the open device does not give, or ''."""
        if self._capture is None or self._device is None:
            return ""
        wanted, differs = self._wanted, []
        got = int(self._capture.get(cv2.CAP_PROP_FOURCC))
        if wanted.pixels and got != _code(wanted.pixels):
            differs.append(f"asked for {wanted.pixels}, got {_letters(got)}")
        size = [int(self._capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)]
        if wanted.width and wanted.height and size != [wanted.width, wanted.height]:
            differs.append(f"asked for {wanted.width}x{wanted.height}, got {size[0]}x{size[1]}")
        return "; ".join(differs)

    def grab(self) -> bool:
        """Take the next picture without decoding it yet; returns whether there was one."""
        return self._capture is not None and self._capture.grab()

    def retrieve(self) -> Picture | None:
        """Return the picture that was grabbed last, None where it cannot be decoded or has lost bytes."""
        if self._capture is None:
            return None
        with decoder_warnings() as warnings:
            good, picture = self._capture.retrieve()
        if damage(warnings):
            self.damaged += 1
            return None
        return np.asarray(picture, np.uint8) if good else None

    def close(self) -> None:
        """Let go of it."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _code(letters: str) -> int:
    return int.from_bytes(letters.encode("ascii"), "little")


def _letters(code: int) -> str:
    text = (code & 0xFFFFFFFF).to_bytes(4, "little").decode("ascii", "replace")
    return text if text.isprintable() else hex(code)


def why_not(device: Path) -> str:
    """Say why a V4L2 device cannot be opened: it is not there, not ours, in use, or no camera."""
    if not device.exists():
        return f"no such device; {existing_devices()}"
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            return (
                "no permission: add the user to the group video (sudo usermod -aG video USER) and log in again; in a "
                "container pass the device on"
            )
        return _busy() if error.errno == errno.EBUSY else f"{error.strerror}; {existing_devices()}"
    try:
        return _what_it_says(descriptor)
    finally:
        os.close(descriptor)


def _what_it_says(descriptor: int) -> str:
    """Ask an open device what it is, and for a buffer, which it has for one program only."""
    try:
        answer = fcntl.ioctl(descriptor, _QUERY_CAPABILITIES, bytes(104))
    except OSError:
        return f"not a video device; {existing_devices()}"
    hardware, own = struct.unpack_from("2I", answer, _CAPABILITIES_AT)
    if not (own if hardware & _HAS_DEVICE_CAPABILITIES else hardware) & _CAPTURES:
        return f"it gives no pictures (many cameras have a second device for other data); {existing_devices()}"
    try:
        fcntl.ioctl(descriptor, _REQUEST_BUFFERS, _ONE_BUFFER)
    except OSError as error:
        if error.errno == errno.EBUSY:
            return _busy()
        return f"it refuses to capture ({error.strerror})"
    return "OpenCV cannot use it, though it is there and free"


def _busy() -> str:
    return "it is busy: another program has it (fuser -v shows which)"


def existing_devices() -> str:
    """Name the video devices of this machine."""
    found = sorted(_DEVICES.glob("video*"), key=natural_key)
    if not found:
        return "this machine has none"
    return f"there are {', '.join(_named(path) for path in found)}"


def _named(path: Path) -> str:
    try:
        return f"{path} ({(_NAMES / path.name / 'name').read_text(encoding='utf-8', errors='replace').strip()})"
    except OSError:
        return str(path)
