"""FER-2013 (Goodfellow et al. 2013): 48x48 gray faces from the web, seven classes (paper, Section 4).

Three layouts are read: Kaggle's `fer2013.csv` (emotion,pixels,Usage), `icml_face_data.csv` (the same with spaces in
the header), and class folders `train/<class>/*.jpg`, `test/<class>/*.jpg`, whose file names may carry
Training_, PublicTest_ or PrivateTest_.
"""

from __future__ import annotations

from pathlib import Path

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.class_folders import SPLITS as FOLDERS
from fer_training.data.class_folders import find_splits
from fer_training.data.class_names import NUMBERED, expression_of
from fer_training.data.dataset import (
    Dataset,
    DatasetError,
    Pixels,
    Sample,
    count_problems,
    duplicate_problems,
    inside,
    read_gray,
)
from fer_training.data.files import expect_something, folders_in
from fer_training.data.pictures import LeftOut, pictures_below
from fer_training.data.pixel_table import USAGES, read_pixel_table

LABELS = EMOTIONS[:7]
SPLITS = ("train", "public_test", "private_test")
WATCHED = "public_test"
"""The split that the paper watches while it trains on the whole training split (Section 5.1.1)."""
OFFICIAL_COUNTS = {
    "train": dict(zip(LABELS, (3995, 436, 4097, 7215, 4830, 3171, 4965), strict=True)),
    "public_test": dict(zip(LABELS, (467, 56, 496, 895, 653, 415, 607), strict=True)),
    "private_test": dict(zip(LABELS, (491, 55, 528, 879, 594, 416, 626), strict=True)),
}
_CSV_NAMES = ("fer2013.csv", "icml_face_data.csv")
_SPLIT_OF = {"train": "train", "validation": "public_test", "test": "public_test"}
_TOPS = {
    **{name: _SPLIT_OF[split] for name, split in FOLDERS.items()},
    "public_test": "public_test",
    "publictest": "public_test",
    "private_test": "private_test",
    "privatetest": "private_test",
}
_CKPLUS = "; a table of CK+ is read by --dataset ckplus"


def read_fer2013(path: Path) -> Dataset:
    """Read FER-2013.

    Args:
        path: its CSV file, a folder with that file, or a folder of class folders.

    Raises:
        DatasetError: nothing is found, a picture is unreadable or not 48x48, or a label is outside 0 to 6.

    """
    path = inside(expect_something(path, "FER-2013"), _TOPS)
    table = path if path.is_file() else next((path / n for n in _CSV_NAMES if (path / n).is_file()), None)
    samples, problems = (read_pixel_table(table, len(LABELS), _CKPLUS), []) if table else _read_folders(path)
    for split in SPLITS:
        present = [s for s in samples if s.split == split]
        if present:
            counts = {name: sum(s.label == i for s in present) for i, name in enumerate(LABELS)}
            problems += count_problems(f"FER-2013 {split}", counts, OFFICIAL_COUNTS[split])
    problems += duplicate_problems("FER-2013", samples)
    return Dataset("FER-2013", LABELS, tuple(samples), cropped=True, problems=tuple(problems))


def _read_folders(path: Path) -> tuple[list[Sample], list[str]]:
    found: list[tuple[Path, int, str]] = []
    left_out = LeftOut()
    tops, problems = find_splits(path, _TOPS, left_out)
    # Three folders are the three splits: the one that is called test is then the private one.
    watched = any(FOLDERS.get(top.name.casefold()) == "validation" for top in tops)
    for top, split in tops.items():
        default = "private_test" if watched and FOLDERS.get(top.name.casefold()) == "test" else split
        left_out.look_beside(top, path)
        for class_folder in folders_in(top):
            expression = expression_of(class_folder, tuple(NUMBERED["fer2013"].items()))
            if expression not in LABELS:
                raise DatasetError(f"{class_folder}: expected a folder for each of {LABELS}")
            files = pictures_below(class_folder, left_out)
            found += [(file, LABELS.index(expression), USAGES.get(_usage(file), default)) for file in files]
    if not found:
        raise DatasetError(f"{path}: expected {' or '.join(_CSV_NAMES)}, or train/<class>/ and test/<class>/")
    # Numbers may begin anew in each folder, and two pictures may have one name: the last one keeps it.
    last = {file.name: file for file, *_ in found if _usage(file) in USAGES}
    samples = [Sample(_name(file, path, last), _pixels(file), label, split=split) for file, label, split in found]
    return samples, problems + left_out.problems("FER-2013")


def _name(file: Path, path: Path, last: dict[str, Path]) -> str:
    return file.name if last.get(file.name) == file else file.relative_to(path).as_posix()


def _usage(file: Path) -> str:
    return file.name.split("_")[0].lower()


def _pixels(file: Path) -> Pixels:
    pixels = read_gray(file)
    if pixels.shape != (48, 48):
        raise DatasetError(f"{file}: expected 48x48 pixels, got {pixels.shape[1]}x{pixels.shape[0]}")
    return pixels
