"""What every reader returns, and the checks that they share."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
REPORTED = ("test", "public_test", "private_test")
"""Splits that results are reported on: nothing trains on them or selects by them."""
PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".pgm")
"""Suffixes of the picture files that readers take."""


class DatasetError(ValueError):
    """A data set that is missing, incomplete or unreadable; the message says where and what was expected."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One labelled picture.

    name: unique inside its data set, such as 'Training_10118481.jpg'.  pixels: (H, W) uint8 gray.
    label: index into the data set's labels.  subject, sequence: '' where the data set has none.
    split: 'train', 'public_test', 'private_test' or '' where the data set is not split.
    votes: (K,) float32, a distribution over the labels from several annotators, or None.
    """

    name: str
    pixels: Pixels
    label: int
    subject: str = ""
    sequence: str = ""
    split: str = ""
    votes: npt.NDArray[np.float32] | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the pixels and their shape: equal for exact duplicates, whatever file they came from."""
        return hashlib.sha256(str(self.pixels.shape).encode() + self.pixels.tobytes()).hexdigest()


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples with the names of their labels.

    labels: some of EMOTIONS, in its order.  cropped: the pictures are faces already, so no detector is run.
    problems: what the reader found wrong without refusing the copy, one sentence each.
    """

    name: str
    labels: tuple[str, ...]
    samples: tuple[Sample, ...]
    cropped: bool
    problems: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        """Raise DatasetError if two samples share a name: votes, folds and runs tell them apart by it."""
        name, count = Counter(s.name for s in self.samples).most_common(1)[0] if self.samples else ("", 1)
        if count > 1:
            raise DatasetError(f"{self.name}: expected a name of its own for each picture, got {name} {count} times")

    def without_reported(self) -> Dataset:
        """Return the samples that may be trained on and selected by. Raises DatasetError if there are none."""
        return self.split(*({s.split for s in self.samples} - set(REPORTED)))

    def split(self, *names: str) -> Dataset:
        """Return the samples of these splits. Raises DatasetError if there are none."""
        chosen = tuple(s for s in self.samples if s.split in names)
        if not chosen:
            found = sorted({s.split for s in self.samples})
            got = "pictures that are not split" if found == [""] else f"only {found}"
            raise DatasetError(f"{self.name}: expected samples in split {' or '.join(names)}, got {got}")
        return replace(self, samples=chosen)

    def with_labels(self, labels: tuple[str, ...]) -> Dataset:
        """Return only the samples of these labels, under them. Raises DatasetError if there are none."""
        place = {self.labels.index(name): i for i, name in enumerate(labels) if name in self.labels}
        chosen = tuple(replace(s, label=place[s.label]) for s in self.samples if s.label in place)
        if not chosen:
            raise DatasetError(f"{self.name}: expected samples of {labels}, got only {self.labels}")
        return replace(self, labels=labels, samples=chosen)

    def targets(self) -> npt.NDArray[np.int64]:
        """Return the (N,) label indices."""
        return np.array([s.label for s in self.samples], np.int64)

    def counts(self) -> dict[str, int]:
        """Return how many samples each label has, in the order of the labels."""
        numbers = Counter(s.label for s in self.samples)
        return {name: numbers[index] for index, name in enumerate(self.labels)}


@contextmanager
def readable_table(path: Path) -> Iterator[None]:
    """Turn what reading a CSV file raises into a DatasetError that names the file."""
    try:
        yield
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: expected a CSV table in UTF-8, got {error}") from None


def read_gray(path: Path) -> Pixels:
    """Read one picture file as (H, W) uint8 gray; raises DatasetError naming the file if it is no picture."""
    if path.suffix.lower() in (".tif", ".tiff"):
        # OpenCV does not know every TIFF; Pillow reads the palettes of JAFFE's.
        try:
            with Image.open(path) as picture:
                return np.asarray(picture.convert("L"), np.uint8)
        except OSError as error:
            raise DatasetError(f"{path}: expected a picture, got {error}") from None
    pixels = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise DatasetError(f"{path}: expected a picture, got a file that OpenCV cannot read")
    return pixels  # type: ignore[return-value]


def inside(path: Path, known: Container[str]) -> Path:
    """Follow folders that hold one folder and nothing else, as archives unpack, down to one of `known` (lower case)."""
    while path.is_dir():
        entries = [p for p in path.iterdir() if not p.name.startswith((".", "__"))]
        if len(entries) != 1 or not entries[0].is_dir() or entries[0].name.lower() in known:
            break
        path = entries[0]
    return path


def count_problems(dataset: str, got: Mapping[str, int], official: Mapping[str, int]) -> list[str]:
    """Say for which labels the copy has another number of pictures than the official one."""
    return [
        f"{dataset}: expected {official[name]} pictures of '{name}', got {got.get(name, 0)}"
        for name in official
        if got.get(name, 0) != official[name]
    ]


def duplicate_problems(dataset: str, samples: Iterable[Sample]) -> list[str]:
    """Say how many exact duplicates there are inside and across splits, and how many of them disagree on the label."""
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.digest].append(sample)
    repeated = [group for group in groups.values() if len(group) > 1]
    if not repeated:
        return []
    across = sum(len({s.split for s in group}) > 1 for group in repeated)
    disagree = sum(len({s.label for s in group}) > 1 for group in repeated)
    return [
        f"{dataset}: {len(repeated)} pictures stand several times ({sum(map(len, repeated))} files); "
        f"{across} of them in more than one split, {disagree} with different labels"
    ]
