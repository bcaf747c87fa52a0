"""The only module that reads a reported split: a bundle, run by the node's own code, against labelled pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import Bundle, load_bundle
from fer_ros.core.classification.classifier import Classifier
from fer_ros.core.classification.factory import make_classifier
from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset, DatasetError
from fer_training.data.face_cropping import find_faces
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.evaluation.metrics import Metrics, measure, wilson_interval
from fer_training.evaluation.predictions import predict


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a bundle predicts on one split.

    metrics: over the pictures whose face was found.  missed: pictures in which no face was found.
    facts: bundle, backend, data set and split, for the report.  problems: what the data set's reader found wrong.
    names: of the pictures behind `targets` and `probabilities`, (N,) and (N, K) in the bundle's order.
    """

    metrics: Metrics
    missed: int
    facts: dict[str, Any]
    problems: tuple[str, ...]
    names: tuple[str, ...]
    targets: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float32]

    @property
    def n(self) -> int:
        """How many pictures were evaluated, those without a found face included."""
        return self.metrics.n + self.missed

    @property
    def accuracy(self) -> float:
        """Share of right predictions, 0 to 1; a picture in which no face was found is a wrong one."""
        return int(np.trace(self.metrics.confusion)) / self.n

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return wilson_interval(int(np.trace(self.metrics.confusion)), self.n)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {
            **self.facts,
            "accuracy": self.accuracy,
            "n": self.n,
            "interval": list(self.interval),
            "missed_faces": self.missed,
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
    """Run a bundle over one split of a data set.

    Args:
        location: a bundle's folder or the name of a shipped one.
        spec: which data set.
        path: where it stands.
        split: '' for all of a data set that is not split.
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
    crops, missed = crops_for(dataset, bundle)
    facts = {"dataset": dataset.name, "split": split or "all"}
    return evaluate_classifier(classifier, crops, missed, facts, dataset.problems)


def crops_for(dataset: Dataset, bundle: Bundle) -> tuple[Crops, int]:
    """Return the faces of a data set under the bundle's labels, and the number of pictures without a found face."""
    unknown = sorted({dataset.labels[s.label] for s in dataset.samples} - set(bundle.labels))
    if unknown:
        raise DatasetError(f"{dataset.name}: expected labels among the bundle's {bundle.labels}, got also {unknown}")
    found = find_faces(dataset, bundle.spec.box_scale)
    order = np.array([bundle.labels.index(n) if n in bundle.labels else -1 for n in dataset.labels], np.int64)
    crops = found.crops
    return Crops(crops.pixels, order[crops.targets], bundle.labels, names=crops.names), len(found.missed)


def evaluate_classifier(
    classifier: Classifier, crops: Crops, missed: int, facts: dict[str, Any], problems: tuple[str, ...] = ()
) -> Evaluation:
    """Let a classifier predict each face, in the node's own way, and measure its predictions.

    Args:
        classifier: the backend with its model.
        crops: the faces.
        missed: how many pictures have no found face.
        facts: data set and split, for the report.
        problems: what the data set's reader found wrong.

    """
    probabilities = predict(classifier.classify, crops.pixels, classifier.spec)
    facts = {"bundle": classifier.bundle_id, "backend": classifier.name, **facts}
    metrics = measure(crops.targets, probabilities, crops.labels)
    return Evaluation(metrics, missed, facts, problems, crops.names, crops.targets, probabilities)
