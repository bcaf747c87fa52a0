"""A video to a table of expressions over time, and a plot of it.

python examples/video_to_table.py session.mp4 table.csv plot.png [--profile robot]

`fer-analyze` does more; this shows how to begin with a program of your own. Matplotlib comes with the extra 'analysis'.
"""

from __future__ import annotations

import argparse
import csv
import sys

from matplotlib.figure import Figure

from fer_ros.analysis import FaceRow, analyze
from fer_ros.core import PROFILES, State, load_pipeline


def plot(rows: list[FaceRow], path: str) -> None:
    """Draw the probability of every expression over time, a panel for each face."""
    tracks = list(dict.fromkeys(row.face.track_id for row in rows))
    figure = Figure(figsize=(9, 1 + 2 * len(tracks)), layout="constrained")
    for panel, track in zip(figure.subplots(len(tracks), sharex=True, squeeze=False)[:, 0], tracks):
        seen = [row for row in rows if row.face.track_id == track]
        for number, label in enumerate(seen[0].face.probabilities.labels):
            panel.plot([row.time for row in seen], [row.face.probabilities.array[number] for row in seen], label=label)
        panel.set(title=f"face {track}", ylim=(0, 1), ylabel="probability")
    panel.set_xlabel("seconds")
    panel.legend(ncols=4, fontsize="small")
    figure.savefig(path)


def main() -> int:
    """Analyse one video."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("video")
    parser.add_argument("table")
    parser.add_argument("plot")
    parser.add_argument("--profile", choices=PROFILES, default="robot")
    options = parser.parse_args()

    rows = list(analyze(options.video, load_pipeline(options.profile)))
    with open(options.table, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["seconds", "face", "expression", "stable", "confidence"])
        for row in rows:
            face = row.face
            stable = int(face.state is State.STABLE)
            table.writerow([f"{row.time:.3f}", face.track_id, face.label, stable, f"{face.confidence:.3f}"])
    if rows:
        plot(rows, options.plot)
    print(f"{len(rows)} rows of {len({row.face.track_id for row in rows})} faces")
    return 0


if __name__ == "__main__":
    sys.exit(main())
