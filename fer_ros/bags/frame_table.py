"""frames.csv: what a program reads of a session, a row for each face of each image."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import IO, Any

from fer_ros.bags.evaluation import Answer
from fer_ros.bags.labels import Label
from fer_ros.core.types import State

FRAMES = "frames.csv"
_FACE = ("track_id", "left", "top", "right", "bottom", "detection_score", "raw_label", "raw_confidence",
         "smoothed_label", "smoothed_confidence", "state", "reasons")  # fmt: skip
_JUDGED = ("expected", "raw_right", "smoothed_right")


class FrameTable:
    """frames.csv: one row for each face of each image, and for each labelled image without its face."""

    def __init__(self, file: IO[str], names: Sequence[str], labels: Sequence[Label]) -> None:
        """Write the header. names: the model's labels, in the order of its probabilities."""
        self._writer = csv.writer(file)
        self._labels = labels
        self._names = names
        probabilities = [f"raw_{name}" for name in names] + [f"smoothed_{name}" for name in names]
        self._writer.writerow(["camera", "stamp", "time", *_FACE, *_JUDGED, *probabilities])

    def add(self, answers: Sequence[Answer]) -> None:
        """Write the answers of one image."""
        for answer in answers:
            expected = "" if answer.label is None else self._labels[answer.label].expression
            self._writer.writerow(
                [answer.camera, f"{answer.stamp:.6f}", f"{answer.time:.3f}", *self._face(answer, expected)]
            )

    def _face(self, answer: Answer, expected: str) -> list[Any]:
        face = answer.face
        if face is None:
            return [""] * len(_FACE) + [expected, "", ""] + [""] * 2 * len(self._names)
        smoothed = face.smoothed
        right = face.state is State.STABLE and smoothed is not None and smoothed.label == expected
        return [
            face.track_id,
            *(f"{value:.1f}" for value in face.box.as_tuple()),
            f"{face.score:.3f}",
            face.raw.label,
            f"{face.raw.confidence:.4f}",
            "" if smoothed is None else smoothed.label,
            "" if smoothed is None else f"{smoothed.confidence:.4f}",
            face.state.name,
            int(face.reasons),
            expected,
            int(face.raw.label == expected) if expected else "",
            int(right) if expected else "",
            *(f"{p:.4f}" for _, p in face.raw.probabilities),
            *([""] * len(self._names) if smoothed is None else (f"{p:.4f}" for _, p in smoothed.probabilities)),
        ]
