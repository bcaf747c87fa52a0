"""Several views of a face against one, on still pictures with labels: right answers, and how far they hang on the box.

python -m benchmarks.views --pictures DIR [--profile default] [--bundle default] [--views 1 3 5 7 9] [--save]

DIR holds pictures of one person each and labels.csv (file, expression). The largest face of each picture is answered;
pictures without one count in no figure but their number. For the spread the box moves by 4 pixels to each side.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.report import Results
from fer_ros.bags.scoring import Share
from fer_ros.core import Face, Frame, Pipeline, canonical, load_pipeline
from fer_ros.core.classification.preprocessing import crop_faces
from fer_ros.core.classification.views import classify_views

MOVED = 4.0
"""Pixels by which a box is moved."""


@dataclass
class Measured:
    """What a number of views came to. changes: of the answer's probability, for each face and side; flips: its label's.

    alone: faces that this number of views answers right and one view wrong.  lost: the other way round.
    """

    right: int = 0
    alone: int = 0
    lost: int = 0
    changes: list[float] = field(default_factory=list)
    flips: list[bool] = field(default_factory=list)

    def facts(self, total: int) -> dict[str, Any]:
        """Return it as plain numbers. total: faces that were answered."""
        share = Share(self.right, total)
        return {
            "right": self.right,
            "faces": total,
            "accuracy": share.value,
            "interval": share.interval,
            "right_here_alone": self.alone,
            "right_with_one_view_alone": self.lost,
            "change_mean": float(np.mean(self.changes)),
            "change_p95": float(np.percentile(self.changes, 95)),
            "flips": Share(sum(self.flips), len(self.flips)).value,
        }


def faces_of(folder: Path, pipeline: Pipeline) -> Iterator[tuple[Frame, Face | None, str]]:
    """Yield each labelled picture, its largest face (None where none is found) and its label."""
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            picture = cv2.imread(str(folder / row["file"]))
            if picture is None:
                raise ValueError(f"{folder / row['file']}: expected a picture, got none that OpenCV can read")
            frame = Frame.from_bgr(np.asarray(picture, np.uint8))
            found = pipeline.look(frame)
            yield frame, found[0].detection if found else None, canonical(row["expression"])


def answer(pipeline: Pipeline, frame: Frame, faces: Sequence[Face], views: int) -> npt.NDArray[np.float32]:
    """Return the (N, K) probabilities of faces from so many views."""
    crops = crop_faces(frame, faces, pipeline.classifier.spec)
    return classify_views(pipeline.classifier, frame, faces, crops, views)


def moved(face: Face) -> list[Face]:
    """Return the face with its box moved by MOVED pixels to each side."""
    return [replace(face, box=face.box.moved(dx, dy)) for dx, dy in ((MOVED, 0), (-MOVED, 0), (0, MOVED), (0, -MOVED))]


def measure(folder: Path, pipeline: Pipeline, counts: Sequence[int]) -> tuple[dict[int, Measured], int, int]:
    """Return what each number of views came to, the number of pictures, and that of pictures with a face."""
    results = {views: Measured() for views in counts}
    pictures = found = 0
    labels = pipeline.classifier.labels
    for frame, face, label in faces_of(folder, pipeline):
        pictures += 1
        if face is None or label not in labels:
            continue
        found += 1
        plain = labels[int(answer(pipeline, frame, [face], 1)[0].argmax())] == label
        for views, measured in results.items():
            here, *others = answer(pipeline, frame, [face, *moved(face)], views)
            best = int(here.argmax())
            right = labels[best] == label
            measured.right += right
            measured.alone += right and not plain
            measured.lost += plain and not right
            measured.changes += [float(abs(other[best] - here[best])) for other in others]
            measured.flips += [int(other.argmax()) != best for other in others]
    return results, pictures, found


def table(data: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    lines = [
        f"{data['faces']} of {data['pictures']} pictures with a face, profile {data['profile']}.",
        "",
        "| views | right | 95 % interval | right where one view is wrong, and the reverse "
        "| change of the answer's probability, mean (p95) | another label |",
        "|---|---|---|---|---|---|",
    ]
    for views, row in data["views"].items():
        low, high = row["interval"]
        lines.append(
            f"| {views} | {100 * row['accuracy']:.1f} % ({row['right']}) | {100 * low:.1f} to {100 * high:.1f} "
            f"| {row['right_here_alone']}, {row['right_with_one_view_alone']} "
            f"| {row['change_mean']:.3f} ({row['change_p95']:.3f}) | {100 * row['flips']:.1f} % |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=Path, required=True, help="folder with pictures and labels.csv")
    parser.add_argument("--profile", default="default")
    parser.add_argument("--bundle", default="default")
    parser.add_argument("--views", type=int, nargs="+", default=[1, 3, 5, 7, 9])
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/views.*")
    options = parser.parse_args()
    pipeline = load_pipeline(options.profile, bundle=options.bundle, threads=1)
    results, pictures, found = measure(options.pictures, pipeline, options.views)
    if not found:
        parser.error(f"expected pictures of faces in {options.pictures}, got none in which a face is found")
    data = {
        "bundle": pipeline.classifier.bundle_id,
        "profile": options.profile,
        "pictures": pictures,
        "faces": found,
        "views": {str(views): measured.facts(found) for views, measured in results.items()},
    }
    Results("views", "Several views of a still face", data).finish(table(data), options.save)


if __name__ == "__main__":
    main()
