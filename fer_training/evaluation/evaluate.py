"""The only module that reads a reported split: a bundle, run by the node's own code, against labelled pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import Bundle, load_bundle
from fer_ros.core.classification.classifier import Classifier
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.geometry import Box
from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset, DatasetError
from fer_training.data.face_cropping import FoundFaces, find_faces
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.data.summary import describe
from fer_training.evaluation.learned import LearnedPictures, learned_from, learned_pictures, read_otherwise
from fer_training.evaluation.metrics import Metrics, measure, wilson_interval
from fer_training.evaluation.predictions import predict

ALL = "all"
"""The split of results over all splits."""


@dataclass(frozen=True)
class Missed:
    """A picture in which no face was found: its name, its label's index, and its split."""

    name: str
    target: int
    split: str = ""


@dataclass(frozen=True)
class SplitResult:
    """How many of a split's pictures are right.

    learned: what the bundle had to do with them before, '' for nothing that is known.  denied: that it had nothing to
    do with them, '' where that is not on record.  others: right and number of those that it had nothing to do with,
    None where that is not on record.
    """

    split: str
    right: int
    n: int
    learned: str = ""
    denied: str = ""
    others: tuple[int, int] | None = None

    @property
    def accuracy(self) -> float:
        """Share of right predictions, 0 to 1."""
        return self.right / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson_interval(self.right, self.n)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        values = {"split": self.split, "accuracy": self.accuracy, "n": self.n, "interval": list(self.interval)}
        others = {} if self.others is None else {"others": {"right": self.others[0], "n": self.others[1]}}
        return {**values, "learned": self.learned, **others}


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a bundle predicts for the pictures of one split, or of several.

    metrics: over the pictures whose face was found.  missed: the pictures in which no face was found.
    facts: bundle, backend, data set and split, for the report.  problems: what the data set's reader found wrong.
    names, splits: of the N pictures behind `targets` and `probabilities`, (N,) and (N, K) in the bundle's order.
    boxes: of their faces in pixels; None where the pictures are faces already.  read: what was read, as text.
    learned: what the bundle had to do with a split before, by its name.  pictures: which pictures it had to do with,
    None for a bundle that does not record it.
    """

    metrics: Metrics
    missed: tuple[Missed, ...]
    facts: dict[str, Any]
    problems: tuple[str, ...]
    names: tuple[str, ...]
    targets: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]
    splits: tuple[str, ...] = ()
    boxes: tuple[Box | None, ...] = ()
    read: str = ""
    learned: dict[str, str] = field(default_factory=dict)
    pictures: LearnedPictures | None = None

    @property
    def n(self) -> int:
        """How many pictures were evaluated, those without a found face included."""
        return self.metrics.n + len(self.missed)

    @property
    def accuracy(self) -> float:
        """Share of right predictions, 0 to 1; a picture in which no face was found is a wrong one."""
        return int(np.trace(self.metrics.confusion)) / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson_interval(int(np.trace(self.metrics.confusion)), self.n)

    def by_split(self) -> list[SplitResult]:
        """Return a result for each split, in the order in which they come."""
        predicted = self.probabilities.argmax(axis=1)
        # Whether each picture is right, by its split and name.
        right: dict[str, dict[str, bool]] = {split: {} for split in self.splits}
        for split, name, correct in zip(self.splits, self.names, predicted == self.targets, strict=True):
            right[split][name] = bool(correct)
        for one in self.missed:
            right.setdefault(one.split, {})[one.name] = False
        return [self._result(split, pictures) for split, pictures in right.items()]

    def _result(self, split: str, right: dict[str, bool]) -> SplitResult:
        learned, known = self.learned.get(split, ""), self.pictures
        if known is None:
            return SplitResult(split, sum(right.values()), len(right), learned)
        told = "; ".join(filter(None, (known.tell(right), learned)))
        others = [correct for name, correct in right.items() if name not in known]
        denied = "" if told else known.deny(right)
        return SplitResult(split, sum(right.values()), len(right), told, denied, (sum(others), len(others)))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {
            **self.facts,
            "accuracy": self.accuracy,
            "n": self.n,
            "interval": list(self.interval),
            "splits": [result.to_dict() for result in self.by_split()],
            "missed_faces": len(self.missed),
            "missed": [one.name for one in self.missed],
            "found_faces": self.metrics.to_dict(),
            "problems": list(self.problems),
        }


def evaluate(
    location: str | Path,
    spec: DatasetSpec,
    path: Path,
    split: str = "",
    *,
    backend: str = "auto",
    precision: str = "default",
    threads: int = 2,
) -> Evaluation:
    """Run a bundle over one split of a data set, or over all of them.

    Args:
        location: a bundle's folder or the name of a shipped one.
        spec: which data set.
        path: where it stands.
        split: '' for all of the data set, split or not.
        backend: see make_classifier, as for `precision` and `threads`.
        precision: of the bundle's model file.
        threads: of LiteRT.

    Raises:
        BundleError, BackendError, DatasetError: one of them cannot be used.

    """
    bundle = load_bundle(location)
    classifier = make_classifier(bundle, backend, precision, threads, log=lambda line: None)
    dataset = read_dataset(spec, path)
    if split:
        dataset = dataset.split(split)
    facts = {"dataset": dataset.name, "split": split or ALL}
    crops, found = crops_for(dataset, bundle)
    pictures = learned_pictures(bundle, found)
    learned = learned_from(bundle, spec, {s.split for s in dataset.samples}, pictures)
    evaluation = evaluate_classifier(classifier, crops, found, facts, dataset, learned, pictures)
    return replace(evaluation, problems=(*read_otherwise(bundle, spec), *evaluation.problems))


def crops_for(dataset: Dataset, bundle: Bundle) -> tuple[Crops, FoundFaces]:
    """Return the faces of a data set under the bundle's labels, and what was found in its pictures."""
    unknown = sorted({dataset.labels[s.label] for s in dataset.samples} - set(bundle.labels))
    if unknown:
        raise DatasetError(f"{dataset.name}: expected labels among the bundle's {bundle.labels}, got also {unknown}")
    found = find_faces(dataset, bundle.spec.box_scale, level_from=bundle.spec.level_from)
    crops = found.crops
    order = _places(dataset, bundle.labels)
    return Crops(crops.pixels, order[crops.targets], bundle.labels, names=crops.names), found


