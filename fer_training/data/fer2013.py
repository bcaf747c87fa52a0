"""FER-2013 (Goodfellow et al. 2013): 48x48 gray faces from the web, seven classes (paper, Section 4).

Three layouts are read: Kaggle's `fer2013.csv` (emotion,pixels,Usage), `icml_face_data.csv` (the same with spaces in
the header), and class folders `train/<class>/*.jpg`, `test/<class>/*.jpg`, whose file names may carry
Training_, PublicTest_ or PrivateTest_.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from fer_ros.core.emotions import EMOTIONS, canonical
from fer_training.data.dataset import (
    Dataset,
    DatasetError,
    Pixels,
    Sample,
    count_problems,
    duplicate_problems,
    inside,
    read_gray,
    readable_table,
)

LABELS = EMOTIONS[:7]
SPLITS = ("train", "public_test", "private_test")
WATCHED = "public_test"
"""The split that the paper watches while it trains on the whole training split (Section 5.1.1)."""
OFFICIAL_COUNTS = {
    "train": dict(zip(LABELS, (3995, 436, 4097, 7215, 4830, 3171, 4965), strict=True)),
    "public_test": dict(zip(LABELS, (467, 56, 496, 895, 653, 415, 607), strict=True)),
    "private_test": dict(zip(LABELS, (491, 55, 528, 879, 594, 416, 626), strict=True)),
}
USAGES = {"training": "train", "publictest": "public_test", "privatetest": "private_test"}
_CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
_TOPS = {
    "train": "train",
    "training": "train",
    "test": "public_test",
    "val": "public_test",
    "validation": "public_test",
    "public_test": "public_test",
    "publictest": "public_test",
    "private_test": "private_test",
    "privatetest": "private_test",
}


def read_fer2013(path: Path) -> Dataset:
    """Read FER-2013.

    Args:
        path: its CSV file, a folder with that file, or a folder of class folders.

    Raises:
        DatasetError: nothing is found, a picture is unreadable or not 48x48, or a label is outside 0 to 6.

    """
    path = Path(path)
    if not path.exists():
        raise DatasetError(f"FER-2013: expected a CSV file or a folder at {path}, got nothing")
    path = inside(path, _TOPS)
    table = path if path.is_file() else next((path / n for n in _CSV_NAMES if (path / n).is_file()), None)
    samples = _read_csv(table) if table else _read_folders(path)
    problems = []
    for split in SPLITS:
        present = [s for s in samples if s.split == split]
        if present:
            counts = {name: sum(s.label == i for s in present) for i, name in enumerate(LABELS)}
            problems += count_problems(f"FER-2013 {split}", counts, OFFICIAL_COUNTS[split])
    problems += duplicate_problems("FER-2013", samples)
    return Dataset("FER-2013", LABELS, tuple(samples), cropped=True, problems=tuple(problems))


def _read_csv(path: Path) -> list[Sample]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    samples = []
    with readable_table(path), path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file, skipinitialspace=True)
        missing = {"emotion", "pixels", "Usage"} - {(n or "").strip() for n in reader.fieldnames or ()}
        if missing:
            raise DatasetError(f"{path}: expected columns emotion, pixels, Usage, got {reader.fieldnames}")
        for number, raw in enumerate(reader):
            row = {(k or "").strip(): v for k, v in raw.items()}
            where = f"{path}, row {number + 1}"
            samples.append(_from_row(row, number, where))
    if not samples:
        raise DatasetError(f"{path}: expected rows of pictures, got none")
    return samples


def _from_row(row: dict[str, str], number: int, where: str) -> Sample:
    try:
        label = int(row["emotion"])
        pixels = np.array(row["pixels"].split(), np.uint8)
    except (ValueError, OverflowError, AttributeError, TypeError) as error:
        raise DatasetError(f"{where}: expected a label and 2304 numbers from 0 to 255, got {error}") from None
    if not 0 <= label < len(LABELS):
        raise DatasetError(f"{where}: expected a label from 0 to {len(LABELS) - 1}, got {label}")
    if pixels.size != 48 * 48:
        raise DatasetError(f"{where}: expected 2304 pixels, got {pixels.size}")
    usage = (row["Usage"] or "").strip().lower()
    if usage not in USAGES:
        raise DatasetError(f"{where}: expected Usage Training, PublicTest or PrivateTest, got {row['Usage']!r}")
    return Sample(f"row_{number:05d}", pixels.reshape(48, 48), label, split=USAGES[usage])


def _read_folders(path: Path) -> list[Sample]:
    found: list[tuple[Path, int, str]] = []
    for folder in sorted(p for p in path.iterdir() if p.is_dir() and p.name.lower() in _TOPS):
        default = _TOPS[folder.name.lower()]
        for class_folder in sorted(p for p in folder.iterdir() if p.is_dir()):
            try:
                label = LABELS.index(canonical(class_folder.name))
            except ValueError:
                raise DatasetError(f"{class_folder}: expected a folder for each of {LABELS}") from None
            files = sorted(p for p in class_folder.iterdir() if p.is_file() and not p.name.startswith("."))
            found += [(file, label, USAGES.get(_usage(file), default)) for file in files]
    if not found:
        raise DatasetError(f"{path}: expected {' or '.join(_CSV_NAMES)}, or train/<class>/ and test/<class>/")
    # Numbers may begin anew in each folder, and two pictures may have one name: the last one keeps it.
    last = {file.name: file for file, *_ in found if _usage(file) in USAGES}
    return [Sample(_name(file, path, last), _pixels(file), label, split=split) for file, label, split in found]


def _name(file: Path, path: Path, last: dict[str, Path]) -> str:
    return file.name if last.get(file.name) == file else file.relative_to(path).as_posix()


def _usage(file: Path) -> str:
    return file.name.split("_")[0].lower()


def _pixels(file: Path) -> Pixels:
    pixels = read_gray(file)
    if pixels.shape != (48, 48):
        raise DatasetError(f"{file}: expected 48x48 pixels, got {pixels.shape[1]}x{pixels.shape[0]}")
    return pixels
