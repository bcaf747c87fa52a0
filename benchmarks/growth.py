"""How the cost of a frame grows with resolution and with cameras, for each profile.

python -m benchmarks.growth [--save]   (how it grows with faces: benchmarks.frame)
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.clips import RATE, Shot, moving_faces
from benchmarks.frame import WARM_UP, Measured, measure, profile_pipeline, profile_runner
from benchmarks.profiles import PROFILES
from benchmarks.report import Results
from fer_ros.core.bundle import load_bundle
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Frame

SIZES = ((320, 240), (640, 480), (960, 540), (1280, 720), (1920, 1080))
CAMERAS = (1, 2, 4, 8)
_FACES = 2


def over_sizes(pipelines: dict[str, Pipeline], frames: int) -> dict[str, dict[str, Measured]]:
    """Measure a frame with two faces at each size; by profile, then by size."""
    results: dict[str, dict[str, Measured]] = {name: {} for name in pipelines}
    for size in SIZES:
        for pipeline in pipelines.values():
            pipeline.reset()
        runs = {name: (profile_runner(p), p) for name, p in pipelines.items()}
        for name, measured in measure(runs, moving_faces(_FACES, frames + WARM_UP, size)).items():
            results[name][f"{size[0]}x{size[1]}"] = measured
    return results


def over_cameras(pipelines: dict[str, Pipeline], frames: int) -> dict[str, dict[str, Measured]]:
    """Measure one call with a 640x480 frame of one face from each camera; by profile, then by number of cameras."""
    clips = [moving_faces(1, frames + WARM_UP, seed=seed) for seed in range(max(CAMERAS))]
    results: dict[str, dict[str, Measured]] = {name: {} for name in pipelines}
    for count in CAMERAS:
        for name, pipeline in pipelines.items():
            pipeline.reset()
            results[name][str(count)] = _timed(_process_all(pipeline, clips[:count]), len(clips[0]))
    return results


def _process_all(pipeline: Pipeline, clips: Sequence[Sequence[Shot]]) -> Callable[[int], int]:
    def run(number: int) -> int:
        frames = {
            f"camera{i}": Frame.from_bgr(clip[number].picture, number / RATE + i * 0.007)
            for i, clip in enumerate(clips)
        }
        return sum(map(len, pipeline.process(frames).values()))

    return run


def _timed(run: Callable[[int], int], frames: int) -> Measured:
    measured = Measured()
    for number in range(frames):
        began = time.perf_counter()
        found = run(number)
        passed = time.perf_counter() - began
        if number >= WARM_UP:
            measured.seconds.append(passed)
            measured.found.append(found)
    return measured


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
