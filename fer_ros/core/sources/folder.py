"""A folder of pictures, or one picture: what OpenCV or Pillow reads, at an even rate, and what neither can."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from fer_ros.core.decoder_warnings import damage, decoder_warnings
from fer_ros.core.images import MAX_PIXELS, ImageError, check_claims
from fer_ros.core.paths import is_litter, natural_key, user_path
from fer_ros.core.sources.opencv import quiet_opencv
from fer_ros.core.sources.types import Picture, SourceError, TimedPicture, first_names

IMAGE_SUFFIXES = (
    ".avif", ".bmp", ".dib", ".exr", ".gif", ".hdr", ".heic", ".heif", ".ico", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg",
    ".jxl", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".ras", ".tga", ".tif", ".tiff", ".webp",
)  # fmt: skip
"""What a picture's name ends in. Whether it can be read is another matter, which is told for each."""
_MANY_IN_ONE = (".avif", ".gif", ".tif", ".tiff", ".webp")
_STREAMS = (".mjpeg", ".mjpg")  # begin as a JPEG does, and are a video
_DEFAULT_RATE = 30.0
_PILLOW_ERRORS = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, OverflowError, MemoryError,
    AttributeError, struct.error, RuntimeError,
)  # fmt: skip


class PictureError(ValueError):
    """A picture that cannot be read; the message says why."""


def read_picture(path: Path, gray: bool = False) -> Picture:
    """Read a picture of any format that OpenCV or, where it is installed, Pillow knows; turned as its EXIF says.

    Args:
        path: of the file.
        gray: leave the colours out, as OpenCV's decoders do where they can.

    Returns:
        (H, W, 3) uint8 BGR, or (H, W) uint8 gray.

    Raises:
        PictureError: it is empty, damaged, too large, or of a format that neither knows.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PictureError(error.strerror or str(error)) from None
    if not data:
        raise PictureError("empty")
    try:
        check_claims(data)
        with decoder_warnings() as warnings:
            picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE if gray else cv2.IMREAD_COLOR)
    except ImageError as error:
        raise PictureError(str(error)) from None
    except cv2.error as error:
        raise PictureError(str(error.err)) from None
    if picture is None:
        return _by_pillow(data, gray)
    if lost := damage(warnings):
        raise PictureError(f"damaged: {lost}")
    return np.asarray(picture, np.uint8)


def _by_pillow(data: bytes, gray: bool) -> Picture:
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError
    except ModuleNotFoundError:
        raise PictureError(_unknown(data, "OpenCV cannot read it, and Pillow is not installed")) from None
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PictureError(f"at most {MAX_PIXELS} pixels are read, got {image.width}x{image.height}")
            upright = ImageOps.exif_transpose(image)
            if gray:
                return np.array(upright.convert("L"), np.uint8)
            rgb = np.asarray(upright.convert("RGB"), np.uint8)
    except UnidentifiedImageError:
        raise PictureError(_unknown(data, "neither OpenCV nor Pillow can read it")) from None
    except (*_PILLOW_ERRORS, Image.DecompressionBombError) as error:
        raise PictureError(f"damaged, or of an unknown kind: {error}") from None
    return np.ascontiguousarray(rgb[..., ::-1])


def _unknown(data: bytes, otherwise: str) -> str:
    """Name the formats that people have and neither library knows."""
    if data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return "HEIC, which is not read: convert it to JPEG"
    if data[:2] == b"\xff\x0a" or data[4:8] == b"JXL ":
        return "JPEG XL, which is not read: convert it to JPEG"
    return otherwise


class ImageFolder:
    """The pictures of a folder in the order of their names, or one picture; see `Recorded`.

    A picture that cannot be read leaves its gap: those behind it keep their times.
    """

    timed = False

    def __init__(self, path: str | Path, rate: float | None = None) -> None:
        """List the folder.

        Args:
            path: a folder, or one picture.
            rate: pictures a second; 30 where it is not given.

        Raises:
            SourceError: there is no picture.

        """
        quiet_opencv()
        self.name = str(path)
        self.rate = rate or _DEFAULT_RATE
        self._assumed = rate is None
        folder = user_path(path)
        entries = [folder]
        if folder.is_dir():
            entries = sorted((entry for entry in folder.iterdir() if not is_litter(entry)), key=natural_key)
        self._files = [entry for entry in entries if entry.is_file() and is_picture(entry)]
        others = [entry for entry in entries if entry not in set(self._files)]
        self._others = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in others]
        self._unread: list[str] = []
        self._of_many: list[str] = []
        if not self._files:
            held = f"one that holds {first_names(self._others)}" if self._others else "an empty one"
            raise SourceError(f"{self.name}: expected images in this folder, got {held}")

    @property
    def count(self) -> int:
        """Pictures to expect, those included that cannot be read."""
        return len(self._files)

    def pictures(self) -> Iterator[TimedPicture]:
        """Yield the pictures that can be read, each at the time of its place."""
        self._unread, self._of_many = [], []
        for number, path in enumerate(self._files):
            try:
                picture = read_picture(path)
            except PictureError as error:
                self._unread.append(f"{path.name} ({error})")
                continue
            if pictures_in(path) > 1:
                self._of_many.append(path.name)
            yield TimedPicture(picture, number / self.rate, path.name)

    def problems(self) -> list[str]:
        """Return which pictures could not be read, in one line."""
        if not self._unread:
            return []
        return [
            f"{self.name}: {len(self._unread)} of {len(self._files)} pictures could not be read: "
            f"{first_names(self._unread)}"
        ]

    def notes(self) -> list[str]:
        """Return what else lies in the folder, and which rate was assumed."""
        lines = [f"{self.name}: {self.rate:g} pictures a second are assumed"] if self._assumed else []
        if self._others:
            lines.append(f"{self.name}: {len(self._others)} that are no pictures: {first_names(self._others)}")
        if self._of_many:
            lines.append(f"{self.name}: of {first_names(self._of_many)} the first picture is read; it holds several")
        return lines

    def close(self) -> None:
        """Do nothing: each file is open only while it is read."""


def is_picture(path: Path) -> bool:
    """Return whether a file's name or its first bytes are those of a picture."""
    suffix = path.suffix.lower()
    if suffix in IMAGE_SUFFIXES or suffix in _STREAMS:
        return suffix in IMAGE_SUFFIXES
    try:
        return bool(cv2.haveImageReader(str(path)))
    except cv2.error:
        return False


def pictures_in(path: Path) -> int:
    """Return how many pictures a file of a format that can hold several has, 1 for any other."""
    if path.suffix.lower() not in _MANY_IN_ONE:
        return 1
    try:
        with decoder_warnings():
            return max(1, cv2.imcount(str(path)))
    except cv2.error:
        return 1
