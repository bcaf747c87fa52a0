"""Small clips and bundles that the tests of the analysis share."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pictures

RATE = 10
SIZE = (640, 480)


def moving(number: int) -> np.ndarray:
    """Return two people who move a little, as (480, 640, 3) uint8 BGR."""
    return np.roll(pictures.two_faces(), 2 * number, axis=1)


def write_clip(path: Path, count: int = 12, shown: range | None = None) -> Path:
    """Write a clip of ten images a second; people are in those of the range, or in all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), RATE, SIZE)
    for number in range(count):
        seen = shown is None or number in shown
        writer.write(moving(number) if seen else np.full((480, 640, 3), 90, np.uint8))
    writer.release()
    return path


def write_photos(folder: Path) -> Path:
    """Write a folder with the picture of one person, that of two, and one without anybody."""
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "photo2.png"), pictures.smiling())
    cv2.imwrite(str(folder / "photo10.png"), pictures.two_faces())
    cv2.imwrite(str(folder / "empty.png"), np.full((120, 160, 3), 90, np.uint8))
    return folder
