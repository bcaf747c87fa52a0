"""Names that people give: paths with `~`, URLs with passwords, files with numbers, and what lies beside pictures."""

from __future__ import annotations

import re
from pathlib import Path

_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#]*@", re.IGNORECASE)
# A password that holds '/', '?' or '#' unescaped: everything up to the last '@' is taken for it.
_LOOSE_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)(?=[^/?#]*:).*@", re.IGNORECASE)
# In a query, or in the path as some cameras have it: /user=me&password=you
_FIELD = re.compile(
    r"((?:user|usr|login|account|pass|pwd|psw|token|key|auth|secret|credential|sign)[a-z_]*)=[^&;/?#\s]*", re.IGNORECASE
)
_LITTER = {"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir"}


def user_path(text: str | Path) -> Path:
    """Return a path as it was given, with `~` as the home folder."""
    return Path(text).expanduser()


def without_password(source: str) -> str:
    """Return a source as it may be shown: user, password and keys of a URL are replaced by `...`.

    Args:
        source: a URL, or anything else, which is returned as it is.

    """
    if "://" not in source:
        return source
    shown = _USER.sub(r"\1...@", source)
    if shown == source:
        shown = _LOOSE_USER.sub(r"\1...@", source)
    return _FIELD.sub(r"\1=...", shown)


def natural_key(path: Path | str) -> tuple[list[str | int], str]:
    """Return a key that sorts names as people do: numbers by their value, so that img2 comes before img10."""
    name = Path(path).name
    # Every second part is a number, so that texts are only ever compared with texts.
    parts: list[str | int] = list(re.split(r"([0-9]+)", Path(path).stem.casefold()))
    parts[1::2] = [int(part) for part in parts[1::2]]
    return parts, name


def is_litter(path: Path | str) -> bool:
    """Return whether a file is one that an operating system leaves beside pictures, or is hidden."""
    name = Path(path).name
    return name.startswith(".") or name.casefold() in _LITTER
