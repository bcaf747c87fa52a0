"""What stands at a path that somebody gave: a folder, a file, an archive of either, or nothing."""

from __future__ import annotations

from pathlib import Path

from fer_ros.core.paths import is_litter

_ARCHIVES = (
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "an XZ archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (257, b"ustar", "a tar archive"),
)


class DatasetError(ValueError):
    """A data set that is missing, incomplete or unreadable; the message says where and what was expected."""


def archive_kind(path: Path) -> str:
    """Return what archive a file is by its first bytes, such as 'a ZIP archive', or '' for any other file."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError:
        return ""
    return next((kind for at, magic, kind in _ARCHIVES if start[at : at + len(magic)] == magic), "")


def expect_folder(path: Path, what: str) -> Path:
    """Return a path that is a folder.

    Args:
        path: that was given.
        what: the data set's name, for the message.

    Raises:
        DatasetError: there is nothing, or a file; an archive is called one.

    """
    path = Path(path)
    if not path.is_dir():
        raise DatasetError(f"{what}: expected a folder at {path}, got {_instead(path)}")
    return path


def expect_table(path: Path, what: str) -> Path:
    """Return a path that is a file and no archive, as `expect_folder` does for folders."""
    path = Path(path)
    if not path.is_file() or archive_kind(path):
        raise DatasetError(f"{what}: expected a CSV file at {path}, got {_instead(path)}")
    return path


def expect_something(path: Path, what: str) -> Path:
    """Return a path that is a folder, or a file that is no archive."""
    path = Path(path)
    if not path.exists() or (path.is_file() and archive_kind(path)):
        raise DatasetError(f"{what}: expected a CSV file or a folder at {path}, got {_instead(path)}")
    return path


def _instead(path: Path) -> str:
    if path.is_dir():
        return "a folder"
    if not path.exists():
        return "nothing"
    kind = archive_kind(path)
    return f"{kind}: unpack it, and give what was in it" if kind else "a file"


def folders_in(path: Path) -> list[Path]:
    """Return the folders in a folder, sorted, without those that an operating system or an archive leaves."""
    return sorted(entry for entry in path.iterdir() if entry.is_dir() and not is_litter(entry))
