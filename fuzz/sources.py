"""Targets of files that cameras and people make: containers of videos, pictures, and names."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fer_ros.core.paths import natural_key, without_password
from fer_ros.core.sources import PictureError, read_picture
from fer_ros.core.sources.containers import describe
from fuzz.promises import opens_only_inside, promise, refused
from fuzz.reader import Reader


def container(data: bytes, folder: Path) -> object:
    """The start of a video file, and the index of an MP4."""
    path = folder / "video"
    path.write_bytes(data)
    with opens_only_inside(folder):
        found = describe(path)
    promise(found.length is None or found.length >= 0, f"a length of {found.length} s")
    return found


def picture(data: bytes, folder: Path) -> object:
    """A picture's file of any format."""
    path = folder / "picture"
    path.write_bytes(data)
    with opens_only_inside(folder):
        try:
            read = read_picture(path)
        except PictureError as error:
            return refused(error)
    promise(read.ndim == 3 and read.shape[2] == 3 and read.dtype == np.uint8, f"{read.shape} {read.dtype}")
    return hashlib.blake2b(np.ascontiguousarray(read)).hexdigest()


def given_name(data: bytes, folder: Path) -> object:
    """A name that somebody gave: a URL whose password must not be shown, or a file that is to be sorted."""
    text = Reader(data).rest().decode("utf-8", "replace")
    secret = "".join(letter for letter in text if letter.isalnum()) or "s"
    shown = without_password(f"rtsp://{secret}:{secret}@robot/{text}")
    promise(shown.startswith("rtsp://...@"), f"{shown!r} is shown")
    return shown, natural_key(text.replace("/", "")[:99] or "a")


def pictures() -> tuple[bytes, ...]:
    """Return a small picture in several formats."""
    picture = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    forms: list[tuple[str, Any, list[int]]] = [
        (".png", picture, []), (".png", picture[..., 0], []), (".png", picture.astype(np.uint16) * 257, []),
        (".png", np.dstack([picture, picture[..., 0]]), []), (".png", picture[..., 0], [cv2.IMWRITE_PNG_BILEVEL, 1]),
        (".jpg", picture, []), (".jpg", picture[..., 0], []), (".jpg", picture, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]),
        (".jpg", picture, [cv2.IMWRITE_JPEG_RST_INTERVAL, 1]), (".bmp", picture, []), (".webp", picture, []),
    ]  # fmt: skip
    return tuple(cv2.imencode(suffix, array, options)[1].tobytes() for suffix, array, options in forms)


def _mp4_box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def videos() -> tuple[bytes, ...]:
    """The start of an AVI, of a raw stream, and an MP4's index with an edit list."""
    words = [number.to_bytes(4, "big") for number in (0, 1000, 400, 1, 12)]
    zero, scale, length, one, count = words
    track = [
        _mp4_box(b"edts", _mp4_box(b"elst", zero + one + length + zero + one)),
        _mp4_box(
            b"mdia",
            _mp4_box(b"mdhd", zero * 3 + scale + scale + zero)
            + _mp4_box(b"hdlr", zero * 2 + b"vide")
            + _mp4_box(b"minf", _mp4_box(b"stbl", _mp4_box(b"stsz", zero * 2 + count))),
        ),
    ]
    moov = _mp4_box(b"moov", _mp4_box(b"mvhd", zero * 3 + scale + length) + _mp4_box(b"trak", b"".join(track)))
    return (_mp4_box(b"ftyp", b"isom") + moov, b"RIFF\0\0\0\0AVI LIST", b"\0\0\0\1\x67", _mp4_box(b"ftyp", b"isom"))
