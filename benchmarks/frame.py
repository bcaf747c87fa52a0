"""Time of a whole frame: gray conversion, detection, classification, tracking, for each profile and a plain baseline.

python -m benchmarks.frame [--faces 0 1 2 4 8 16] [--size 640x480] [--json | --save]

The baseline searches every frame at full resolution (OpenCV's defaults, faces from 48 pixels) and calls a Keras model
of the shipped network's shape once a face. Profiles and baseline take turns on the same clips in one run, block by
block, so that whatever else the machine does meets them all. The last line of --json is one object, in ms.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from benchmarks.clips import RATE, Shot, moving_faces
from benchmarks.profiles import PROFILES, load_profile
from benchmarks.report import Results, parse_size
from fer_ros.core.bundle import Bundle, load_bundle
from fer_ros.core.classifier import make_classifier
from fer_ros.core.detector import HaarDetector
from fer_ros.core.pipeline import STAGES, Pipeline
from fer_ros.core.preprocessing import preprocess
from fer_ros.core.types import Frame

WARM_UP = 15
"""Frames at the start of a clip that are processed and not counted."""
_BLOCK = 30
# A frame of the baseline costs as much as many of ours, and none depends on the one before: a part of them will do.
_BASELINE_EVERY = 4

Run = Callable[[Shot, float], int]


@dataclass
class Measured:
    """What one way to work took on one clip. seconds: of each counted frame.  found: faces of each.

    stages: seconds of each stage, summed over the frames.
    """

    seconds: list[float] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)

    def times(self) -> dict[str, float]:
        """Return mean, p50 and p95 over the frames, in ms."""
        values = 1e3 * np.array(self.seconds)
        numbers = {"mean": values.mean(), "p50": np.percentile(values, 50), "p95": np.percentile(values, 95)}
        return {name: round(float(value), 3) for name, value in numbers.items()}

    def summary(self) -> dict[str, Any]:
        """Return the times with what explains them: faces found a frame, frames, mean ms of each stage."""
        stages = {name: round(1e3 * value / len(self.seconds), 3) for name, value in self.stages.items()}
        found = round(float(np.mean(self.found)), 2)
        return {**self.times(), "faces_found": found, "frames": len(self.seconds), "stages_mean": stages}


def paper_ms(faces: int) -> float:
    """Return what the paper's formula gives for a frame (Section 5.2), in ms, on a Quadro K4200."""
    return 46.93 + faces * (7.49 + 3.57)


def profile_pipeline(name: str) -> Pipeline:
    """Return a profile's pipeline as the node would build it, on LiteRT. Raises what its parts raise."""
    config, others = load_profile(name)
    bundle = load_bundle(others.get("model_bundle", "default"))
    threads = others.get("threads", 2)
    cv2.setNumThreads(threads)
    return Pipeline(make_classifier(bundle, "litert", others.get("precision", "default"), threads), config)


def profile_runner(pipeline: Pipeline) -> Run:
    """Return a function of (shot, stamp) that processes a frame, gray conversion included; it returns faces found."""

    def run(shot: Shot, stamp: float) -> int:
        return len(pipeline.process({"camera": Frame.from_bgr(shot.picture, stamp)})["camera"])

    return run


def baseline_runner() -> Run:
    """Return the straightforward way: full-frame Haar on every frame, one eager Keras call a face."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Imported here: TensorFlow takes seconds to import, and the profiles do without.
    from fer_training.network import NetworkConfig, build_network

    bundle = load_bundle()
    network = build_network(NetworkConfig(stem_stride=stem_stride(bundle)), len(bundle.labels))
    detector = HaarDetector()

    def run(shot: Shot, stamp: float) -> int:
        frame = Frame.from_bgr(shot.picture, stamp)
        faces = detector.detect(frame.gray, 48)
        for face in faces:
            np.asarray(network(preprocess(frame, [face.box], bundle.spec), training=False)["logits"])
        return len(faces)

    return run


def stem_stride(bundle: Bundle) -> int:
    """Return the stride of the shipped network's first convolution: 1 keeps the input's resolution, 2 halves it."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_content=bundle.read_model(bundle.default_precision))
    shapes = [tuple(int(n) for n in entry["shape"]) for entry in interpreter.get_tensor_details()]
    size = bundle.spec.size
    # The stem makes 32 maps or, in a narrower network, fewer; filters have no side as large as half the input's.
    return 1 if any(len(s) == 4 and s[1:3] == (size, size) and s[3] > 1 for s in shapes) else 2


