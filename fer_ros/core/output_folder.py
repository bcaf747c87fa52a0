"""A folder that results go to, looked at before the work: nothing is overwritten, and there is room for them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile

ROOM = 20 << 20
"""Bytes that a report with its tables and pictures may need."""


def check_output_folder(
    folder: Path, names: Iterable[str] = ("*",), overwrite: bool | None = False, what: str = "report", room: int = ROOM
) -> None:
    """Refuse a folder in which results could not be written, or would replace earlier ones.

    Args:
        folder: where they shall stand; it need not exist, and is not made.
        names: of what will be written, patterns too.
        overwrite: whether earlier ones may be replaced; None where there is no option for that.
        what: is there when one of the names is.
        room: bytes that will be needed.

    Raises:
        ValueError: a file is in the way, or earlier results; the message says what to do.
        OSError: it cannot be written, or the disk is too full.

    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder}: expected a folder for the output, got a file")
    there = sorted({path.name for name in names for path in folder.glob(name)})
    if there and not overwrite:
        more = f" and {len(there) - 3} more" if len(there) > 3 else ""
        offer = "" if overwrite is None else ", or add --overwrite"
        raise ValueError(
            f"{folder}: expected no earlier {what}, got {', '.join(there[:3])}{more}: name another --output{offer}"
        )
    _check_room(folder, room)


def _check_room(folder: Path, room: int) -> None:
    """Make the folder and write a file in it, as the results will be; what was made is removed again."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"0" * 4096)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise type(error)(
            error.errno, f"expected a folder that can be written, got '{error.strerror}'", str(folder)
        ) from None
    finally:
        for path in made:
            if path.exists():
                path.rmdir()
    if free < room:
        raise OSError(
            f"{folder}: expected room for {room / 1e6:.0f} MB, got a disk with {free / 1e6:.0f} MB free: make room, or "
            "name another --output"
        )
