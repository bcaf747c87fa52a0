"""What somebody may have meant who wrote a name that there is not."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def nearest(given: str, known: Collection[str], likeness: float = 0.6) -> str:
    """Return the known name that is nearest to a given one, '' where none is near.

    Args:
        given: what somebody wrote.
        known: the names that there are.
        likeness: least `difflib` ratio of a name that is near, 0 to 1.

    """
    return next(iter(get_close_matches(given, known, 1, likeness)), "")


def did_you_mean(given: str, known: Collection[str]) -> str:
    """Return ': did you mean NAME?' with the known name that is nearest, '' where none is near."""
    name = nearest(given, known)
    return f": did you mean {name}?" if name else ""
