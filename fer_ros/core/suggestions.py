"""What somebody may have meant who wrote a name that there is not."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def did_you_mean(given: str, known: Collection[str]) -> str:
    """Return ': did you mean NAME?' with the known name that is nearest, '' where none is near."""
    close = get_close_matches(given, known, 1)
    return f": did you mean {close[0]}?" if close else ""
