"""Any data set that keeps its pictures in a folder for each expression, split or not."""

from __future__ import annotations

from pathlib import Path

from fer_ros.core.emotions import EMOTIONS, canonical
from fer_training.data.dataset import PICTURES, Dataset, DatasetError, Sample, duplicate_problems, read_gray

SPLITS = {"train": "train", "training": "train", "val": "validation", "validation": "validation", "test": "test"}


def read_class_folders(path: Path, cropped: bool = True) -> Dataset:
    """Read <expression>/*.png, or train/<expression>/*.png beside val/ and test/, into one data set.

    A folder inside an expression's, <expression>/<person>/*.png, names the subject.

    Args:
        path: where it stands.
        cropped: False if the pictures are whole scenes, in which a face is to be found.

    Raises:
        DatasetError: nothing is found, a folder is no expression, or a picture is unreadable.

    """
    path = Path(path)
    if not path.is_dir():
        raise DatasetError(f"class folders: expected a folder at {path}, got nothing")
    tops = {p: SPLITS[p.name.lower()] for p in sorted(path.iterdir()) if p.is_dir() and p.name.lower() in SPLITS}
    raw: list[tuple[Path, str, str, str]] = []
    for top, split in (tops or {path: ""}).items():
        for folder in sorted(p for p in top.iterdir() if p.is_dir() and not p.name.startswith(".")):
            try:
                name = canonical(folder.name)
            except ValueError:
                raise DatasetError(f"{folder}: expected folders named after {', '.join(EMOTIONS)}") from None
            files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES and not p.name.startswith("."))
            raw += [(file, name, _subject(file, folder), split) for file in files]
    if not raw:
        raise DatasetError(f"{path}: expected pictures in folders named after expressions, got none")
    labels = tuple(e for e in EMOTIONS if any(name == e for _, name, *_ in raw))
    samples = [
        Sample(file.relative_to(path).as_posix(), read_gray(file), labels.index(name), subject, split=split)
        for file, name, subject, split in raw
    ]
    return Dataset(path.name, labels, tuple(samples), cropped, tuple(duplicate_problems(path.name, samples)))


def _subject(file: Path, folder: Path) -> str:
    inner = file.relative_to(folder).parts[:-1]
    return inner[0] if inner else ""
