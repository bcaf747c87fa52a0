"""Samples to face crops, through the node's own search and preprocessing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from fer_ros.core.classification.preprocessing import PreprocessSpec, crop_face, resize_crop
from fer_ros.core.quality import assess
from fer_ros.core.sources.types import first_names
from fer_ros.core.types import Face
from fer_training.data.crops import Crops
from fer_training.data.dataset import REPORTED, Dataset, DatasetError, Pixels, Sample, pixel_digest
from fer_training.data.face_search import BoxCache, PictureSearch
from fer_training.data.picture_record import Hashes, short_hashes
from fer_training.data.pictures import unread_pictures
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.data.summary import check_trainable

__all__ = ["BoxCache", "FoundFaces", "crops_of", "find_faces", "read_crops"]


@dataclass(frozen=True, eq=False)
class FoundFaces:
    """The faces of a data set at full resolution.

    kept: (N,) indices of the samples behind `crops`.  missed: names of the pictures in which no face was found.
    unread: those that cannot be read, with the reason.  several: those with more faces than one, of which the surest
    was taken.  doubtful: those whose face has something against it, with what.
    faces: the N faces in pixels of their pictures; none for a data set that is cropped already.
    missed_pictures: short hashes of the pictures in which no face was found, as `Crops.pictures` has them.
    """

    crops: Crops
    kept: npt.NDArray[np.int64]
    missed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    faces: tuple[Face, ...] = ()
    missed_pictures: Hashes = field(default_factory=lambda: short_hashes([]))

    def problems(self, dataset: Dataset) -> list[str]:
        """Say in which pictures no face was found, several, or a doubtful one, and which could not be read."""
        kinds = (
            (self.missed, "no face found in {}"),
            (self.several, "several faces in {}, the surest one is taken"),
            (self.doubtful, "a doubtful face in {}"),
        )
        total = f"{len(dataset.samples)} pictures"
        lines = [
            f"{dataset.name}: {text.format(f'{len(names)} of {total}')} ({first_names(names)})"
            for names, text in kinds
            if names
        ]
        return [*lines, *([f"{dataset.name}: {unread_pictures(self.unread)}"] if self.unread else [])]


def find_faces(
    dataset: Dataset,
    box_scale: float = 1.0,
    cache: BoxCache | None = None,
    level_from: float = PreprocessSpec.level_from,
    progress: bool = True,
) -> FoundFaces:
    """Cut the surest face out of each picture; a data set that is cropped already is taken as it is.

    One picture after the other is read, searched and cut, so that only the faces are held in memory.

    Args:
        dataset: the samples; `Dataset.detector` says whose search it is.
        box_scale: see PreprocessSpec.
        cache: remembers where the faces are.
        level_from: see PreprocessSpec.
        progress: whether a bar is shown where somebody looks on.

    Returns:
        The crops; pictures without a found face, and those that cannot be read, are left out and named.

    Raises:
        DatasetError: no face is found at all.
        FileNotFoundError, ValueError: there is no such profile, or its detector does not load.

    """
    if dataset.cropped:
        every = np.arange(len(dataset.samples))
        digests = [s.digest for s in dataset.samples]
        return FoundFaces(_crops(dataset, every, [s.pixels for s in dataset.samples], digests), every)
    search, cache = PictureSearch(dataset.detector), cache or BoxCache(None)
    spec = PreprocessSpec(box_scale=box_scale, level_from=level_from)
    cutter = _Cutter(search, cache, spec)
    cache.open(search)
    try:
        # None: no bar where the error output is no terminal.
        for index, sample in enumerate(tqdm(dataset.samples, unit="picture", disable=None if progress else True)):
            cutter.cut(index, sample)
    finally:
        cache.save()
    if not cutter.kept:
        unread = f"; {unread_pictures(cutter.unread)}" if cutter.unread else ""
        raise DatasetError(f"{dataset.name}: expected faces, found none in {len(dataset.samples)} pictures{unread}")
    kept = np.array(cutter.kept, np.int64)
    return FoundFaces(
        _crops(dataset, kept, cutter.pixels, cutter.digests),
        kept,
        tuple(cutter.missed),
        tuple(cutter.unread),
        tuple(cutter.several),
        tuple(cutter.doubtful),
        tuple(cutter.faces),
        short_hashes(cutter.missed_digests),
    )


class _Cutter:
    """Cuts faces out of pictures, and remembers the names of those that are worth a word."""

    def __init__(self, search: PictureSearch, cache: BoxCache, spec: PreprocessSpec) -> None:
        self._search, self._cache, self._spec = search, cache, spec
        # Whatever the profile switches off for the running node: a doubtful face is named here, and not left out.
        self._quality = replace(search.config.quality, enabled=True)
        self.kept: list[int] = []
        self.pixels: list[Pixels] = []
        self.digests: list[str] = []
        self.missed_digests: list[str] = []
        self.faces: list[Face] = []
        self.missed: list[str] = []
        self.unread: list[str] = []
        self.several: list[str] = []
        self.doubtful: list[str] = []

    def cut(self, index: int, sample: Sample) -> None:
        """Cut the face out of one sample's picture."""
        try:
            pixels = sample.pixels
        except DatasetError as error:
            self.unread.append(f"{sample.name} ({error.__cause__ or error})")
            return
        seen, digest = self._cache.get(sample, pixels, self._search), pixel_digest(pixels)
        if seen.face is None:
            self.missed.append(sample.name)
            self.missed_digests.append(digest)
            return
        # A copy of its own: a part of the picture would keep all of it in memory.
        face = np.array(crop_face(pixels, seen.face, self._spec), order="C")
        self.kept.append(index)
        self.pixels.append(face)
        self.digests.append(digest)
        self.faces.append(seen.face)
        if seen.count > 1:
            self.several.append(sample.name)
        (reasons,) = assess([seen.face], resize_crop(face, self._spec)[np.newaxis], self._quality)
        if reasons:
            self.doubtful.append(f"{sample.name}: {reasons}")


