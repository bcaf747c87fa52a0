"""Make the demo's clip of pictures in the public domain: two people with two expressions, moving, 640x480.

Eileen Collins, smiling: `skimage.data.astronaut()`, NASA.  Grace Hopper, serious: matplotlib's sample data, US Navy.
Both come with packages of the environment, so no picture of a person lies in the repository.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import skimage.data
from matplotlib import cbook

SIZE, RATE, SECONDS = (640, 480), 30, 10


def portraits() -> list[np.ndarray]:
    """Return the two heads with shoulders, each (H, W, 3) uint8 BGR."""
    smiling = cv2.cvtColor(skimage.data.astronaut(), cv2.COLOR_RGB2BGR)[0:300, 80:360]
    with cbook.get_sample_data("grace_hopper.jpg") as file:
        serious = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_COLOR)[0:480, 30:480]
    return [smiling, serious]


def place(canvas: np.ndarray, picture: np.ndarray, height: float, x: float, y: float) -> None:
    """Paint a picture of this height with its middle at (x, y), cut at the canvas' edges."""
    scale = height / picture.shape[0]
    matrix = np.array([[scale, 0, x - scale * picture.shape[1] / 2], [0, scale, y - height / 2]])
    mask = cv2.warpAffine(np.full(picture.shape[:2], 255, np.uint8), matrix, SIZE)
    painted = cv2.warpAffine(picture, matrix, SIZE, flags=cv2.INTER_AREA)
    cv2.copyTo(painted, cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)[1], canvas)


def main(path: Path) -> None:
    """Write the clip."""
    smiling, serious = portraits()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), RATE, SIZE)
    if not writer.isOpened():
        raise OSError(f"{path}: OpenCV cannot write this video")
    for number in range(RATE * SECONDS):
        t = number / RATE
        canvas = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
        place(canvas, smiling, 260 + 20 * np.sin(t), 170 + 30 * np.sin(0.7 * t), 220 + 15 * np.sin(1.1 * t))
        if 1.0 <= t < 9.0:  # comes and goes, so that faces appear and leave
            place(canvas, serious, 260 + 15 * np.cos(t), 470 + 25 * np.sin(0.9 * t), 240 + 20 * np.cos(0.8 * t))
        writer.write(canvas)
    writer.release()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
