"""A video to a CSV table of expressions over time, and a plot of one face. No picture of a person is written.

    python examples/video_to_table.py session.mp4 --output out

It needs no ROS: `pip install '.[analysis]'` is enough. `fer-analyze` does more: several inputs, a timeline, a report.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path

from matplotlib.figure import Figure

from fer_ros.analysis import analyze, to_dicts
from fer_ros.core import PROFILES, load_pipeline


def main() -> None:
    """Write faces.csv, with a row for each face of each image, and expressions.png."""
    parser = argparse.ArgumentParser(description="a video to a table and a plot of expressions")
    parser.add_argument("video", type=Path)
    parser.add_argument("--profile", default="default", choices=PROFILES)
    parser.add_argument("--output", type=Path, required=True, help="folder for faces.csv and expressions.png")
    options = parser.parse_args()

    missing: list[str] = []
    try:
        rows = list(analyze(options.video, load_pipeline(options.profile), on_left_out=missing.append))
    except ValueError as error:
        parser.error(str(error))
    for what in missing:
        print(f"left out: {what}", file=sys.stderr)
    if not rows or rows[0].time is None:
        sys.exit(f"{options.video}: expected a video with faces, got {'a picture' if rows else 'no face'}")

    options.output.mkdir(parents=True, exist_ok=True)
    table = list(to_dicts(rows))
    with (options.output / "faces.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)

    (track, count), *_ = Counter(row.face.track_id for row in rows).most_common(1)
    longest = [row for row in rows if row.face.track_id == track]
    axes = (figure := Figure(figsize=(9, 4), layout="constrained")).subplots()
    for label in longest[0].face.probabilities.labels:
        axes.plot([row.time for row in longest], [row.face.probabilities[label] for row in longest], label=label)
    axes.set(title=f"face {track}, {count} images", xlabel="seconds", ylabel="probability", ylim=(0, 1))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(options.output / "expressions.png")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
