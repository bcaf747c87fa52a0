"""What every reader returns, and the checks that they share."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fer_ros.core.paths import is_litter
from fer_ros.core.sources import PictureError, read_picture
from fer_training.data.files import DatasetError

__all__ = ["Dataset", "DatasetError", "Pixels", "Sample", "read_gray"]

Pixels = npt.NDArray[np.uint8]
REPORTED = ("test", "public_test", "private_test")
"""Splits that results are reported on: nothing trains on them or selects by them."""
NODE = "default"
"""The profile whose search finds the faces of whole pictures where nobody asks for another."""


@dataclass(frozen=True, eq=False)
class Sample:
    """One labelled picture.

    name: unique inside its data set, such as 'Training_10118481.jpg'.
    picture: (H, W) uint8 gray, or the file of a whole picture, which is read anew each time that it is asked for.
    label: index into the data set's labels.  subject, sequence: '' where the data set has none.
    split: 'train', 'public_test', 'private_test' or '' where the data set is not split.
    votes: (K,) float32, a distribution over the labels from several annotators, or None.
    """

    name: str
    picture: Pixels | Path
    label: int
    subject: str = ""
    sequence: str = ""
    split: str = ""
    votes: npt.NDArray[np.float32] | None = None

    @property
    def pixels(self) -> Pixels:
        """(H, W) uint8 gray. Raises DatasetError for a file that cannot be read."""
        return read_gray(self.picture) if isinstance(self.picture, Path) else self.picture

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the pixels and their shape, or of a whole picture's file: equal for exact duplicates."""
        if isinstance(self.picture, Path):
            return hashlib.sha256(self.picture.read_bytes()).hexdigest()
        return pixel_digest(self.picture)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples with the names of their labels.

    labels: some of EMOTIONS, in its order.  cropped: the pictures are faces already, so no detector is run.
    problems: what the reader found wrong without refusing the copy, one sentence each.
    detector: the profile or parameter file whose search finds the faces of whole pictures.
    """

    name: str
    labels: tuple[str, ...]
    samples: tuple[Sample, ...]
    cropped: bool
    problems: tuple[str, ...] = field(default=())
    detector: str = NODE

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


def pixel_digest(pixels: Pixels) -> str:
    """Return the SHA-256 of a picture's shape and pixels."""
    return hashlib.sha256(str(pixels.shape).encode() + pixels.tobytes()).hexdigest()


def read_gray(path: Path) -> Pixels:
    """Read one picture file as (H, W) uint8 gray; raises DatasetError naming the file if it is no picture."""
    try:
        return read_picture(path, gray=True)
    except PictureError as error:
        raise DatasetError(f"{path}: expected a picture, got one that cannot be read ({error})") from error


def inside(path: Path, known: Container[str]) -> Path:
    """Follow folders that hold one folder and nothing else, as archives unpack, down to one of `known` (lower case)."""
    while path.is_dir():
        entries = [p for p in path.iterdir() if not is_litter(p)]
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
