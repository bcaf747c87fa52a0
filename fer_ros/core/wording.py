"""Numbers of things in words, as people write them."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return a number with what is counted, such as '1 face' or '2 faces'.

    Args:
        number: how many.
        thing: one of them, a noun whose plural ends in s.

    """
    return f"{number} {thing}{'' if number == 1 else 's'}"
