"""Time of a whole frame: gray conversion, detection, classification, tracking, for each profile and a plain baseline.

python -m benchmarks.frame [--faces 0 1 2 4 8 16] [--size 640x480] [--json]

The baseline searches every frame at full resolution and calls a Keras model of the shipped network's shape once a face.
Profiles and baseline take turns on the same clips in one run. The last line of --json is one object, in ms.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from benchmarks.clips import Shot, moving_faces
from benchmarks.machine import describe
from benchmarks.profiles import PROFILES, load_profile
from fer_ros.core.bundle import load_bundle
from fer_ros.core.classifier import make_classifier
from fer_ros.core.detector import HaarDetector
from fer_ros.core.pipeline import STAGES, Pipeline
from fer_ros.core.preprocessing import preprocess
from fer_ros.core.types import Frame

Times = dict[str, float]
_RATE = 30.0
_WARM_UP = 15


def paper_ms(faces: int) -> float:
    """Return what the paper's formula gives for a frame (Section 5.2), in ms, on a Quadro K4200."""
    return 46.93 + faces * (7.49 + 3.57)


def profile_runner(name: str, threads: int) -> tuple[Callable[[Shot, float], int], Pipeline]:
    """Return a function of (shot, stamp) that processes it as a profile does and returns the number of faces."""
    config, others = load_profile(name)
    bundle = load_bundle(others.get("model_bundle", "default"))
    precision = others.get("precision", "default")
    pipeline = Pipeline(make_classifier(bundle, "litert", precision, threads), config)

    def run(shot: Shot, stamp: float) -> int:
        return len(pipeline.process({"camera": Frame.from_bgr(shot.picture, stamp)})["camera"])

    return run, pipeline


def baseline_runner() -> Callable[[Shot, float], int]:
    """Return the straightforward way: full-frame Haar on every frame, one eager Keras call a face."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from fer_training.network import NetworkConfig, build_network

    network = build_network(NetworkConfig(stem_stride=1), 7)
    detector, spec = HaarDetector(), load_bundle().spec

    def run(shot: Shot, stamp: float) -> int:
        frame = Frame.from_bgr(shot.picture, stamp)
        faces = detector.detect(frame.gray, 48)
        for face in faces:
            network(preprocess(frame, [face.box], spec), training=False)
        return len(faces)

    return run


def measure(run: Callable[[Shot, float], int], shots: Sequence[Shot], pipeline: Pipeline | None) -> dict[str, Any]:
    """Run a clip after a warm-up; returns mean, p50 and p95 in ms, faces a frame, and the mean of each stage."""
    seconds, found, stages = [], [], dict.fromkeys(STAGES, 0.0)
    for number, shot in enumerate(shots):
        began = time.perf_counter()
        faces = run(shot, number / _RATE)
        passed = time.perf_counter() - began
        if number < _WARM_UP:
            continue
        seconds.append(passed)
        found.append(faces)
        for stage in STAGES if pipeline else ():
            stages[stage] += pipeline.timings[stage]
    result: dict[str, Any] = {
        "mean": round(1e3 * float(np.mean(seconds)), 3),
        "p50": round(1e3 * float(np.percentile(seconds, 50)), 3),
        "p95": round(1e3 * float(np.percentile(seconds, 95)), 3),
        "faces_found": round(float(np.mean(found)), 2),
    }
    if pipeline:
        result["stages_mean"] = {stage: round(1e3 * value / len(seconds), 3) for stage, value in stages.items()}
    return result


def run_all(counts: Sequence[int], size: tuple[int, int], frames: int, threads: int) -> dict[str, Any]:
    """Measure every profile and the baseline for each number of faces."""
    cv2.setNumThreads(threads)
    runners = {name: profile_runner(name, threads) for name in PROFILES}
    baseline = baseline_runner()
    results: dict[str, Any] = {name: {} for name in (*PROFILES, "baseline")}
    for count in counts:
        shots = moving_faces(count, frames + _WARM_UP, size)
        for name, (run, pipeline) in runners.items():
            pipeline.reset()
            results[name][str(count)] = measure(run, shots, pipeline)
        # A frame of the baseline costs as much as many of ours: fewer of them are as sure.
        results["baseline"][str(count)] = measure(baseline, shots[: _WARM_UP + max(10, frames // 4)], None)
    results["bundle"] = load_bundle().id
    return results


def table(results: dict[str, Any]) -> str:
    """Return the results as a Markdown table."""
    names = [*PROFILES, "baseline"]
    lines = [
        "| faces | paper's formula | " + " | ".join(f"{n}: mean (p50, p95)" for n in names) + " |",
        "|---|---|" + "---|" * len(names),
    ]
    for count in results["baseline"]:
        cells = [f"{r['mean']:.1f} ({r['p50']:.1f}, {r['p95']:.1f})" for r in (results[n][count] for n in names)]
        lines.append(f"| {count} | {paper_ms(int(count)):.1f} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faces", type=int, nargs="+", default=[0, 1, 2, 4, 8, 16])
    parser.add_argument("--size", default="640x480", help="width x height, pixels")
    parser.add_argument("--frames", type=int, default=240)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    options = parser.parse_args()
    width, _, height = options.size.partition("x")
    results = run_all(options.faces, (int(width), int(height)), options.frames, options.threads)
    if options.json:
        print(json.dumps(results))
        return
    print(f"{options.size}, times of a whole frame in ms; {describe()}\n\n{table(results)}")


if __name__ == "__main__":
    main()
