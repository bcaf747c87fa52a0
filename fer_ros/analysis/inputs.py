"""What a person named to be analysed: pictures, folders of them, videos, bags. Mistakes are told before the work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from fer_ros.core.sources import IMAGE_SUFFIXES

VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".ts", ".webm", ".wmv")
"""What a video's name ends in within a folder; a file that is named by itself may have any name."""
BAG_SUFFIXES = (".db3", ".mcap")
PICTURE, FOLDER, VIDEO, BAG = "picture", "folder", "video", "bag"
"""Kinds of inputs."""


@dataclass(frozen=True)
class Input:
    """One thing to read.

    Attributes:
        path: of the file or folder.
        kind: PICTURE, FOLDER (its pictures), VIDEO or BAG.
        ignored: names in a folder that are no pictures.

    """

    path: Path
    kind: str
    ignored: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path as it was named."""
        return str(self.path)


def find_inputs(paths: Iterable[str | Path]) -> list[Input]:
    """Find out what was named. A folder gives its pictures as one input, and each of its videos as another.

    Raises:
        ValueError: something is not there, is named twice, or holds nothing that can be read.

    """
    found = [one for path in paths for one in _inputs(path)]
    seen: set[Path] = set()
    for one in found:
        if one.path.resolve() in seen:
            raise ValueError(f"expected each input once, got {one.path} twice")
        seen.add(one.path.resolve())
    return found


def _inputs(given: str | Path) -> list[Input]:
    path = Path(given).expanduser()
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise ValueError(_missing(str(given), path))
    suffix = path.suffix.lower()
    return [Input(path, BAG if suffix in BAG_SUFFIXES else PICTURE if suffix in IMAGE_SUFFIXES else VIDEO)]


def _folder(path: Path) -> list[Input]:
    entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    if any(entry.name == "metadata.yaml" or entry.suffix.lower() in BAG_SUFFIXES for entry in entries):
        return [Input(path, BAG)]
    pictures = [entry for entry in entries if entry.is_file() and entry.suffix.lower() in IMAGE_SUFFIXES]
    videos = [entry for entry in entries if entry.is_file() and entry.suffix.lower() in VIDEO_SUFFIXES]
    if not pictures and not videos:
        what = "nothing" if not entries else _names([entry.name for entry in entries])
        raise ValueError(f"{path}: expected pictures, videos or a bag, got a folder that holds {what}")
    read = {*pictures, *videos}
    ignored = tuple(f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries if entry not in read)
    inputs = [Input(path, FOLDER, ignored)] if pictures else []
    return inputs + [Input(video, VIDEO) for video in videos]


def _missing(given: str, path: Path) -> str:
    if given.isdigit() or given.startswith("/dev/") or "://" in given:
        return f"expected pictures, folders, videos or bags, got {given}: record a camera first, or use camera_node"
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    close = get_close_matches(path.name, beside, 1)
    return f"{given}: no such file or folder" + (f": did you mean {path.with_name(close[0])}?" if close else "")


def _names(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
