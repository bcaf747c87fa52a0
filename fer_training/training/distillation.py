"""Soft targets for distillation (Hinton et al. 2015): what bundles, and FER+'s annotators, say of training faces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.classifier import softmax
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import PreprocessSpec
from fer_training.data.crops import Crops
from fer_training.data.dataset import DatasetError, Pixels
from fer_training.evaluation.predictions import predict

Floats = npt.NDArray[np.float32]
# Share of the side that is looked at: the whole crop, and its middle. Both are seen mirrored as well.
_SIDES = (1.0, 0.92)
# Keeps a class that one expert rules out from being ruled out by all.
_FLOOR = 1e-6
# Of the logistic regression's inverse penalty: so many faces, so few coefficients, that it hardly matters.
_INVERSE_PENALTY = 10.0


def distillation_targets(
    crops: Crops, locations: Sequence[str], exponent: float = 1.0, votes_exponent: float = 0.0
) -> Floats:
    """Return soft targets of each face from all who can tell: a product of experts (Hinton 2002).

    Args:
        crops: N training faces.
        locations: bundles' folders or names of shipped ones. Their predictions are averaged, each over four views.
        exponent: of that mean in the product.
        votes_exponent: of the classes' probabilities given FER+'s votes; 0 leaves them out. The annotators saw what
            the bundles get wrong.

    Returns:
        (N, K) float32 probabilities.

    Raises:
        BundleError: a bundle does not load.
        DatasetError: a bundle has other labels than the faces.
        ValueError: `votes_exponent` is set, and the faces carry no votes.

    """
    teachers = np.mean([_predictions_of(crops, location) for location in locations], axis=0, dtype=np.float32)
    experts = [(np.asarray(teachers, np.float32), exponent)]
    if votes_exponent:
        experts.append((classes_by_votes(crops), votes_exponent))
    return product_of_experts(experts)


def product_of_experts(experts: Sequence[tuple[Floats, float]]) -> Floats:
    """Return the (N, K) product of experts' (N, K) probabilities, each to its exponent (Hinton 2002)."""
    return softmax(np.sum([exponent * np.log(expert + _FLOOR) for expert, exponent in experts], axis=0))


class ConsistentTeacher:
    """Soft targets for the very batch that the student sees (Beyer et al. 2022), from bundles on LiteRT."""

    def __init__(self, locations: Sequence[str], labels: tuple[str, ...], spec: PreprocessSpec) -> None:
        """Load the bundles, one thread each: training wants the others.

        Args:
            locations: bundles' folders or names of shipped ones.
            labels: the student's.
            spec: the student's preprocessing.

        Raises:
            BundleError: a bundle does not load.
            DatasetError: a bundle has other labels or preprocessing than the student.

        """
        bundles = [load_bundle(location) for location in locations]
        for location, bundle in zip(locations, bundles, strict=True):
            if bundle.labels != labels or bundle.spec != spec:
                raise DatasetError(
                    f"{location}: expected a teacher of the labels {labels} and preprocessing {spec}, "
                    f"got {bundle.labels} and {bundle.spec}"
                )
        self._classifiers = [make_classifier(b, "litert", threads=1, log=lambda line: None) for b in bundles]

    def __call__(self, faces: Floats) -> Floats:
        """Return (N, K) probabilities of a (N, size, size, 1) batch, averaged over the bundles."""
        return np.asarray(np.mean([c.classify(faces) for c in self._classifiers], axis=0, dtype=np.float32))


def classes_by_votes(crops: Crops) -> Floats:
    """Return the probabilities of FER-2013's classes given nothing but a face's FER+ votes.

    The two sets mean different things by the same names. A multinomial logistic regression of the faces' own targets
    tells what the votes mean; it has some hundred coefficients, so it does not know a face by heart. Faces without
    votes get the same probability for every class.

    Returns:
        (N, K) float32.

    Raises:
        ValueError: the faces carry no votes, or a class has no voted face.

    """
    if crops.votes is None:
        raise ValueError("the faces carry no votes")
    probabilities = np.full((len(crops), len(crops.labels)), 1 / len(crops.labels), np.float32)
    voted = crops.votes.sum(axis=1) > 0
    found = np.unique(crops.targets[voted])
    if len(found) != len(crops.labels):
        raise ValueError(f"expected faces with votes of all {len(crops.labels)} classes, got them of {len(found)}")
    # The first of ten votes for a class says more than the tenth.
    features = np.concatenate([crops.votes, np.sqrt(crops.votes)], axis=1)[voted]
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=3000).fit(features, crops.targets[voted])
    probabilities[voted] = model.predict_proba(features)
    return probabilities


def _predictions_of(crops: Crops, location: str) -> Floats:
    """Return (N, K) probabilities of one bundle, averaged over the views of each face."""
    bundle = load_bundle(location)
    if bundle.labels != crops.labels:
        raise DatasetError(f"{location}: expected a teacher of the labels {crops.labels}, got {bundle.labels}")
    classifier = make_classifier(bundle, "litert", log=lambda line: None)
    views = predict(classifier.classify, (view for face in crops.pixels for view in _views(face)), bundle.spec)
    return np.asarray(views.reshape(len(crops), -1, len(bundle.labels)).mean(axis=1))


def _views(face: Pixels) -> Iterator[Pixels]:
    """Yield the whole face and its middle, each with its mirror image."""
    for side in _SIDES:
        height, width = (max(1, round(length * side)) for length in face.shape)
        top, left = (face.shape[0] - height) // 2, (face.shape[1] - width) // 2
        view = np.ascontiguousarray(face[top : top + height, left : left + width])
        yield view
        yield np.ascontiguousarray(view[:, ::-1])
