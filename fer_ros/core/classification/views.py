"""One still face seen several times (shifted, scaled, mirrored), for an answer that hangs less on the exact box.

A stream has that by itself: its boxes move a little from frame to frame, and smoothing averages over them. How much it
helps was measured: docs/recipes/analyze.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fer_ros.core.classification.classifier import Classifier
from fer_ros.core.classification.preprocessing import crop_faces, normalize
from fer_ros.core.geometry import Box
from fer_ros.core.types import Face, Frame, Gray, Vector

# (right, down, size), in sides of the box: the box itself, then pairs that lean to neither side.
_VIEWS = (
    (0.0, 0.0, 1.0),
    (0.0, 0.0, 0.93), (0.0, 0.0, 1.07),
    (-0.04, 0.0, 1.0), (0.04, 0.0, 1.0),
    (0.0, -0.04, 1.0), (0.0, 0.04, 1.0),
    (0.0, 0.0, 0.87), (0.0, 0.0, 1.15),
)  # fmt: skip
MOST_VIEWS = len(_VIEWS)


def check_views(views: int) -> None:
    """Raise ValueError unless there are such views: an odd number, 1 to MOST_VIEWS."""
    if isinstance(views, bool) or not isinstance(views, int) or views % 2 == 0 or not 1 <= views <= MOST_VIEWS:
        raise ValueError(f"views must be an odd number from 1 to {MOST_VIEWS}, got {views!r}")


def view_boxes(box: Box, views: int) -> list[Box]:
    """Return the box and its shifted and scaled neighbours.

    Args:
        box: of the face, in pixels.
        views: how many boxes; an odd number, 1 to MOST_VIEWS.

    Raises:
        ValueError: there are not so many views.

    """
    check_views(views)
    return [box.moved(right * box.width, down * box.height).scaled(size) for right, down, size in _VIEWS[:views]]


def classify_views(classifier: Classifier, frame: Frame, faces: Sequence[Face], crops: Gray, views: int) -> Vector:
    """Return each face's probabilities, averaged over its views and their mirror images.

    Args:
        classifier: the backend with its model.
        frame: the picture.
        faces: N faces in it.
        crops: (N, size, size) uint8, what `crop_faces` cut of them.
        views: boxes for each face; an odd number, 1 to MOST_VIEWS. 1 is the crop alone, as on a robot, not mirrored.

    Returns:
        (N, K) float32, each row sums to 1.

    Raises:
        ValueError: there are not so many views.

    """
    check_views(views)
    if views > 1:
        around = [replace(face, box=view) for face in faces for view in view_boxes(face.box, views)]
        seen = crop_faces(frame, around, classifier.spec)
        # A face and its mirror image show the same.
        crops = np.stack([seen, seen[:, :, ::-1]], axis=1).reshape(-1, *seen.shape[1:])
    if not len(crops):
        return np.empty((0, len(classifier.labels)), np.float32)
    rows = classifier.classify(normalize(crops, classifier.spec))
    return np.asarray(rows.reshape(len(faces), -1, rows.shape[1]).mean(axis=1), np.float32)
