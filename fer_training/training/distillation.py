"""Teachers (Hinton et al. 2015): what bundles, and FER+'s annotators, answer for the training faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.classifier import softmax
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.classification.preprocessing import PreprocessSpec, preprocess_crops
from fer_training.data.crops import Crops
from fer_training.data.dataset import DatasetError, Pixels
from fer_training.training.votes import classes_by_votes

_CHUNK = 64
# Share of the side that is looked at: the whole crop, and its middle. Both are seen mirrored as well.
_SIDES = (1.0, 0.92)


# Keeps a class that one expert rules out from being ruled out by all.
_FLOOR = 1e-6


def teach(
    crops: Crops, locations: Sequence[str], power: float = 1.0, votes_power: float = 0.0
) -> npt.NDArray[np.float32]:
    """Return (N, K) float32 probabilities of each face's classes from all who can tell.

    locations: bundles' folders or names of shipped ones; their answers are averaged, each over four views of the face.
    power, votes_power: exponents of that mean and of the classes' probabilities given FER+'s votes, in their product
    (a product of experts, Hinton 2002: the annotators saw what the bundles get wrong).
    Raises BundleError for a bundle that does not load, DatasetError for one with other labels than the faces',
    ValueError for a votes_power where the faces carry no votes.
    """
    answers = np.mean([_answers(crops, location) for location in locations], axis=0, dtype=np.float32)
    experts = [(answers, power)]
    if votes_power:
        experts.append((classes_by_votes(crops), votes_power))
    return product_of_experts(experts)


def product_of_experts(experts: Sequence[tuple[npt.NDArray[np.float32], float]]) -> npt.NDArray[np.float32]:
    """Return the (N, K) product of experts' (N, K) probabilities, each to its exponent (Hinton 2002)."""
    return softmax(np.sum([exponent * np.log(expert + _FLOOR) for expert, exponent in experts], axis=0))


class ViewTeacher:
    """Answers for the very batch that the student sees (Beyer et al. 2022), by the bundles' own formats on LiteRT."""

    def __init__(self, locations: Sequence[str], labels: tuple[str, ...], spec: PreprocessSpec) -> None:
        """Load the bundles, one thread each: training wants the others.

        Raises BundleError for a bundle that does not load, DatasetError for one with other labels or preprocessing
        than the student's.
        """
        bundles = [load_bundle(location) for location in locations]
        for location, bundle in zip(locations, bundles, strict=True):
            if bundle.labels != labels or bundle.spec != spec:
                raise DatasetError(
                    f"{location}: expected a teacher of the labels {labels} and preprocessing {spec}, "
                    f"got {bundle.labels} and {bundle.spec}"
                )
        self._classifiers = [make_classifier(b, "litert", threads=1, log=lambda line: None) for b in bundles]

    def __call__(self, faces: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return (N, K) probabilities of a (N, size, size, 1) batch, averaged over the bundles."""
        return np.mean([c.classify(faces) for c in self._classifiers], axis=0, dtype=np.float32)


def _answers(crops: Crops, location: str) -> npt.NDArray[np.float32]:
    """Return (N, K) probabilities of one bundle."""
    bundle = load_bundle(location)
    if bundle.labels != crops.labels:
        raise DatasetError(f"{location}: expected a teacher of the labels {crops.labels}, got {bundle.labels}")
    classifier = make_classifier(bundle, "litert", log=lambda line: None)
    parts = []
    for start in range(0, len(crops), _CHUNK):
        faces = crops.pixels[start : start + _CHUNK]
        views = [view for face in faces for view in _views(face)]
        answers = classifier.classify(preprocess_crops(views, bundle.spec))
        parts.append(answers.reshape(len(faces), -1, len(bundle.labels)).mean(axis=1))
    return np.concatenate(parts)


def _views(face: Pixels) -> list[Pixels]:
    views = []
    for side in _SIDES:
        height, width = (max(1, round(length * side)) for length in face.shape)
        top, left = (face.shape[0] - height) // 2, (face.shape[1] - width) // 2
        view = np.ascontiguousarray(face[top : top + height, left : left + width])
        views += [view, np.ascontiguousarray(view[:, ::-1])]
    return views
