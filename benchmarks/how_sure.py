"""How sure is sure enough: how many strangers are answered from a least confidence on, and how many of them wrongly.

python -m benchmarks.how_sure --portraits DIR [--people 180] [--profile robot] [--save]

Each portrait is shown upright, half and a fifth of the frame high, for eight frames. What counts is the smoothed
answer of the last frame. Even and odd portraits of the list are apart: what is chosen on one half can be checked on the
other. --save also draws the risk-coverage curve (Geifman and El-Yaniv 2017).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np

from benchmarks.clips import RATE
from benchmarks.people import make_pipeline
from benchmarks.people_clips import Case, clip
from benchmarks.people_matching import shows
from benchmarks.people_portraits import Portrait, choose, read_labels, read_portrait
from benchmarks.profiles import PROFILES
from benchmarks.report import Results
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Frame

# The documentation shows it.
_PLOT = Path(__file__).resolve().parents[1] / "docs" / "images" / "how_sure.png"
_SIZE, _FRAMES = (640, 480), 8
_CASES = (Case("upright", 0.5), Case("upright", 0.2))
_LEAST = (0.0, 0.3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8)
HALVES = ("even", "odd")


@dataclass(frozen=True)
class Answer:
    """What a person came to. confidence: of the smoothed answer, 0 where there is none or the picture is doubted."""

    confidence: float
    right: bool


def answer(pipeline: Pipeline, portrait: Portrait, case: Case) -> Answer:
    """Return the answer of a clip's last frame; the surest class counts, whatever the profile calls sure."""
    pipeline.reset()
    for number, scene in enumerate(clip([portrait], case, _FRAMES, _SIZE)):
        faces = pipeline.process({"camera": Frame.from_gray(scene.picture, number / RATE)})["camera"]
    place = scene.faces[0]
    mine = max((f for f in faces if shows(f.box, place)), key=lambda face: face.box.iou(place), default=None)
    if mine is None or mine.smoothed is None or mine.reasons:
        return Answer(0.0, False)
    probabilities = mine.smoothed.probabilities
    best = int(probabilities.array.argmax())
    return Answer(float(probabilities.array[best]), probabilities.labels[best] == portrait.expression)


def rows_of(answers: Sequence[Answer]) -> list[dict[str, float]]:
    """Return, for each least confidence, the share of people answered, and the share of wrong answers among these."""
    rows = []
    for least in _LEAST:
        kept = [one for one in answers if one.confidence > 0 and one.confidence >= least]
        wrong = sum(not one.right for one in kept)
        rows.append({"least": least, "answered": len(kept), "wrong": wrong, "people": len(answers)})
    return rows


def curve(answers: Sequence[Answer]) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of people answered and the share of wrong answers among these, the surest answer first."""
    given = sorted((one for one in answers if one.confidence > 0), key=lambda one: -one.confidence)
    counts = np.arange(1, len(given) + 1)
    return counts / len(answers), np.cumsum([not one.right for one in given]) / counts


def table(halves: dict[str, list[dict[str, float]]], chosen: float) -> str:
    """Return the rows as Markdown. chosen: the profile's own least confidence."""
    titles = [f"{half}: answered of {rows[0]['people']:.0f}, wrong of these" for half, rows in halves.items()]
    lines = [
        "| `smoothing.min_confidence` | " + " | ".join(titles) + " |",
        "|---|" + "---|" * len(halves),
    ]
    for rows in zip(*halves.values(), strict=True):
        least = rows[0]["least"]
        name = f"**{least:g}**" if least == chosen else f"{least:g}"
        lines.append(f"| {name} | " + " | ".join(_cell(row) for row in rows) + " |")
    return "\n".join(lines)


def _cell(row: dict[str, float]) -> str:
    answered = f"{100 * row['answered'] / row['people']:.1f} %"
    return f"{answered}, {100 * row['wrong'] / row['answered']:.1f} %" if row["answered"] else f"{answered}, -"


def plot(answers: dict[str, list[Answer]], chosen: float, path: Path) -> None:
    """Draw the curve of each half into a PNG file, with the profile's own least confidence marked."""
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for (half, given), colour in zip(answers.items(), ("tab:blue", "tab:orange"), strict=True):
        coverage, risk = curve(given)
        axes.plot(100 * coverage, 100 * risk, color=colour, label=f"{half} portraits, {len(given)} clips")
        kept = sum(one.confidence >= chosen for one in given)
        if kept:
            axes.plot(100 * coverage[kept - 1], 100 * risk[kept - 1], "D", color=colour, label=f"from {chosen:g} on")
    axes.set(xlim=(0, 100), ylim=(0, None), xlabel="people answered, %", ylabel="wrong among the answers, %")
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    figure.savefig(path, dpi=80)
    plt.close(figure)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--portraits", type=Path, required=True, help="folder with pictures and labels.csv")
    parser.add_argument("--people", type=int, default=180, help="so many of them, chosen at random with a fixed seed")
    parser.add_argument("--profile", default="robot", choices=PROFILES)
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/how_sure.* and the plot")
    options = parser.parse_args()
    if options.people < 2:
        parser.error(f"expected --people of at least 2, one for each half, got {options.people}")
    try:
        rows = choose(read_labels(options.portraits), options.people)
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    pipeline = make_pipeline(options.profile)
    smoothing = pipeline.config.smoothing
    if not smoothing.enabled:
        parser.error(f"the profile {options.profile} does not smooth its answers: expected one that does")
    answers: dict[str, list[Answer]] = {half: [] for half in HALVES}
    for number, (name, expression) in enumerate(rows):
        portrait = read_portrait(options.portraits / name, expression)
        answers[HALVES[number % 2]] += [answer(pipeline, portrait, case) for case in _CASES]
    halves = {half: rows_of(given) for half, given in answers.items()}
    data: dict[str, Any] = {
        "bundle": pipeline.classifier.bundle_id,
        "profile": options.profile,
        "people": len(rows),
        "chosen": smoothing.min_confidence,
        "halves": halves,
    }
    Results("how_sure", "How sure is sure enough", data).finish(table(halves, smoothing.min_confidence), options.save)
    if options.save:
        plot(answers, smoothing.min_confidence, _PLOT)


if __name__ == "__main__":
    main()
