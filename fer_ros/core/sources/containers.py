"""What a video file says of itself and OpenCV does not pass on: does it count its images, has it times at all."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_LARGEST_INDEX = 256 * 1024 * 1024  # bytes of an MP4's index that are read
_DEEPEST = 6  # boxes in boxes: trak, mdia, minf, stbl
_INNER = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"}


@dataclass(frozen=True)
class Container:
    """What is known of a file.

    Attributes:
        counted: whether the number of images that OpenCV gives was counted by the writer; else it is a product of
            length and rate.
        length: seconds that are to be shown where an editor cut something off, else None.
        untimed: whether it is a raw stream, whose images have no times.
        from_zero: whether its times are a player's, which shows nothing before a first image that is not at zero.
        fault: why nobody can read it, or ''.

    """

    counted: bool = False
    length: float | None = None
    untimed: bool = False
    from_zero: bool = False
    fault: str = ""


def describe(path: Path) -> Container:
    """Look at the start of a file, and at the index of an MP4. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(16)
        if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
            return Container(counted=True)
        if head[:4] == b"\x1aE\xdf\xa3":  # Matroska, WebM
            return Container(from_zero=True)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
            return _mp4(file)
    # A start code, but not that of a program stream (0xBA), which has times; or a JPEG, and more behind it.
    raw = head[:4] == b"\0\0\0\1" or (head[:3] == b"\0\0\1" and head[3:4] != b"\xba") or head[:3] == b"\xff\xd8\xff"
    return Container(untimed=raw)


def _mp4(file: BinaryIO) -> Container:
    """Read the index of an MP4 or MOV (ISO/IEC 14496-12)."""
    index = _index(file)
    if index is None:
        return Container(fault="its index (moov) is missing: the recording was cut off before its end was written")
    try:
        movie, tracks = _tracks(index)
    except (struct.error, ZeroDivisionError):
        return Container()  # whatever OpenCV makes of it
    for track in tracks:
        if track.handler == b"vide" and track.samples:
            shown = track.shown / movie if track.shown is not None and movie else None
            step = track.seconds / track.samples
            if shown is not None and shown < track.seconds - step / 2:
                return Container(length=shown, from_zero=True)
            return Container(counted=True, from_zero=True)
    return Container()


def _index(file: BinaryIO) -> bytes | None:
    """Return the content of the box moov, None where there is none."""
    size = file.seek(0, 2)
    position = 0
    while position + 8 <= size:
        file.seek(position)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            length, head = int.from_bytes(file.read(8), "big"), 16
        length = length or size - position
        if kind == b"moov":
            return file.read(min(length - head, _LARGEST_INDEX)) if length >= head else None
        if length < head:
            return None
        position += length
    return None


@dataclass
class _Track:
    """handler: vide, soun.  seconds: of its media.  samples: in its table.  shown: by its edit list, movie's units."""

    handler: bytes = b""
    seconds: float = 0.0
    samples: int = 0
    shown: int | None = None


def _tracks(index: bytes) -> tuple[int, list[_Track]]:
    """Return units a second of the movie, and the tracks. Raises struct.error or ZeroDivisionError where damaged."""
    movie, tracks = 0, [_Track()]
    for kind, content in _boxes(index):
        long = content[:1] == b"\1"  # version 1 has times of 64 bits
        if kind == b"mvhd":
            (movie,) = struct.unpack_from(">I", content, 20 if long else 12)
        elif kind == b"trak":
            tracks.append(_Track())
        elif kind == b"mdhd":
            scale, length = struct.unpack_from(">IQ" if long else ">II", content, 20 if long else 12)
            tracks[-1].seconds = length / scale
        elif kind == b"hdlr":
            tracks[-1].handler = tracks[-1].handler or content[8:12]
        elif kind == b"stsz":
            (tracks[-1].samples,) = struct.unpack_from(">I", content, 8)
        elif kind == b"elst":
            tracks[-1].shown = sum(_edits(content, long))
    return movie, tracks


def _edits(content: bytes, long: bool) -> Iterator[int]:
    """Yield the lengths of an edit list's parts that show something."""
    (count,) = struct.unpack_from(">I", content, 4)
    form = ">Qqi" if long else ">Iii"
    for position in range(8, min(len(content), 8 + count * struct.calcsize(form)), struct.calcsize(form)):
        length, start, _ = struct.unpack_from(form, content, position)
        if start >= 0:
            yield length


def _boxes(content: bytes, depth: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of all boxes, those that hold others before what they hold."""
    position = 0
    while position + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        inner = content[position + 8 : position + max(8, length)]
        yield kind, inner
        if kind in _INNER and depth < _DEEPEST:
            yield from _boxes(inner, depth + 1)
        position += max(8, length)
