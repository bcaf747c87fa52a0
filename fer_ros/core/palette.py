"""The colours of the expressions, told apart with any kind of colour-blindness: one palette for all that is shown.

The hues begin at those of Okabe and Ito (2008). Hue, saturation and lightness were then moved so that the smallest
difference between two expressions (CIEDE2000) is as large as it gets, for people who see all colours and for those with
protanopia, deuteranopia and tritanopia (simulated after Machado et al. 2009). None of them is gray: gray is what is
uncertain. `test/core/test_palette.py` measures it.
"""

from __future__ import annotations

COLOURS: dict[str, str] = {
    "angry": "#d8260b",
    "disgust": "#6aa371",
    "fear": "#bc74ff",
    "happy": "#ffa921",
    "sad": "#416f90",
    "surprise": "#7edbe7",
    "neutral": "#d8cdbe",
    "contempt": "#815f56",
}
"""A colour for each of EMOTIONS, as #rrggbb. Bright ones need a darker edge on white, see `EDGE`."""
UNCERTAIN = "#9aa0a6"
"""Of what is uncertain, as #rrggbb: always hatched, never solid."""
PEOPLE: tuple[str, ...] = ("#77aadd", "#ee8866", "#44bb99", "#ffaabb", "#eedd88", "#bbcc33")
"""Colours of people, in the order in which they come (Paul Tol's light scheme). A number always stands beside them."""
DARK, LIGHT = "#14181c", "#ffffff"
"""What is written on a colour, see `ink`; and the darkest and lightest ground that the colours are made for."""
EDGE = {LIGHT: "#5d6773", DARK: "#a3adb8"}
"""The line around a colour on a light and on a dark ground: it stands out where the colour itself may not."""

_READABLE = 4.5
"""Contrast of a text that can be read (WCAG 2.2, 1.4.3)."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of #rrggbb, each 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2: of their relative luminances)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink(colour: str) -> str:
    """Return DARK or LIGHT, whichever can be read on a colour; DARK where both can."""
    return DARK if contrast(DARK, colour) >= _READABLE else LIGHT


def _luminance(colour: str) -> float:
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb(colour)))
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