def measure(runs: dict[str, tuple[Run, Pipeline | None]], shots: Sequence[Shot]) -> dict[str, Measured]:
    """Let several ways to work take turns on a clip of WARM_UP frames and more; returns what each took.

    A run without a pipeline is the baseline, which gets every fourth frame.
    """
    if len(shots) <= WARM_UP:
        raise ValueError(f"a clip must have more than {WARM_UP} frames, got {len(shots)}")
    results = {name: Measured() for name in runs}
    for start in range(0, len(shots), _BLOCK):
        for name, (run, pipeline) in runs.items():
            for number in range(start, min(start + _BLOCK, len(shots))):
                if pipeline is None and number % _BASELINE_EVERY:
                    continue
                began = time.perf_counter()
                faces = run(shots[number], number / RATE)
                passed = time.perf_counter() - began
                if number >= WARM_UP:
                    _note(results[name], passed, faces, pipeline)
    return results


def _note(measured: Measured, passed: float, faces: int, pipeline: Pipeline | None) -> None:
    measured.seconds.append(passed)
    measured.found.append(faces)
    for stage in STAGES if pipeline else ():
        measured.stages[stage] = measured.stages.get(stage, 0.0) + pipeline.timings[stage]


def run_all(counts: Sequence[int], size: tuple[int, int], frames: int) -> dict[str, dict[str, Measured]]:
    """Measure every profile and the baseline on a clip for each number of faces.

    size: (width, height), pixels.  frames: counted ones of each clip.  Returns Measured by name and number of faces.
    """
    pipelines = {name: profile_pipeline(name) for name in PROFILES}
    runs: dict[str, tuple[Run, Pipeline | None]] = {n: (profile_runner(p), p) for n, p in pipelines.items()}
    runs["baseline"] = (baseline_runner(), None)
    results: dict[str, dict[str, Measured]] = {name: {} for name in runs}
    for count in counts:
        for pipeline in pipelines.values():
            pipeline.reset()
        for name, measured in measure(runs, moving_faces(count, frames + WARM_UP, size)).items():
            results[name][str(count)] = measured
    return results


def table(results: dict[str, dict[str, dict[str, Any]]]) -> str:
    """Return summaries, by name and number of faces, as Markdown beside the paper's formula."""
    names = list(results)
    lines = [
        "| faces | paper's formula | " + " | ".join(f"{n}: mean (p50, p95) [found]" for n in names) + " |",
        "|---|---|" + "---|" * len(names),
    ]
    for count in results["baseline"]:
        cells = (
            f"{r['mean']:.1f} ({r['p50']:.1f}, {r['p95']:.1f}) [{r['faces_found']:.1f}]"
            for r in (results[n][count] for n in names)
        )
        lines.append(f"| {count} | {paper_ms(int(count)):.1f} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "| faces | profile | formula / profile | baseline / profile | stages, mean ms |",
        "|---|---|---|---|---|",
    ]
    for count, name in _profiles_of(results):
        mean = results[name][count]["mean"]
        stages = ", ".join(f"{stage} {ms:.2f}" for stage, ms in results[name][count]["stages_mean"].items())
        ratios = f"{paper_ms(int(count)) / mean:.1f} | {results['baseline'][count]['mean'] / mean:.1f}"
        lines.append(f"| {count} | {name} | {ratios} | {stages} |")
    lines += ["", "[found] is the mean number of faces found a frame: a time for faces that were not found is no gain."]
    return "\n".join(lines)


def _profiles_of(results: dict[str, Any]) -> Iterable[tuple[str, str]]:
    return ((count, name) for count in results["baseline"] for name in results if name != "baseline")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faces", type=int, nargs="+", default=[0, 1, 2, 4, 8, 16])
    parser.add_argument("--size", type=parse_size, default=(640, 480), help="width x height, pixels")
    parser.add_argument("--frames", type=int, default=180, help="counted frames of each clip")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    output.add_argument("--save", action="store_true", help="write benchmarks/results/frame_WIDTHxHEIGHT.*")
    options = parser.parse_args()
    measured = run_all(options.faces, options.size, options.frames)
    bundle = load_bundle().id
    if options.json:
        lines: dict[str, Any] = {n: {c: m.times() for c, m in by_count.items()} for n, by_count in measured.items()}
        print(json.dumps({**lines, "bundle": bundle}), flush=True)
        return
    summaries = {n: {c: m.summary() for c, m in by_count.items()} for n, by_count in measured.items()}
    size = f"{options.size[0]}x{options.size[1]}"
    results = Results(f"frame_{size}", f"Whole frame at {size}, ms", {"bundle": bundle, "ms": summaries})
    results.finish(table(summaries), options.save)


if __name__ == "__main__":
    main()
