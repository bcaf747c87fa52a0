"""A bundle as a teacher (Hinton et al. 2015): its answers for the training faces, averaged over views."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fer_ros.core.bundle import load_bundle
from fer_ros.core.classifier import make_classifier
from fer_ros.core.preprocessing import preprocess_crops
from fer_training.crops import Crops
from fer_training.datasets.base import DatasetError, Pixels

_CHUNK = 64
# Share of the side that is looked at: the whole crop, and its middle. Both are seen mirrored as well.
_SIDES = (1.0, 0.92)


def teach(crops: Crops, location: str) -> npt.NDArray[np.float32]:
    """Return (N, K) float32 probabilities of a bundle for each face, averaged over four views of it.

    location: a bundle's folder or 'default'.
    Raises BundleError for a bundle that does not load, DatasetError for one with other labels than the faces'.
    """
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
