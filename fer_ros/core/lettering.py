"""Letters on a picture, in the scalable font that Pillow brings (Aileron), so that they look the same everywhere."""

from __future__ import annotations

from functools import lru_cache
from math import ceil

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from fer_ros.core.types import Rgb

SMALLEST = 8
"""Pixels of letters that can just be read."""
_CUT = "\u2026"


def write(picture: Rgb, text: str, place: tuple[int, int], size: int, colour: tuple[int, int, int], room: int) -> None:
    """Write a line of text into a picture.

    Args:
        picture: (H, W, 3) uint8, changed; what lies beyond its edges is left out.
        text: one line. It is written smaller where it would be wider than its room, and cut where that is not enough.
        place: left edge and middle of the line, in pixels.
        size: of the letters, in pixels.
        colour: of the letters.
        room: pixels to the right that there are for it.

    """
    mask = _fitting(text, size, max(1, room))
    left, top = place[0], place[1] - mask.shape[0] // 2
    y, x = max(0, top), max(0, left)
    part = picture[y : top + mask.shape[0], x : left + mask.shape[1]] if top + mask.shape[0] > 0 else picture[:0]
    if part.size:
        seen = mask[y - top :, x - left :][: part.shape[0], : part.shape[1], None].astype(np.float32) / 255
        part[:] = np.round(part * (1 - seen) + np.array(colour, np.float32) * seen).astype(np.uint8)


def width_of(text: str, size: int) -> int:
    """Return how wide a line of text is, in pixels."""
    return int(_mask(text, size).shape[1])


@lru_cache(maxsize=4096)
def _fitting(text: str, size: int, room: int) -> npt.NDArray[np.uint8]:
    """Return a text's mask that is no wider than its room."""
    while size > SMALLEST and width_of(text, size) > room:
        size -= 1
    while len(text) > 1 and width_of(text, size) > room:
        text = text.rstrip(_CUT)[:-1].rstrip() + _CUT
    return _mask(text, size)


@lru_cache(maxsize=4096)
def _mask(text: str, size: int) -> npt.NDArray[np.uint8]:
    """Return how much of each pixel a text covers, 0 to 255; as high as the font's tallest letter for every text."""
    font = _font(size)
    text = text.replace(" ", "  ")  # the font's own space is narrow for letters this small
    ascent, descent = font.getmetrics()
    whole = Image.new("L", (max(1, ceil(font.getlength(text))), ascent + descent))
    ImageDraw.Draw(whole).text((0, 0), text, 255, font)
    return np.asarray(whole)


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise ImportError("annotated pictures need a Pillow with FreeType: pip install Pillow")
    return font
