"""Samples to face crops, through the node's own detector and preprocessing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.preprocessing import crop
from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.geometry import Box
from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset, DatasetError, Pixels, Sample
from fer_training.data.registry import DatasetSpec, read_dataset


@dataclass(frozen=True, eq=False)
class FoundFaces:
    """The faces of a data set at full resolution.

    kept: (N,) indices of the samples behind `crops`.  missed: names of the pictures in which no face was found.
    """

    crops: Crops
    kept: npt.NDArray[np.int64]
    missed: tuple[str, ...]

    def problems(self, dataset: Dataset) -> list[str]:
        """Say how many faces were not found, and in which pictures."""
        if not self.missed:
            return []
        names = ", ".join(self.missed[:5]) + (", ..." if len(self.missed) > 5 else "")
        return [f"{dataset.name}: no face found in {len(self.missed)} of {len(dataset.samples)} pictures ({names})"]


def find_faces(dataset: Dataset, box_scale: float = 1.0, cache: BoxCache | None = None) -> FoundFaces:
    """Cut the largest face out of each picture; a data set that is cropped already is taken as it is.

    Args:
        dataset: the samples.
        box_scale: see PreprocessSpec.
        cache: remembers where the faces are.

    Returns:
        The crops; pictures without a found face are left out and named in `missed`.

    Raises:
        DatasetError: no face is found at all.

    """
    if dataset.cropped:
        every = np.arange(len(dataset.samples))
        return FoundFaces(_crops(dataset, every, [s.pixels for s in dataset.samples]), every, ())
    cache = cache if cache is not None else BoxCache(None)
    detector = HaarDetector(cache.config)
    boxes = [cache.get(sample, detector) for sample in dataset.samples]
    cache.save()
    kept = np.array([i for i, box in enumerate(boxes) if box is not None], np.int64)
    if not len(kept):
        raise DatasetError(f"{dataset.name}: expected faces, found none in {len(boxes)} pictures")
    pixels = [crop(dataset.samples[i].pixels, boxes[i], box_scale) for i in kept]  # type: ignore[arg-type]
    missed = tuple(s.name for s, box in zip(dataset.samples, boxes, strict=True) if box is None)
    return FoundFaces(_crops(dataset, kept, pixels), kept, missed)


class BoxCache:
    """Where the face is in each picture, by the hash of the picture's content and the detector's settings.

    Boxes are kept rather than crops: a crop is cut from the picture at full resolution in no time, and no picture of
    a face is written to disk.
    """

    def __init__(self, folder: Path | None, config: DetectorConfig | None = None) -> None:
        """Open the cache file of these detector settings, the defaults if none; without a folder nothing is kept."""
        self.config = config or DetectorConfig()
        key = "-".join(str(v) for v in asdict(self.config).values()).replace("/", "_")
        self._path = None if folder is None else Path(folder) / f"boxes-{key}.json"
        self._boxes: dict[str, list[float] | None] = {}
        if self._path is not None and self._path.is_file():
            self._boxes = json.loads(self._path.read_text(encoding="utf-8"))
        self._stored = len(self._boxes)

    def get(self, sample: Sample, detector: HaarDetector) -> Box | None:
        """Return the largest face's box in pixels of the picture, or None where the detector finds none."""
        if sample.digest not in self._boxes:
            faces = detector.detect(sample.pixels, self.config.min_face)
            self._boxes[sample.digest] = list(faces[0].box.as_tuple()) if faces else None
        box = self._boxes[sample.digest]
        return None if box is None else Box(*box)

    def save(self) -> None:
        """Write the cache file if anything was added."""
        if self._path is None or len(self._boxes) == self._stored:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps(self._boxes), encoding="utf-8")
        temporary.replace(self._path)
        self._stored = len(self._boxes)


def read_crops(spec: DatasetSpec, path: Path, box_scale: float, cache: Path) -> tuple[Dataset, Crops]:
    """Read a data set that is divided into folds, and cut the faces out.

    Args:
        spec: which data set.
        path: where it stands.
        box_scale: see PreprocessSpec.
        cache: folder that remembers where the faces are.

    Returns:
        The samples in which a face was found, without those of reported splits, and their crops in the same order.
        `Dataset.problems` says what is wrong with the copy, and which pictures have no found face.

    Raises:
        DatasetError: the data set is missing or unfit, or no face is found.

    """
    dataset = read_dataset(spec, path).without_reported()
    found = find_faces(dataset, box_scale, BoxCache(cache))
    samples = tuple(dataset.samples[i] for i in found.kept)
    return replace(dataset, samples=samples, problems=(*dataset.problems, *found.problems(dataset))), found.crops


def crops_of(dataset: Dataset) -> Crops:
    """Return the faces of a data set whose pictures are faces already.

    Raises DatasetError for a data set of whole pictures.
    """
    if not dataset.cropped:
        raise DatasetError(f"{dataset.name}: expected pictures that are cropped to the face")
    return find_faces(dataset).crops


def _crops(dataset: Dataset, kept: npt.NDArray[np.int64], pixels: list[Pixels]) -> Crops:
    samples = [dataset.samples[i] for i in kept]
    votes = None
    if any(s.votes is not None for s in samples):
        width = next(len(s.votes) for s in samples if s.votes is not None)
        votes = np.stack([np.zeros(width, np.float32) if s.votes is None else s.votes for s in samples])
    return Crops(pixels, dataset.targets()[kept], dataset.labels, votes, tuple(s.name for s in samples))
