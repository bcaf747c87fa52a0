"""Make docs/images/demo.webp: seconds of the demo's clip as fer_node would draw them.

python tools/make_animation.py docs/images/demo.webp   (in the shell of env.bash)

The two people are those of tools/make_clip.py, in the public domain. Everything drawn is the pipeline's own answer.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import make_clip
from PIL import Image

from fer_ros.core import Frame, annotate, load_pipeline

FIRST, LAST = 4.0, 10.0  # seconds of the clip: both people, then one
EVERY = 3  # one image of so many is kept; all of them are processed
SIZE = (480, 360)
QUALITY = 48


def images(clip: Path) -> Iterator[Image.Image]:
    """Yield the annotated images of a clip that are kept."""
    pipeline = load_pipeline("robot")
    video = cv2.VideoCapture(str(clip))
    for number in range(round(LAST * make_clip.RATE)):
        good, picture = video.read()
        if not good:
            raise OSError(f"{clip}: expected {LAST:g} s of video, got {number / make_clip.RATE:g}")
        frame = Frame.from_bgr(picture, stamp=number / make_clip.RATE)
        faces = pipeline.process({"camera": frame})["camera"]
        if number >= FIRST * make_clip.RATE and number % EVERY == 0:
            yield Image.fromarray(annotate(frame, faces)).resize(SIZE, Image.Resampling.LANCZOS)


def main(path: Path) -> None:
    """Write the animation."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.avi"
        make_clip.main(clip)
        first, *others = images(clip)
    period = round(1000 * EVERY / make_clip.RATE)
    first.save(path, save_all=True, append_images=others, duration=period, loop=0, quality=QUALITY, method=4)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