def evaluate_classifier(
    classifier: Classifier,
    crops: Crops,
    found: FoundFaces,
    facts: dict[str, Any],
    dataset: Dataset,
    learned: dict[str, str] | None = None,
    pictures: LearnedPictures | None = None,
) -> Evaluation:
    """Let a classifier predict each face, in the node's own way, and measure its predictions.

    Args:
        classifier: the backend with its model.
        crops: the faces under its labels.
        found: what was found in the pictures, see crops_for.
        facts: data set and split, for the report.
        dataset: the pictures.
        learned: what the bundle had to do with a split before, by its name.
        pictures: which pictures it had to do with, where it records them.

    """
    probabilities = predict(classifier.classify, crops.pixels, classifier.spec)
    facts = {"bundle": classifier.bundle_id, "backend": classifier.name, **facts}
    kept = [dataset.samples[i] for i in found.kept]
    sample_of = {sample.name: sample for sample in dataset.samples}
    order = _places(dataset, crops.labels)
    return Evaluation(
        metrics=measure(crops.targets, probabilities, crops.labels),
        missed=tuple(Missed(name, int(order[sample_of[name].label]), sample_of[name].split) for name in found.missed),
        facts=facts,
        problems=(*dataset.problems, *found.problems(dataset)),
        names=crops.names,
        targets=crops.targets,
        probabilities=probabilities,
        splits=tuple(sample.split for sample in kept),
        boxes=tuple(face.box for face in found.faces) or (None,) * len(kept),
        read=describe(dataset, notes=False),
        learned=learned or {},
        pictures=pictures,
    )


def _places(dataset: Dataset, labels: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return the index of each of a data set's labels among others, -1 for those that are not there."""
    return np.array([labels.index(name) if name in labels else -1 for name in dataset.labels], np.int64)
