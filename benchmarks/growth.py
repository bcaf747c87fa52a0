"""How the cost of a frame grows with resolution and with cameras, for each profile.

python -m benchmarks.growth [--save]   (how it grows with faces: benchmarks.frame)
"""

from __future__ import annotations

import argparse
from typing import Any

from benchmarks.clips import moving_faces
from benchmarks.profiles import PROFILES
from benchmarks.report import Results
from benchmarks.timing import WARM_UP, Measured, measure, profile_pipeline, profile_way
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.pipeline import Pipeline

SIZES = ((320, 240), (640, 480), (960, 540), (1280, 720), (1920, 1080))
CAMERAS = (1, 2, 4, 8)
_FACES = 2


def over_sizes(pipelines: dict[str, Pipeline], frames: int) -> dict[str, dict[str, Measured]]:
    """Measure a frame with two faces at each size; by profile, then by size."""
    results: dict[str, dict[str, Measured]] = {name: {} for name in pipelines}
    for size in SIZES:
        shots = moving_faces(_FACES, frames + WARM_UP, size)
        ways = {name: profile_way(pipeline, shots) for name, pipeline in pipelines.items()}
        for name, measured in measure(ways, frames).items():
            results[name][f"{size[0]}x{size[1]}"] = measured
    return results


def over_cameras(pipelines: dict[str, Pipeline], frames: int) -> dict[str, dict[str, Measured]]:
    """Measure one call with a 640x480 frame of one face from each camera; by profile, then by number of cameras."""
    clips = [moving_faces(1, frames + WARM_UP, seed=seed) for seed in range(max(CAMERAS))]
    results: dict[str, dict[str, Measured]] = {name: {} for name in pipelines}
    for count in CAMERAS:
        ways = {name: profile_way(pipeline, *clips[:count]) for name, pipeline in pipelines.items()}
        for name, measured in measure(ways, frames).items():
            results[name][str(count)] = measured
    return results


def table(data: dict[str, Any]) -> str:
    """Return the measurements as Markdown."""
    lines = []
    for title, key in ((f"size, {_FACES} faces", "sizes"), ("cameras at 640x480, a face each", "cameras")):
        lines += [f"| {title} | " + " | ".join(f"{n}: mean (p50, p95) ms" for n in PROFILES) + " |"]
        lines += ["|---|" + "---|" * len(PROFILES)]
        for x in data[key][PROFILES[0]]:
            rows = (data[key][name][x] for name in PROFILES)
            lines.append(
                f"| {x} | " + " | ".join(f"{r['mean']:.1f} ({r['p50']:.1f}, {r['p95']:.1f})" for r in rows) + " |"
            )
        lines.append("")
    return "\n".join(lines).rstrip()


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--frames", type=int, default=60, help="counted frames of each clip")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/growth.*")
    options = parser.parse_args()
    pipelines = {name: profile_pipeline(name) for name in PROFILES}
    measured = {
        "sizes": over_sizes(pipelines, options.frames),
        "cameras": over_cameras(pipelines, options.frames),
    }
    data: dict[str, Any] = {
        key: {name: {x: m.summary() for x, m in by_x.items()} for name, by_x in values.items()}
        for key, values in measured.items()
    }
    results = Results("growth", "Growth of a frame's cost", {"bundle": load_bundle().id, **data})
    results.finish(table(data), options.save)


if __name__ == "__main__":
    main()