def read_crops(
    spec: DatasetSpec, path: Path, box_scale: float, cache: Path, level_from: float = PreprocessSpec.level_from
) -> tuple[Dataset, Crops]:
    """Read a data set that is divided into folds, and cut the faces out.

    Args:
        spec: which data set.
        path: where it stands.
        box_scale: see PreprocessSpec.
        cache: folder that remembers where the faces are.
        level_from: see PreprocessSpec.

    Returns:
        The samples in which a face was found, without those of reported splits, and their crops in the same order.
        `Dataset.problems` says what is wrong with the copy, and which pictures have no found face, several or a
        doubtful one.

    Raises:
        DatasetError: the data set is missing or unfit, a class has no picture to train on, or no face is found.

    """
    whole = read_dataset(spec, path)
    dataset = whole.without_reported()
    # Before the search, which may take an hour.
    check_trainable(whole, [i for i, sample in enumerate(whole.samples) if sample.split not in REPORTED])
    found = find_faces(dataset, box_scale, BoxCache(cache), level_from)
    samples = tuple(dataset.samples[i] for i in found.kept)
    return replace(dataset, samples=samples, problems=(*dataset.problems, *found.problems(dataset))), found.crops


def crops_of(dataset: Dataset) -> Crops:
    """Return the faces of a data set whose pictures are faces already.

    Raises DatasetError for a data set of whole pictures.
    """
    if not dataset.cropped:
        raise DatasetError(f"{dataset.name}: expected pictures that are cropped to the face")
    return find_faces(dataset).crops


def _crops(dataset: Dataset, kept: npt.NDArray[np.int64], pixels: Sequence[Pixels], digests: Sequence[str]) -> Crops:
    samples = [dataset.samples[i] for i in kept]
    votes = None
    if any(s.votes is not None for s in samples):
        width = next(len(s.votes) for s in samples if s.votes is not None)
        votes = np.stack([np.zeros(width, np.float32) if s.votes is None else s.votes for s in samples])
    names, pictures = tuple(s.name for s in samples), short_hashes(digests)
    return Crops(pixels, dataset.targets()[kept], dataset.labels, votes, names, pictures=pictures)
