"""How another detector frames a face, compared with the Haar cascade: the mapping in fer_ros/core/blazeface.py.

python -m benchmarks.framing --fer2013 DIR   (training pictures only)

Each picture is laid on a gray canvas at several sizes; where both detectors find one face, their boxes are compared.
Printed: medians and 10th to 90th percentiles of Haar side / detector side, and of the shift between the centers in
detector sides. Run with the mapping in the code set to 1, 0, 0 to measure it anew.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from fer_ros.core.blazeface import MODELS, BlazeFaceDetector
from fer_ros.core.detector import HaarDetector
from fer_ros.core.types import Box, Gray
from fer_training.datasets.fer2013 import read_fer2013


def on_canvas(picture: Gray, side: int, canvas: int) -> Gray:
    """Lay a picture, brought to this side, on the middle of a square gray canvas; all in pixels."""
    result = np.full((canvas, canvas), 110, np.uint8)
    start = (canvas - side) // 2
    result[start : start + side, start : start + side] = cv2.resize(
        picture, (side, side), interpolation=cv2.INTER_CUBIC
    )
    return result


def compared(haar: Box, other: Box) -> tuple[float, float, float]:
    """Return Haar side / other side, and the shift of the centers (x, y) in other sides."""
    (x, y), (other_x, other_y) = haar.center, other.center
    return haar.width / other.width, (x - other_x) / other.width, (y - other_y) / other.width


def main() -> None:
    """Measure every BlazeFace network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fer2013", type=Path, required=True)
    parser.add_argument("--pictures", type=int, default=2000)
    options = parser.parse_args()
    samples = read_fer2013(options.fer2013).split("train").samples
    chosen = np.random.default_rng(0).choice(len(samples), min(options.pictures, len(samples)), replace=False)
    haar = HaarDetector()
    for kind in MODELS:
        detector = BlazeFaceDetector(kind)
        # The sides at which each network works: a third to a half of the picture, or a tenth to a third.
        sides = (160, 240) if kind == "short" else (80, 160)
        rows, seen = [], 0
        for index in chosen:
            for side in sides:
                gray = on_canvas(samples[index].pixels, side, 480)
                ours = haar.detect(gray, side * 0.5)
                theirs = detector.detect(gray, 24)
                seen += 1
                if len(ours) == 1 and len(theirs) == 1 and ours[0].box.iou(theirs[0].box) > 0.2:
                    rows.append(compared(ours[0].box, theirs[0].box))
        print(f"{kind}: both found one face in {len(rows)} of {seen}")
        for name, values in zip(("scale", "shift_x", "shift_y"), np.array(rows).T, strict=True):
            low, median, high = np.percentile(values, [10, 50, 90])
            print(f"  {name}: {median:.3f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
