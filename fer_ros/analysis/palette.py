"""The colours of the expressions, told apart with any kind of colour-blindness (Okabe and Ito 2008)."""

from __future__ import annotations

COLOURS: dict[str, str] = {
    "angry": "#d55e00",
    "disgust": "#009e73",
    "fear": "#cc79a7",
    "happy": "#e69f00",
    "sad": "#0072b2",
    "surprise": "#56b4e9",
    "neutral": "#8c8c8c",
    "contempt": "#332288",
}
"""A colour for each of EMOTIONS, as #rrggbb."""
UNCERTAIN_COLOUR = "#a0a0a0"
"""Of what is not sure; always hatched, never solid."""
