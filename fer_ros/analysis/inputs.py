"""What a person named to be analysed: pictures, folders of them, videos, bags. Mistakes are told before the work."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fer_ros.core.paths import is_litter, natural_key, user_path, without_password
from fer_ros.core.sources import SourceError, VideoFile, is_live, open_recorded
from fer_ros.core.sources.folder import is_picture
from fer_ros.core.sources.types import first_names
from fer_ros.core.suggestions import did_you_mean

VIDEO_SUFFIXES = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".webm", ".wmv")
"""What a video's name ends in within a folder; a file that is named by itself may have any name."""
BAG_SUFFIXES = (".db3", ".mcap")
PICTURE, FOLDER, VIDEO, BAG = "picture", "folder", "video", "bag"
"""Kinds of inputs."""
_LOOKED_AT = 1 << 16  # bytes at each end of a file


@dataclass(frozen=True)
class Input:
    """One thing to read.

    Attributes:
        path: of the file or folder.
        kind: PICTURE, FOLDER (its pictures), VIDEO or BAG.
        note: what lies beside it in its folder and is not read, or ''.

    """

    path: Path
    kind: str
    note: str = ""

    @property
    def name(self) -> str:
        """The path as it was named."""
        return str(self.path)

    def fingerprint(self) -> bytes:
        """Return what tells the content of a video or bag from another's, wherever it lies; empty for pictures.

        These are the sizes of its files, and the first and last bytes of each. Raises OSError.
        """
        if self.kind not in (VIDEO, BAG):
            return b""
        digest = hashlib.sha256()
        files = sorted(self.path.rglob("*")) if self.path.is_dir() else [self.path]
        for path in files:
            if not path.is_file():
                continue
            with path.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                digest.update(size.to_bytes(8, "big"))
                for start in (0, max(0, size - _LOOKED_AT)):
                    file.seek(start)
                    digest.update(file.read(_LOOKED_AT))
        return digest.digest()


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
    path = user_path(given)
    if path.is_dir():
        return _folder(path)
    if is_live(str(given)) or not path.is_file():
        raise ValueError(_missing(str(given), path))
    if path.suffix.lower() in (*BAG_SUFFIXES, ".bag"):
        return [Input(path, BAG)]
    try:
        source = open_recorded(str(path))
    except SourceError:
        # Told when it is its turn, so that one damaged file does not keep the others from being read.
        return [Input(path, VIDEO)]
    return [Input(path, VIDEO if isinstance(source, VideoFile) else PICTURE)]


def _folder(path: Path) -> list[Input]:
    entries = sorted((entry for entry in path.iterdir() if not is_litter(entry)), key=natural_key)
    if any(entry.name == "metadata.yaml" or entry.suffix.lower() in BAG_SUFFIXES for entry in entries):
        return [Input(path, BAG)]
    files = [entry for entry in entries if entry.is_file()]
    videos = [entry for entry in files if entry.suffix.lower() in VIDEO_SUFFIXES]
    pictures = any(is_picture(entry) for entry in files)
    if not pictures and not videos:
        held = f"one that holds {first_names([entry.name for entry in entries])}" if entries else "an empty one"
        raise ValueError(f"{path}: expected pictures, videos or a bag in this folder, got {held}")
    if pictures:
        # What else lies there is told when the pictures are read.
        return [Input(path, FOLDER), *(Input(video, VIDEO) for video in videos)]
    others = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries if entry not in videos]
    note = f"{path}: {len(others)} that are no videos: {first_names(others)}" if others else ""
    return [Input(video, VIDEO, "" if number else note) for number, video in enumerate(videos)]


def _missing(given: str, path: Path) -> str:
    if is_live(given):
        shown = without_password(given)
        return f"expected pictures, folders, videos or bags, got {shown}: record it first, or show it by camera_node"
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    near = did_you_mean(str(path), [str(path.with_name(name)) for name in beside])
    return f"{given}: no such file or folder{near}"
