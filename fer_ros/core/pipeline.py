"""All of it in one call: the frames of one or several cameras in, tracked faces with expressions out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from fer_ros.core.classification.classifier import Classifier
from fer_ros.core.classification.preprocessing import preprocess
from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.search import FaceSearch, SearchConfig
from fer_ros.core.quality import QualityConfig, assess
from fer_ros.core.smoothing import Smoother, SmoothingConfig
from fer_ros.core.tracking import IdSource, Track, Tracker, TrackerConfig
from fer_ros.core.types import Expression, Face, Frame, Probabilities, Reasons, State, TrackedFace

STAGES = ("detect", "preprocess", "classify", "smooth")


@dataclass(frozen=True)
class PipelineConfig:
    """The settings of every part."""

    detector: DetectorConfig = field(default_factory=DetectorConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    smoothing: SmoothingConfig = field(default_factory=SmoothingConfig)
    quality: QualityConfig = field(default_factory=QualityConfig)


class Pipeline:
    """Detector, tracker and smoothers for each camera; one classifier and one batch for all."""

    def __init__(
        self, classifier: Classifier, config: PipelineConfig | None = None, ids: IdSource | None = None
    ) -> None:
        """Compose the parts. ids: shared by pipelines that must not give the same one."""
        self.classifier = classifier
        self.config = config or PipelineConfig()
        self.timings: dict[str, float] = dict.fromkeys(STAGES, 0.0)
        self._ids = ids or IdSource()
        self._cameras: dict[str, _Camera] = {}
        # A detector that does not load is reported now and not with the first image.
        FaceSearch(self.config.search, self.config.detector)

    def process(self, frames: Mapping[str, Frame]) -> dict[str, tuple[TrackedFace, ...]]:
        """Find, classify and track the faces of at most one frame of each camera; largest faces first.

        A stamp before a camera's last one means that the clock or a recording jumped: that camera starts afresh.
        `timings` then holds the seconds that each stage took.
        """
        self.timings = dict.fromkeys(STAGES, 0.0)
        found = {}
        with self._timed("detect"):
            for name, frame in frames.items():
                found[name] = self._camera(name).find(frame)
        with self._timed("preprocess"):
            spec = self.classifier.spec
            batches = [preprocess(frames[name], [f.box for f, _ in faces], spec) for name, faces in found.items()]
            doubts = {
                name: assess([face for face, _ in faces], batch, spec, self.config.quality)
                for (name, faces), batch in zip(found.items(), batches, strict=True)
            }
        with self._timed("classify"):
            empty = np.empty((0, len(self.classifier.labels)), np.float32)
            probabilities = self.classifier.classify(np.concatenate(batches)) if any(map(len, batches)) else empty
        results, start = {}, 0
        with self._timed("smooth"):
            for name, faces in found.items():
                rows = probabilities[start : start + len(faces)]
                start += len(faces)
                results[name] = self._cameras[name].answer(faces, rows, doubts[name], frames[name].stamp)
        return results

    def watch(self, cameras: Iterable[str]) -> None:
        """Be ready for these cameras and forget all others: loading a detector would hold up a camera's first image."""
        self._cameras = {name: self._camera(name) for name in cameras}

    def reset(self) -> None:
        """Forget all tracks; ids that were given are not given again."""
        for camera in self._cameras.values():
            camera.reset()

    def reconfigure(self, config: PipelineConfig) -> None:
        """Take new settings over between two calls of `process`; tracks, ids and smoothed expressions go on.

        Raises what a detector raises that does not load; then nothing has changed.
        """
        searches = {}
        if (config.search, config.detector) != (self.config.search, self.config.detector):
            FaceSearch(config.search, config.detector)
            searches = {name: FaceSearch(config.search, config.detector) for name in self._cameras}
        self.config = config
        for name, camera in self._cameras.items():
            camera.reconfigure(config, searches.get(name))

    def _camera(self, name: str) -> _Camera:
        if name not in self._cameras:
            self._cameras[name] = _Camera(self.config, self.classifier.labels, self._ids)
        return self._cameras[name]

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.timings[stage] += time.perf_counter() - began


Found = list[tuple[Face, Track | None]]


class _Camera:
    """What is remembered of one camera from frame to frame."""

    def __init__(self, config: PipelineConfig, labels: tuple[str, ...], ids: IdSource) -> None:
        self._config = config
        self._labels = labels
        self._search = FaceSearch(config.search, config.detector)
        self._tracker = Tracker(config.tracker, ids)
        self._smoothers: dict[str, Smoother] = {}
        self._stamp = -float("inf")

    def reconfigure(self, config: PipelineConfig, search: FaceSearch | None) -> None:
        """Take new settings over. search: the one made of them, None where it stays."""
        self._config = config
        self._search = search or self._search
        self._tracker.config = config.tracker
        for smoother in self._smoothers.values():
            smoother.config = config.smoothing

    def reset(self) -> None:
        """Forget everybody."""
        self._search.reset()
        self._tracker.reset()
        self._smoothers.clear()
        self._stamp = -float("inf")

    def find(self, frame: Frame) -> Found:
        """Return the frame's faces with their tracks."""
        if frame.stamp < self._stamp:
            self.reset()
        self._stamp = frame.stamp
        if not self._config.tracker.enabled:
            return [(face, None) for face in self._search.find(frame)]
        faces = self._search.find(frame, self._tracker.predict(frame.stamp))
        return list(zip(faces, self._tracker.update(faces, frame.stamp), strict=True))

    def answer(
        self, found: Found, probabilities: Probabilities, doubts: Sequence[Reasons], stamp: float
    ) -> tuple[TrackedFace, ...]:
        """Join the faces with their (N, K) probabilities and the reasons to doubt each."""
        alive = self._tracker.alive()
        self._smoothers = {name: s for name, s in self._smoothers.items() if name in alive}
        return tuple(
            self._face(face, track, row, reasons, stamp)
            for (face, track), row, reasons in zip(found, probabilities, doubts, strict=True)
        )

    def _face(self, face: Face, track: Track | None, row: Probabilities, reasons: Reasons, stamp: float) -> TrackedFace:
        raw = Expression.from_probabilities(self._labels, row)
        if track is None or not self._config.smoothing.enabled:
            return TrackedFace(face, raw, "" if track is None else track.track_id, None, State.RAW, reasons)
        if track.track_id not in self._smoothers:
            self._smoothers[track.track_id] = Smoother(self._labels, self._config.smoothing)
        smoothed, state = self._smoothers[track.track_id].update(row, stamp, bool(reasons))
        return TrackedFace(face, raw, track.track_id, smoothed, state, reasons)
