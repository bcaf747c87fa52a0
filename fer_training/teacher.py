"""Teachers (Hinton et al. 2015): what bundles, and FER+'s annotators, answer for the training faces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fer_ros.core.bundle import load_bundle
from fer_ros.core.classifier import make_classifier, softmax
from fer_ros.core.preprocessing import preprocess_crops
from fer_training.crops import Crops
from fer_training.datasets.base import DatasetError, Pixels
from fer_training.votes import classes_by_votes

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
    return softmax(sum(exponent * np.log(expert + _FLOOR) for expert, exponent in experts))


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
