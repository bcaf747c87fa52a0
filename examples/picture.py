"""The faces of a picture: printed, and drawn into a copy of it.

python examples/picture.py photo.jpg annotated.jpg [--profile robot]
"""

from __future__ import annotations

import argparse
import sys

import cv2

from fer_ros.core import PROFILES, Frame, annotate, load_pipeline


def main() -> int:
    """Read one picture, and write another one."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("picture")
    parser.add_argument("annotated")
    parser.add_argument("--profile", choices=PROFILES, default="default")
    options = parser.parse_args()
    picture = cv2.imread(options.picture)
    if picture is None:
        parser.error(f"expected a picture that OpenCV reads, got {options.picture}")

    frame = Frame.from_bgr(picture)
    # From several views of each face: one picture has no neighbours that smoothing could average.
    faces = load_pipeline(options.profile).look(frame, views=9)

    for face in faces:
        left, top, right, bottom = (round(value) for value in face.box.as_tuple())
        doubt = f", {face.reasons}" if face.reasons else ""
        print(f"{face.label} {face.confidence:.0%} at ({left}, {top}) to ({right}, {bottom}){doubt}")
    print(f"{len(faces)} faces")

    drawn = cv2.cvtColor(annotate(frame, faces), cv2.COLOR_RGB2BGR)
    if not cv2.imwrite(options.annotated, drawn):
        parser.error(f"expected a file that can be written, got {options.annotated}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
