"""Any data set that keeps its pictures in a folder for each expression, split or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.suggestions import did_you_mean
from fer_training.data.class_names import ClassNames, expression_of, known_class
from fer_training.data.dataset import Dataset, DatasetError, Pixels, Sample, duplicate_problems
from fer_training.data.files import expect_folder, folders_in
from fer_training.data.pictures import LeftOut, pictures_below, read_all, whole_photographs

_TRAIN = ("train", "training", "trainset", "train_set", "training_set", "train_data")
_VALIDATION = (
    "val", "valid", "validation", "validate", "valset", "val_set", "validation_set", "dev", "devel", "development",
    "dev_set", "val_data",
)  # fmt: skip
_TEST = ("test", "testing", "tests", "testset", "test_set", "testing_set", "test_data")
SPLITS = {
    **dict.fromkeys(_TRAIN, "train"),
    **dict.fromkeys(_VALIDATION, "validation"),
    **dict.fromkeys(_TEST, "test"),
}
"""What people call the folders of a split, in lower case and with _ for - and blanks, and which split that is."""


@dataclass(frozen=True)
class _File:
    """A picture's file, the expression and person whose folders it stands in, and its split."""

    path: Path
    expression: str
    subject: str
    split: str


def read_class_folders(path: Path, cropped: bool = True, class_names: ClassNames = ()) -> Dataset:
    """Read <expression>/*.png, or train/<expression>/*.png beside val/ and test/, into one data set.

    A folder inside an expression's, <expression>/<person>/*.png, names the subject. Pictures that cannot be read, and
    files that are none, are left out and named in `Dataset.problems`.

    Args:
        path: where it stands.
        cropped: False if the pictures are whole scenes, in which a face is to be found; they are read when it is.
        class_names: what folders are called, where they are not called after expressions.

    Raises:
        DatasetError: nothing is found, a folder is no expression, or one beside the splits is none.

    """
    path = _inside(expect_folder(path, "class folders"))
    left_out = LeftOut()
    tops, problems = find_splits(path, SPLITS, left_out)
    files = []
    for top, split in (tops or {path: ""}).items():
        found, empty = _files_of(path, top, split, class_names, left_out)
        files += found
        problems += [f"{path.name}: no picture of '{name}': its folder {folder} is empty" for name, folder in empty]
    if not files:
        raise DatasetError(f"{path}: expected pictures in folders named after expressions, got none")
    names = [file.path.relative_to(path).as_posix() for file in files]
    paths = [file.path for file in files]
    pictures: dict[Path, Pixels | Path] = {file: file for file in paths}
    if cropped:
        problems += whole_photographs(path.name, paths)
        pictures = {**read_all(paths, names, left_out)}
    kept = [(f, name, pictures[f.path]) for f, name in zip(files, names, strict=True) if f.path in pictures]
    if not kept:
        raise DatasetError(f"{path}: expected pictures that can be read; {left_out.problems(path.name)[0]}")
    labels = tuple(e for e in EMOTIONS if any(file.expression == e for file, *_ in kept))
    samples = [
        Sample(name, picture, labels.index(file.expression), file.subject, split=file.split)
        for file, name, picture in kept
    ]
    problems += [*left_out.problems(path.name), *duplicate_problems(path.name, samples)]
    return Dataset(path.name, labels, tuple(samples), cropped, tuple(problems))


def find_splits(path: Path, known: dict[str, str], left_out: LeftOut) -> tuple[dict[Path, str], list[str]]:
    """Return the folders of splits in a folder with the split that each of them is, none if it is not split.

    Args:
        path: of the data set.
        known: names of splits' folders, see SPLITS.
        left_out: gets the names of the files that stand beside them.

    Returns:
        The folders, and what is to be said about those that are none.

    Raises:
        DatasetError: a folder with pictures beside them is no split.

    """
    folders = folders_in(path)
    tops = {folder: known[_key(folder)] for folder in folders if _key(folder) in known}
    if not tops:
        return {}, []
    problems: list[str] = []
    left_out.look_beside(path, path)
    for other in (folder for folder in folders if folder not in tops):
        inside = LeftOut()
        if not pictures_below(other, inside):
            problems.append(f"{path.name}: left out the folder {other.name}, which is no split and holds no picture")
            continue
        offer = did_you_mean(_key(other), known)
        raise DatasetError(
            f"{other}: expected beside {', '.join(t.name for t in tops)} only folders of splits, such as "
            f"{', '.join(dict.fromkeys(known.values()))}, got one with pictures{offer}; rename it or move it away"
        )
    return tops, problems


def _key(folder: Path) -> str:
    return folder.name.strip().casefold().replace("-", "_").replace(" ", "_")


def _inside(path: Path) -> Path:
    """Follow folders that hold one folder and nothing else, as archives unpack."""
    while True:
        folders = folders_in(path)
        if len(folders) != 1 or _key(folders[0]) in SPLITS or known_class(folders[0].name):
            return path
        if any(entry.is_file() for entry in path.iterdir()):
            return path
        path = folders[0]


def _files_of(
    path: Path, top: Path, split: str, names: ClassNames, left_out: LeftOut
) -> tuple[list[_File], list[tuple[str, str]]]:
    """Return the pictures of a folder of class folders, and (expression, folder) of those that hold none.

    path: of the data set.  top: the folder of class folders in it.
    """
    found, empty = [], []
    left_out.look_beside(top, path)
    for folder in folders_in(top):
        expression = expression_of(folder, names)
        files = pictures_below(folder, left_out)
        found += [_File(file, expression, _subject(file, folder), split) for file in files]
        if not files:
            empty.append((expression, f"{split}/{folder.name}".lstrip("/")))
    return found, empty


def _subject(file: Path, folder: Path) -> str:
    inner = file.relative_to(folder).parts[:-1]
    return inner[0] if inner else ""
