"""What every target holds a reader to: documented errors only, its promises, and no file outside its folder."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def refused(error: Exception) -> tuple[str, str]:
    """Return the answer of an input that was refused as documented."""
    return "refused", str(getattr(error, "kind", type(error).__name__))


def promise(holds: bool, what: str) -> None:
    """Fail where a reader's promise is broken; not `assert`, which can be switched off."""
    if not holds:
        raise RuntimeError(f"broken promise: {what}")


_watched: list[str] | None = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _watched is not None and isinstance(arguments[0], (str, bytes, os.PathLike)):
        _watched.append(os.fsdecode(arguments[0]))


sys.addaudithook(_note)


@contextlib.contextmanager
def opens_only_inside(folder: Path) -> Iterator[None]:
    """Fail if a file outside the folder is opened meanwhile."""
    global _watched
    _watched = opened = []
    try:
        yield
    finally:
        _watched = None
    # Python imports some of its own modules on first use.
    opened = [p for p in opened if not p.endswith((".py", ".pyc", ".so"))]
    outside = [p for p in opened if not os.path.realpath(p).startswith(os.path.realpath(folder) + os.sep)]
    promise(not outside, f"opened {outside}, outside {folder}")
