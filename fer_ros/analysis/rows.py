"""The faces of an input as rows: for iterating, and as dicts or a table for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fer_ros.core.missing import needs
from fer_ros.core.types import Expression, TrackedFace

if TYPE_CHECKING:
    import pandas as pd

FIXED = ("file", "picture", "camera", "frame", "time", "stamp", "track", "left", "top", "right", "bottom", "score",
         "label", "confidence", "state", "reasons", "raw_label", "raw_confidence")  # fmt: skip
"""The columns of a table of faces before the probabilities of each label, raw and smoothed."""


class MissingPackage(RuntimeError):
    """A package of the extra 'analysis' that is not installed."""

    def __init__(self, name: str, purpose: str) -> None:
        """Name it, what it would be for, and how to get it."""
        super().__init__(f"{purpose} {needs(name, 'analysis')}")


@dataclass(frozen=True, eq=False)
class FaceRow:
    """One face in one image.

    Attributes:
        file: the input, as it was named.
        picture: name of the picture within a folder, '' for other inputs.
        camera: image topic of a bag, '' for other inputs.
        frame: number of the image in its input, from 0.
        time: seconds from the start of a video, or from the first image of a bag; None for a still picture.
        stamp: seconds, the header's, in a bag; None for other inputs.
        face: box, score, track and expressions.

    """

    file: str
    picture: str
    camera: str
    frame: int
    time: float | None
    stamp: float | None
    face: TrackedFace

    def as_dict(self) -> dict[str, Any]:
        """Return the columns of the table by name; None where there is nothing, such as a picture's time."""
        face = self.face
        left, top, right, bottom = (round(value, 1) for value in face.box.as_tuple())
        return {
            "file": self.file,
            "picture": self.picture,
            "camera": self.camera,
            "frame": self.frame,
            "time": None if self.time is None else round(self.time, 3),
            "stamp": None if self.stamp is None else round(self.stamp, 6),
            "track": face.track_id,
            "left": left,
            "top": top,
            "right": right,
            "bottom": bottom,
            "score": round(face.score, 3),
            "label": face.label,
            "confidence": round(face.confidence, 4),
            "state": face.state.name,
            "reasons": str(face.reasons),
            "raw_label": face.raw.label,
            "raw_confidence": round(face.raw.confidence, 4),
            **_named("raw", face.raw, face.raw.probabilities.labels),
            **_named("smoothed", face.smoothed, face.raw.probabilities.labels),
        }


def columns(labels: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns of a table of faces, for a model of these labels."""
    return (*FIXED, *(f"raw_{label}" for label in labels), *(f"smoothed_{label}" for label in labels))


def to_dicts(rows: Iterable[FaceRow]) -> Iterator[dict[str, Any]]:
    """Yield each face as a dict of plain values: the columns of faces.csv by name.

    Args:
        rows: what `analyze` yields.

    """
    return (row.as_dict() for row in rows)


def to_dataframe(rows: Iterable[FaceRow]) -> pd.DataFrame:
    """Return the faces as a pandas DataFrame with the columns of faces.csv.

    Args:
        rows: what `analyze` yields.

    Raises:
        MissingPackage: pandas is not installed.

    """
    try:
        import pandas as pd
    except ModuleNotFoundError:
        raise MissingPackage("pandas", "a DataFrame") from None
    dicts = list(to_dicts(rows))
    return pd.DataFrame(dicts, columns=None if dicts else list(FIXED))


def _named(prefix: str, shown: Expression | None, labels: Sequence[str]) -> dict[str, float | None]:
    if shown is None:
        return {f"{prefix}_{label}": None for label in labels}
    return {f"{prefix}_{label}": round(probability, 4) for label, probability in shown.probabilities}
