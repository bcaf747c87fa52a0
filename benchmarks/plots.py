"""Plots of saved results: how a frame's cost grows, and how old answers are end to end.

python -m benchmarks.plots   (after the benchmarks ran with --save)
"""

from __future__ import annotations

from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from benchmarks.frame import paper_ms
from benchmarks.report import RESULTS, read

_COLOURS = {"paper": "tab:red", "default": "tab:blue", "robot": "tab:green", "baseline": "tab:gray"}


def _lines(axes: Axes, by_profile: dict[str, dict[str, Any]], x_of: Any) -> None:
    for name, by_x in by_profile.items():
        xs, rows = [x_of(x) for x in by_x], by_x.values()
        axes.plot(xs, [r["mean"] for r in rows], "o-", color=_COLOURS[name], label=name)
        axes.fill_between(xs, [r["p50"] for r in rows], [r["p95"] for r in rows], color=_COLOURS[name], alpha=0.12)
    axes.set_yscale("log")
    axes.grid(alpha=0.3, which="both")
    axes.set_ylabel("ms a frame: mean; band p50 to p95")


def _pixels(size: str) -> float:
    width, height = size.split("x")
    return int(width) * int(height) / 1e6


def _title(results: dict[str, Any]) -> str:
    made = results["made"]
    text = f"{made['cpu']}, {made['cores']} cores, {made['date']}, load before {made['load before']}"
    return f"{text}\n{results['bundle']}"


def plot_growth() -> None:
    """Draw the cost over faces (two sizes), resolution and cameras into growth.png; each part names its own run."""
    growth = read("growth")
    figure, axes = plt.subplots(2, 2, figsize=(12, 9), layout="constrained")
    for place, size in zip(axes[0], ("640x480", "1280x720"), strict=True):
        results = read(f"frame_{size}")
        _lines(place, results["ms"], int)
        counts = [int(c) for c in results["ms"]["baseline"]]
        place.plot(counts, [paper_ms(c) for c in counts], "k--", label="the paper's formula (GPU)")
        place.set_xlabel(f"faces, {size}")
        place.set_title(_title(results), fontsize="medium")
        place.legend(fontsize="small")
    _lines(axes[1][0], growth["sizes"], _pixels)
    axes[1][0].set_xlabel("megapixels, 2 faces")
    _lines(axes[1][1], growth["cameras"], int)
    axes[1][1].set_xlabel("cameras, 640x480, 1 face each (ms for all of them)")
    for place in axes[1]:
        place.set_title(_title(growth), fontsize="medium")
    figure.savefig(RESULTS / "growth.png", dpi=80)
    plt.close(figure)


def plot_dds() -> None:
    """Draw the latency of every end-to-end case into dds.png."""
    results = read("dds")
    rows = results["rows"][::-1]
    names = []
    figure, axes = plt.subplots(figsize=(10, 0.45 * len(rows) + 1.5), layout="constrained")
    for number, row in enumerate(rows):
        case, latency = row["case"], row["result"]["latency_ms"]
        names.append(f"{case['profile']}, {case['size'][0]}x{case['size'][1]}, {case['rate']:g}/s, {case['faces']} f.")
        axes.plot([latency["p50"], latency["p100"]], [number] * 2, color=_COLOURS[case["profile"]], alpha=0.4)
        for percentile, mark in (("p50", "o"), ("p95", "D"), ("p100", "|")):
            axes.plot(latency[percentile], number, mark, color=_COLOURS[case["profile"]])
    axes.set_yticks(np.arange(len(names)), names)
    axes.axvline(100, color="black", linestyle=":")
    axes.set_xscale("log")
    axes.set_xlabel("ms from stamp to the answer in another process: p50 (circle), p95 (diamond), maximum (bar)")
    axes.set_title(_title(results), fontsize="medium")
    figure.savefig(RESULTS / "dds.png", dpi=80)
    plt.close(figure)


def plot_quality() -> None:
    """Draw recall for each number of people into quality.png."""
    results = read("quality")
    rooms = {room: scores for room, scores in results["rooms"].items() if scores["haar"]["recall"] is not None}
    figure, axes = plt.subplots(figsize=(10, 4), layout="constrained")
    names = ("paper", "default", "robot")
    for index, name in enumerate(names):
        xs = np.arange(len(rooms)) + (index - 1) * 0.27
        recalls = [s[name]["recall"] for s in rooms.values()]
        down = [s[name]["recall"] - s[name]["recall_worst"] for s in rooms.values()]
        axes.bar(xs, recalls, 0.25, yerr=[down, [0] * len(down)], color=_COLOURS[name], label=name)
    full = [s["haar"]["recall"] for s in rooms.values()]
    axes.plot(range(len(rooms)), full, "k_", markersize=60, label="full-frame Haar on every frame")
    axes.set_xticks(range(len(rooms)), [room.replace(" at ", "\n").replace(", ", "\n") for room in rooms])
    axes.set_xlabel("people")
    axes.set_ylabel("recall of known faces:\nmean, down to the worst start")
    axes.legend(fontsize="small", loc="lower left")
    axes.set_title(_title(results), fontsize="medium")
    figure.savefig(RESULTS / "quality.png", dpi=80)
    plt.close(figure)


def main() -> None:
    """Draw all plots."""
    plot_growth()
    plot_dds()
    plot_quality()


if __name__ == "__main__":
    main()
