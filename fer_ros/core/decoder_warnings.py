"""What the decoders print about damaged pictures: caught, because nothing else tells that bytes were lost.

OpenCV takes a JPEG whose middle is missing for whole: the decoder's only word about it is a line on the terminal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from fer_ros.core.library_output import lines_taken_out

_DECODERS = re.compile(
    rb"^(Corrupt JPEG data|Premature end of JPEG|Invalid (SOS|JPEG)|Inconsistent progression|Unsupported (marker|JPEG)|"
    rb"Warning: unknown JFIF|Unknown Adobe|Application transferred too|libpng (warning|error)|\[[^]]+ @ 0x)"
)
# FFmpeg's lines, in brackets, tell of images that it mends or leaves out, which is counted elsewhere.
# Many webcams put a few bytes, up to 16 are let pass, between a whole picture and its end marker, 0xd9.
_HARMLESS = re.compile(
    r"^(Invalid SOS parameters|Warning: unknown JFIF|Unknown Adobe|libpng warning|\[|"
    r"Corrupt JPEG data: (\d|1[0-6]) extraneous bytes before marker 0xd9)"
)


@contextmanager
def decoder_warnings() -> Iterator[list[str]]:
    """Catch what the decoders print on the error output meanwhile, and give it as lines when the block ends.

    The error output of the whole process is held back for that time, milliseconds; what others wrote is passed on.
    OpenCV's own log is silent meanwhile.
    """
    with lines_taken_out(_DECODERS.match) as lines, _silent_opencv():
        yield lines


@contextmanager
def _silent_opencv() -> Iterator[None]:
    # Older versions have it one module further up.
    log = getattr(cv2.utils, "logging", cv2)
    level = log.setLogLevel(0)
    try:
        yield
    finally:
        log.setLogLevel(level)


def damage(lines: list[str]) -> str:
    """Return the first of the decoders' lines that tells of lost or wrong bytes, or ''."""
    return next((line for line in lines if not _HARMLESS.match(line)), "")
