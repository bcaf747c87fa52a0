"""Time of a whole frame: gray conversion, detection, classification, tracking, for each profile and a plain baseline.

python -m benchmarks.frame [--faces 0 1 2 4 8 16] [--size 640x480] [--json | --save]

The baseline searches every frame at full resolution (OpenCV's defaults, faces from 48 pixels) and calls a Keras model
of the shipped network's shape once a face. Profiles and baseline take turns on the same clips in one run, block by
block. The last line of --json is one object, in ms.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from benchmarks.clips import Shot, moving_faces
from benchmarks.profiles import PROFILES
from benchmarks.report import Results, parse_size
from benchmarks.timing import WARM_UP, Measured, Way, measure, profile_pipeline, profile_way
from fer_ros.core.classification.bundle import Bundle, load_bundle
from fer_ros.core.classification.preprocessing import preprocess
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.types import Frame
from fer_training.tensorflow_start import import_tensorflow

# A frame of the baseline costs as much as many of ours, and none depends on the one before: a part of them will do, but
# a 95th percentile wants some.
_BASELINE_EVERY, _BASELINE_FRAMES, _BASELINE_WARM_UP = 4, 20, 4


def paper_ms(faces: int) -> float:
    """Return what the paper's formula gives for a frame (Section 5.2), in ms, on a Quadro K4200."""
    return 46.93 + faces * (7.49 + 3.57)


def shipped_network(bundle: Bundle) -> dict[str, Any]:
    """Return the shape of the bundle's network, as its training noted it: width, stem_stride, blocks and so on."""
    shape: dict[str, Any] = bundle.training["config"]["network"]
    return shape


def baseline() -> Callable[[Shot], int]:
    """Return the straightforward way: full-frame Haar on every frame, one eager Keras call a face."""
    # Loaded here: TensorFlow takes seconds, and the profiles do without.
    import_tensorflow()
    from fer_training.models.mobilenet import NetworkConfig, build_network

    bundle = load_bundle()
    network = build_network(NetworkConfig(**shipped_network(bundle)), len(bundle.labels))
    detector = HaarDetector()

    def run(shot: Shot) -> int:
        frame = Frame.from_bgr(shot.picture, 0.0)
        faces = detector.detect(frame.gray, 48)
        for face in faces:
            np.asarray(network(preprocess(frame, [face.box], bundle.spec), training=False)["logits"])
        return len(faces)

    return run


def baseline_way(run: Callable[[Shot], int], shots: Sequence[Shot], frames: int) -> Way:
    """Return the baseline's way to work: as few of the counted frames as its percentiles allow."""
    every = min(_BASELINE_EVERY, max(1, frames // _BASELINE_FRAMES))
    return Way(lambda number: run(shots[number]), every=every, warm_up=_BASELINE_WARM_UP)


def run_all(counts: Sequence[int], size: tuple[int, int], frames: int) -> dict[str, dict[str, Measured]]:
    """Measure every profile and the baseline on a clip for each number of faces.

    size: (width, height), pixels.  frames: counted ones of each clip.  Returns Measured by name and number of faces.
    """
    pipelines = {name: profile_pipeline(name) for name in PROFILES}
    plain = baseline()
    results: dict[str, dict[str, Measured]] = {name: {} for name in (*PROFILES, "baseline")}
    for count in counts:
        shots = moving_faces(count, frames + WARM_UP, size)
        ways = {name: profile_way(pipeline, shots) for name, pipeline in pipelines.items()}
        ways["baseline"] = baseline_way(plain, shots, frames)
        for name, measured in measure(ways, frames).items():
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
    frames = min(r["frames"] for r in results["baseline"].values())
    lines[-1] += f" Each time of the baseline is over {frames} frames or more."
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
    bundle = load_bundle()
    if options.json:
        lines: dict[str, Any] = {n: {c: m.times() for c, m in by_count.items()} for n, by_count in measured.items()}
        print(json.dumps({**lines, "bundle": bundle.id}), flush=True)
        return
    summaries = {n: {c: m.summary() for c, m in by_count.items()} for n, by_count in measured.items()}
    size = f"{options.size[0]}x{options.size[1]}"
    data = {"bundle": bundle.id, "baseline_network": shipped_network(bundle), "ms": summaries}
    results = Results(f"frame_{size}", f"Whole frame at {size}, ms", data)
    results.finish(table(summaries), options.save)


if __name__ == "__main__":
    main()
