"""Small video files with timing of any kind, made here: OpenCV's own writer knows constant rates only."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

SIZE = (64, 48)  # pixels: width, height
PHONE = (0.0, 0.033, 0.067, 0.100, 0.150, 0.250, 0.350, 0.450, 0.483, 0.517, 1.517, 1.550)
"""Seconds of a variable rate, as of a phone in bad light: 30 images a second, then 10, a second of nothing, and 30."""


def numbered(count: int, step: int = 10) -> list[np.ndarray]:
    """Return pictures that `number_of` knows again, whatever a codec did to them."""
    return [np.full((*SIZE[::-1], 3), step * number, np.uint8) for number in range(count)]


def number_of(picture: np.ndarray, step: int = 10) -> int:
    """Return which of `numbered` a decoded picture was."""
    return round(float(np.mean(picture)) / step)


def write_video(path: Path, pictures: Sequence[np.ndarray], rate: float, codec: str = "MJPG") -> Path:
    """Write a video of constant rate by OpenCV; the ending of the path is the container."""
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), rate, (width, height))
    assert writer.isOpened()
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path


def cut_after(path: Path, count: int) -> Path:
    """Cut a file of JPEG pictures off behind so many of them, in the middle of the next one."""
    content = path.read_bytes()
    at = -1
    for _ in range(count + 1):
        at = content.index(b"\xff\xd8\xff", at + 1)
    path.write_bytes(content[: at + 100])
    return path


def _element(identity: str, content: bytes) -> bytes:
    """Return an element of EBML (RFC 8794): identity, length in eight bytes, content."""
    return bytes.fromhex(identity) + (0x01 << 56 | len(content)).to_bytes(8, "big") + content


def _number(identity: str, value: int) -> bytes:
    return _element(identity, value.to_bytes(8, "big"))


def matroska(
    pictures: Sequence[np.ndarray], times: Sequence[float], rate: float = 0.0, length: float | None = None
) -> bytes:
    """Return a Matroska file (RFC 9559) of JPEG pictures that stand at these seconds, in milliseconds.

    rate: images a second that its header claims, 0: none.  length: seconds that it claims, None: up to the last time.
    """
    height, width = pictures[0].shape[:2]
    head = _element("1a45dfa3", _element("4282", b"matroska") + _number("4287", 4) + _number("4285", 2))
    seconds = times[-1] if length is None else length
    info = _number("2ad7b1", 1_000_000) + _element("4489", struct.pack(">d", 1000 * seconds))
    video = _number("b0", width) + _number("ba", height)
    track = _number("d7", 1) + _number("73c5", 1) + _number("83", 1) + _element("86", b"V_MJPEG")
    track += _number("23e383", round(1e9 / rate)) if rate else b""
    tracks = _element("1654ae6b", _element("ae", track + _element("e0", video)))
    clusters = b""
    for picture, time in zip(pictures, times, strict=True):
        jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
        block = _element("a3", b"\x81\0\0\x80" + jpeg)  # track 1, at the cluster's own time, a key frame
        clusters += _element("1f43b675", _number("e7", round(1000 * time)) + block)
    return head + _element("18538067", _element("1549a966", info) + tracks + clusters)


def write_matroska(path: Path, pictures: Sequence[np.ndarray], times: Sequence[float], **claims: float) -> Path:
    """Write what `matroska` returns."""
    path.write_bytes(matroska(pictures, times, **claims))
    return path


def retimed_mp4(path: Path, times: Sequence[float], shown: float | None = None) -> Path:
    """Give an MP4 of OpenCV's writer, whose index stands at the end, other times: the table of durations is replaced.

    The boxes are those of ISO/IEC 14496-12: stts holds pairs of a count and a duration in units of the track's scale.
    shown: seconds of it that its edit list shows, None: all.
    """
    content = path.read_bytes()
    movie, media = (int.from_bytes(_box(content, kind)[12:16], "big") for kind in (b"mvhd", b"mdhd"))
    last = times[-1] + (times[-1] - times[-2])
    steps = [round(media * (b - a)) for a, b in zip(times, [*times[1:], last])]
    table = struct.pack(">II", 0, len(steps)) + b"".join(struct.pack(">II", 1, step) for step in steps)
    length = last if shown is None else shown
    for kind, at, value in (
        (b"mvhd", 16, movie * length),
        (b"tkhd", 20, movie * length),
        (b"mdhd", 16, media * last),
        (b"elst", 8, movie * length),
    ):
        old = _box(content, kind)
        new = old[:at] + round(value).to_bytes(4, "big") + old[at + 4 :]
        content = content.replace(kind + old, kind + new)
    path.write_bytes(_replaced(content, [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stts"], table))
    return path


def _box(content: bytes, kind: bytes) -> bytes:
    """Return the content of the last box of a kind."""
    at = content.rindex(kind)
    return content[at + 4 : at - 4 + int.from_bytes(content[at - 4 : at], "big")]


def _replaced(content: bytes, boxes: list[bytes], table: bytes) -> bytes:
    """Return boxes in which the innermost of those named holds something else."""
    if not boxes:
        return table
    position, parts = 0, b""
    while position < len(content):
        size, kind = struct.unpack(">I4s", content[position : position + 8])
        size = size or len(content) - position
        inner = content[position + 8 : position + size]
        if kind == boxes[0]:
            inner = _replaced(inner, boxes[1:], table)
        parts += struct.pack(">I4s", 8 + len(inner), kind) + inner
        position += size
    return parts
