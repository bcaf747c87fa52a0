"""How another detector frames a face, compared with the Haar cascade: the mapping in core/detection/blazeface.py.

python -m benchmarks.framing --fer2013 DIR [--pictures 2000] [--save]   (training pictures only)

Each picture is laid on a gray canvas at several sizes; where both detectors find one face, their boxes are compared.
The detector's boxes are those of its network: the mapping in the code is undone first. Printed: medians and 10th to
90th percentiles of Haar side / detector side, and of the shift between the centers in detector sides, beside what the
code has.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.report import Results
from fer_ros.core.detection.blazeface import MODELS, BlazeFaceDetector
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.geometry import Box
from fer_ros.core.types import Gray
from fer_training.data.fer2013 import read_fer2013

_NUMBERS = ("scale", "shift_x", "shift_y")
# The sides at which each network works, in pixels of the canvas: a third to a half of it, or a tenth to a third.
_CANVAS, _SIDES = 480, {"short": (160, 240), "full": (80, 160)}


def on_canvas(picture: Gray, side: int, canvas: int) -> Gray:
    """Lay a picture, brought to this side, on the middle of a square gray canvas; all in pixels."""
    result = np.full((canvas, canvas), 110, np.uint8)
    start = (canvas - side) // 2
    result[start : start + side, start : start + side] = cv2.resize(
        picture, (side, side), interpolation=cv2.INTER_CUBIC
    )
    return result


def unmapped(box: Box, scale: float, shift_x: float, shift_y: float) -> Box:
    """Return the network's own box of one that was brought to the Haar cascade's framing."""
    side, (x, y) = box.width / scale, box.center
    return Box.from_center(x - shift_x * side, y - shift_y * side, side, side)


def compared(haar: Box, other: Box) -> tuple[float, float, float]:
    """Return Haar side / other side, and the shift of the centers (x, y) in other sides."""
    (x, y), (other_x, other_y) = haar.center, other.center
    return haar.width / other.width, (x - other_x) / other.width, (y - other_y) / other.width


def fit(kind: str, pictures: Sequence[Gray]) -> dict[str, Any]:
    """Fit the mapping of a network's boxes to Haar's over (48, 48) uint8 pictures of one face each.

    Returns p10, median and p90 of scale, shift_x and shift_y, what the code has for each, and how many boxes it is on.
    Raises ValueError where the two detectors never find the same face.
    """
    haar, detector = HaarDetector(), BlazeFaceDetector(kind)
    code = {name: getattr(MODELS[kind], name) for name in _NUMBERS}
    rows = []
    for picture in pictures:
        for side in _SIDES[kind]:
            gray = on_canvas(picture, side, _CANVAS)
            ours, theirs = haar.detect(gray, side * 0.5), detector.detect(gray, 24)
            if len(ours) == 1 and len(theirs) == 1:
                box = unmapped(theirs[0].box, **code)
                if ours[0].box.iou(box) > 0.2:
                    rows.append(compared(ours[0].box, box))
    if not rows:
        raise ValueError(f"expected pictures in which Haar and BlazeFace {kind} find the same face, got none")
    values = {
        name: {
            **{key: float(v) for key, v in zip(("p10", "median", "p90"), np.percentile(column, [10, 50, 90]))},
            "code": code[name],
        }
        for name, column in zip(_NUMBERS, np.array(rows).T, strict=True)
    }
    return {"both": len(rows), "of": len(pictures) * len(_SIDES[kind]), **values}


def table(networks: dict[str, Any]) -> str:
    """Return the fits as Markdown."""
    lines = [
        "From BlazeFace's boxes to Haar's where both find the face: median (10th to 90th percentile).",
        "",
        "| network | both found one face | | fitted here | in the code |",
        "|---|---|---|---|---|",
    ]
    for kind, found in networks.items():
        for name in _NUMBERS:
            r = found[name]
            fitted = f"{r['median']:.3f} ({r['p10']:.3f} to {r['p90']:.3f})"
            lines.append(f"| {kind} | {found['both']} of {found['of']} | {name} | {fitted} | {r['code']:.3f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure every BlazeFace network."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fer2013", type=Path, required=True, help="folder or CSV file")
    parser.add_argument("--pictures", type=int, default=2000, help="a random sample of so many, always the same")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/framing.*")
    options = parser.parse_args()
    samples = read_fer2013(options.fer2013).split("train").samples
    chosen = np.random.default_rng(0).choice(len(samples), min(options.pictures, len(samples)), replace=False)
    networks = {kind: fit(kind, [samples[index].pixels for index in chosen]) for kind in MODELS}
    results = Results("framing", "How BlazeFace frames a face", {"pictures": len(chosen), "networks": networks})
    results.finish(table(networks), options.save)


if __name__ == "__main__":
    main()
