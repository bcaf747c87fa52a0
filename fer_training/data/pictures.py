"""The pictures of a folder: which files they are, which cannot be read, and which look like whole photographs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from fer_ros.core.paths import is_litter
from fer_ros.core.sources import PictureError, read_picture
from fer_ros.core.sources.folder import is_picture
from fer_ros.core.sources.types import first_names
from fer_training.data.dataset import DatasetError, Pixels

# A cut face is about as high as wide, and few data sets cut at more pixels than this.
_LARGEST_FACE, _MOST_OBLONG = 800, 1.3
_MOST_BYTES = 4 * 2**30


@dataclass
class LeftOut:
    """What a reader did not take, to be said in `Dataset.problems`.

    unread: pictures that cannot be read, with the reason.  others: files that are no pictures.
    loose: pictures that stand beside the folders of classes.
    """

    unread: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)

    def problems(self, dataset: str) -> list[str]:
        """Return a line for each kind."""
        lines = []
        if self.unread:
            lines.append(f"{dataset}: {unread_pictures(self.unread)}")
        if self.others:
            count = "1 file that is" if len(self.others) == 1 else f"{len(self.others)} files that are"
            lines.append(f"{dataset}: left out {count} no picture ({first_names(self.others)})")
        if self.loose:
            count = "1 picture that is" if len(self.loose) == 1 else f"{len(self.loose)} pictures that are"
            lines.append(f"{dataset}: left out {count} in no class's folder ({first_names(self.loose)})")
        return lines

    def look_beside(self, folder: Path, top: Path) -> None:
        """Remember the files that stand in a folder of class folders; top: of the data set."""
        for file in sorted(folder.iterdir()):
            if file.is_file() and not is_litter(file):
                (self.loose if is_picture(file) else self.others).append(file.relative_to(top).as_posix())


def unread_pictures(named: Sequence[str]) -> str:
    """Say that pictures were left out because they cannot be read; named: each with its reason."""
    count = "1 picture" if len(named) == 1 else f"{len(named)} pictures"
    return f"left out {count} that cannot be read: {first_names(named)}"


def pictures_below(folder: Path, left_out: LeftOut, deep: bool = True) -> list[Path]:
    """Return the picture files in a folder, sorted by path, whatever their format is.

    They are not sorted as people count: a split that was drawn once must be drawn the same again.

    Args:
        folder: to look into.
        left_out: gets the names of the files that are no pictures.
        deep: look into its folders too.

    """
    found = []
    for file in sorted(folder.rglob("*") if deep else folder.iterdir()):
        if any(is_litter(part) for part in file.relative_to(folder).parts) or not file.is_file():
            continue
        if is_picture(file):
            found.append(file)
        else:
            left_out.others.append(file.relative_to(folder.parent).as_posix())
    return found


def read_all(files: Sequence[Path], names: Sequence[str], left_out: LeftOut) -> dict[Path, Pixels]:
    """Read faces into memory.

    Args:
        files: of the pictures.
        names: of each of them, for `left_out`.
        left_out: gets the names of those that cannot be read.

    Returns:
        (H, W) uint8 gray of each file that can be read.

    """
    read = {}
    for file, name in zip(files, names, strict=True):
        try:
            read[file] = read_picture(file, gray=True)
        except PictureError as error:
            left_out.unread.append(f"{name} ({error})")
    return read


def whole_photographs(dataset: str, files: Sequence[Path]) -> list[str]:
    """Say whether pictures that are given as faces look like whole photographs; only their headers are read.

    Raises DatasetError if they do, and are too many to be held in memory as they are.
    """
    suspicious, total = [], 0
    for file in files:
        try:
            with Image.open(file) as image:
                width, height = image.size
        except (OSError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
            continue
        total += width * height
        if max(width, height) > _LARGEST_FACE or max(width, height) > _MOST_OBLONG * min(width, height):
            suspicious.append(f"{file.name}: {width}x{height}")
    if not suspicious:
        return []
    hint = (
        f"{dataset}: {len(suspicious)} of {len(files)} pictures are large or oblong for a face "
        f"({first_names(suspicious)}); if they show more than a face, give --whole"
    )
    if total > _MOST_BYTES:
        raise DatasetError(f"{hint}; all of them together would take {total / 2**30:.0f} GiB of memory")
    return [hint]
