"""Several ways to work take turns on the frames of a clip: what each of them took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from benchmarks.clips import RATE, Shot
from benchmarks.profiles import load_profile
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.pipeline import Pipeline, Results
from fer_ros.core.types import Frame

WARM_UP = 15
"""Frames at the start of a clip that are processed and not counted."""
_BLOCK = 30
# Cameras do not send at the same moment.
_CAMERA_DELAY = 0.007


@dataclass(frozen=True)
class Way:
    """One way to work on a clip.

    run: processes the frame of this number and returns the number of faces found, or the pipeline's results, whose
    stages are noted too.
    every: it gets one frame in so many.  warm_up: frames that it gets before the counted ones, WARM_UP at most.
    """

    run: Callable[[int], int | Results]
    every: int = 1
    warm_up: int = WARM_UP


@dataclass
class Measured:
    """What one way to work took on one clip. seconds: of each counted frame.  found: faces of each.

    stages: seconds of each stage, summed over the frames.
    """

    seconds: list[float] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)

    def note(self, seconds: float, found: int | Results) -> None:
        """Add a frame."""
        self.seconds.append(seconds)
        self.found.append(found if isinstance(found, int) else sum(map(len, found.values())))
        for stage, value in ({} if isinstance(found, int) else found.timings).items():
            self.stages[stage] = self.stages.get(stage, 0.0) + value

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


def profile_pipeline(name: str) -> Pipeline:
    """Return a profile's pipeline as the node would build it, on LiteRT. Raises what its parts raise."""
    config, others = load_profile(name)
    bundle = load_bundle(others.get("model_bundle", "default"))
    threads = others.get("threads", 2)
    cv2.setNumThreads(threads)
    return Pipeline(make_classifier(bundle, "litert", others.get("precision", "default"), threads), config)


def profile_way(pipeline: Pipeline, *clips: Sequence[Shot]) -> Way:
    """Return a pipeline's way to work, gray conversion included, on the frames of one or several cameras.

    Forgets the clip before.
    """
    pipeline.reset()

    def run(number: int) -> Results:
        frames = {
            f"camera{i}": Frame.from_bgr(clip[number].picture, number / RATE + i * _CAMERA_DELAY)
            for i, clip in enumerate(clips)
        }
        return pipeline.process(frames)

    return Way(run)


def measure(ways: Mapping[str, Way], frames: int) -> dict[str, Measured]:
    """Let several ways to work take turns, block by block, so that whatever else the machine does meets them all.

    frames: counted ones, after WARM_UP others; a clip must have as many.  Returns what each way took, by name.
    """
    if frames < 1:
        raise ValueError(f"expected at least one frame to count, got {frames}")
    results = {name: Measured() for name in ways}
    end = WARM_UP + frames
    for start in range(0, end, _BLOCK):
        for name, way in ways.items():
            for number in range(max(start, WARM_UP - way.warm_up), min(start + _BLOCK, end)):
                if number % way.every:
                    continue
                began = time.perf_counter()
                found = way.run(number)
                passed = time.perf_counter() - began
                if number >= WARM_UP:
                    results[name].note(passed, found)
    return results
