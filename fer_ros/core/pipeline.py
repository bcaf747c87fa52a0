"""All of it in one call: the frames of one or several cameras in, tracked faces with expressions out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from fer_ros.core.camera_state import CameraState, Found
from fer_ros.core.classification.classifier import Classifier
from fer_ros.core.classification.preprocessing import crop_faces, normalize
from fer_ros.core.classification.views import check_views, classify_views
from fer_ros.core.config import PipelineConfig
from fer_ros.core.detection.search import FaceSearch
from fer_ros.core.quality import assess
from fer_ros.core.tracking import IdSource
from fer_ros.core.types import Expression, Frame, Gray, Rgb, TrackedFace, Vector

STAGES = ("detect", "preprocess", "classify", "smooth")


class Results(dict[str, tuple[TrackedFace, ...]]):
    """The faces of each camera, largest first; and how long it took.

    Attributes:
        timings: seconds that each of STAGES took.

    """

    def __init__(self) -> None:
        """Start without a camera."""
        super().__init__()
        self.timings: dict[str, float] = dict.fromkeys(STAGES, 0.0)


@dataclass(frozen=True)
class Change:
    """Settings that are ready to be applied: what had to be loaded for them is loaded.

    Attributes:
        config: the new settings.
        cameras: the cameras to be ready for, None to keep those there are.
        searches: new searches, one for each camera that needs one.

    """

    config: PipelineConfig
    cameras: tuple[str, ...] | None = None
    searches: dict[str, FaceSearch] = field(default_factory=dict)


class Pipeline:
    """Detector, tracker and smoothers for each camera; one classifier and one batch for all."""

    def __init__(
        self,
        classifier: Classifier,
        config: PipelineConfig | None = None,
        ids: IdSource | None = None,
        cameras: Iterable[str] = ("camera",),
    ) -> None:
        """Compose the parts.

        Args:
            classifier: the backend with its model.
            config: settings of every other part; their defaults if left out.
            ids: shared by pipelines that must not give the same one.
            cameras: to be ready for. Another camera's first frame waits until a detector is loaded for it.

        Raises:
            FileNotFoundError, ValueError, RuntimeError: what a detector raises that does not load.

        """
        self.classifier = classifier
        self.config = config or PipelineConfig()
        self._ids = ids or IdSource()
        self._cameras: dict[str, CameraState] = {}
        self._still_search: FaceSearch | None = None
        self.apply(self.prepare(self.config, cameras))

    def process(self, frames: Mapping[str, Frame], received: Mapping[str, float] | None = None) -> Results:
        """Find, classify and track the faces of at most one frame of each camera.

        A stamp before a camera's last one means that the clock or a recording jumped: that camera starts afresh.
        A frame with the very stamp of the one before is searched in full.

        Args:
            frames: a frame of each camera that has one.
            received: when each frame arrived, in seconds. A camera whose stamps stand still is followed by these
                times; see `stands_still`.

        Returns:
            The faces of each of these cameras, largest first, with the time that each stage took.

        Raises:
            TypeError: something else than frames by the names of their cameras was given.

        """
        _check_frames(frames)
        results = Results()
        spec = self.classifier.spec
        found: dict[str, Found] = {}
        with _timed(results, "detect"):
            for name, frame in frames.items():
                found[name] = self._camera(name).find(frame, None if received is None else received.get(name))
        with _timed(results, "preprocess"):
            crops = {name: _crops(frames[name], faces, self.classifier) for name, faces in found.items()}
            doubts = {
                name: assess([face for face, _ in faces], crops[name], self.config.quality)
                for name, faces in found.items()
            }
            batch = normalize(np.concatenate(list(crops.values())), spec) if crops else None
        with _timed(results, "classify"):
            rows = self._classify(batch)
        start = 0
        with _timed(results, "smooth"):
            for name, faces in found.items():
                part = rows[start : start + len(faces)]
                start += len(faces)
                results[name] = self._cameras[name].answer(faces, part, doubts[name])
        return results

    def look(self, picture: Frame | Rgb | Gray, views: int = 1) -> tuple[TrackedFace, ...]:
        """Find and classify the faces of a single picture: searched in full, nothing is tracked or smoothed.

        Args:
            picture: (H, W, 3) uint8 BGR (OpenCV's order), (H, W) uint8 gray, or a Frame.
            views: from how many slightly shifted and scaled boxes each face is answered, an odd number from 1 to 9.
                More than one, which are also mirrored, make the answer hang less on the exact place of the box.

        Returns:
            The faces, largest first, without ids and in state RAW.

        Raises:
            ValueError: the picture has another shape or dtype, or is None; or there are not so many views.

        """
        check_views(views)
        frame = _frame(picture)
        if self._still_search is None:
            self._still_search = FaceSearch(replace(self.config.search, full_scan_period=0.0), self.config.detector)
        self._still_search.reset()
        faces = self._still_search.find(frame)
        crops = crop_faces(frame, faces, self.classifier.spec)
        doubts = assess(faces, crops, self.config.quality)
        rows = classify_views(self.classifier, frame, faces, crops, views)
        return tuple(
            TrackedFace(face, Expression.from_array(self.classifier.labels, row), reasons=reasons)
            for face, row, reasons in zip(faces, rows, doubts, strict=True)
        )

    def stands_still(self, camera: str) -> bool:
        """Return whether a camera's stamps stand still, so that it is followed by the times of receipt.

        Args:
            camera: its name; one that was never seen does not stand still.

        """
        return camera in self._cameras and self._cameras[camera].stamps.stand_still

    def reset(self, seed: bytes = b"") -> None:
        """Forget all tracks; ids that were given are not given again, unless a seed says which come.

        Args:
            seed: the ids that come follow from it, so that a recording has the same ones whenever it is analysed.
                Empty: they stay secret.

        """
        if seed:
            self._ids.restart(seed)
        for camera in self._cameras.values():
            camera.reset()

    def prepare(self, config: PipelineConfig, cameras: Iterable[str] | None = None) -> Change:
        """Load what other settings or cameras need, while `process` may go on in another thread.

        Args:
            config: the new settings.
            cameras: to be ready for; others are forgotten. None keeps those there are.

        Returns:
            What `apply` takes.

        Raises:
            FileNotFoundError, ValueError, RuntimeError: what a detector raises that does not load.

        """
        wanted = tuple(self._cameras) if cameras is None else tuple(dict.fromkeys(cameras))
        other = (config.search, config.detector) != (self.config.search, self.config.detector)
        needing = [name for name in wanted if other or name not in self._cameras]
        shared = None if other else next((state.search for state in self._cameras.values()), None)
        searches = {}
        for name in needing:
            # They search one after the other, with the same detectors.
            shared = shared.for_another_camera() if shared else FaceSearch(config.search, config.detector)
            searches[name] = shared
        return Change(config, None if cameras is None else wanted, searches)

    def apply(self, change: Change) -> None:
        """Take prepared settings over between two calls of `process`; tracks, ids and smoothed expressions go on.

        Args:
            change: what `prepare` returned.

        """
        if (change.config.search, change.config.detector) != (self.config.search, self.config.detector):
            self._still_search = None
        self.config = change.config
        for name in tuple(self._cameras) if change.cameras is None else change.cameras:
            if name in self._cameras:
                self._cameras[name].reconfigure(change.config, change.searches.get(name))
            else:
                self._add(name, change.searches[name])
        if change.cameras is not None:
            self._cameras = {name: self._cameras[name] for name in change.cameras}

    def set_cameras(self, cameras: Iterable[str]) -> None:
        """Be ready for these cameras and forget all others.

        Args:
            cameras: their names.

        Raises:
            FileNotFoundError, ValueError, RuntimeError: what a detector raises that does not load.

        """
        self.apply(self.prepare(self.config, cameras))

    def _camera(self, name: str) -> CameraState:
        if name not in self._cameras:
            self.apply(self.prepare(self.config, (*self._cameras, name)))
        return self._cameras[name]

    def _add(self, name: str, search: FaceSearch) -> None:
        self._cameras[name] = CameraState(self.config, self.classifier.labels, self._ids, search)

    def _classify(self, batch: npt.NDArray[np.float32] | None) -> Vector:
        if batch is None or not len(batch):
            return np.empty((0, len(self.classifier.labels)), np.float32)
        return self.classifier.classify(batch)


def _crops(frame: Frame, found: Found, classifier: Classifier) -> Gray:
    return crop_faces(frame, [face for face, _ in found], classifier.spec)


def _check_frames(frames: object) -> None:
    wanted = '{"camera": Frame.from_bgr(picture, stamp)}'
    if not isinstance(frames, Mapping):
        raise TypeError(f"expected frames by camera, {wanted}, got {type(frames).__name__}; `look` takes one picture")
    for camera, frame in frames.items():
        if not isinstance(frame, Frame):
            raise TypeError(f"camera {camera!r}: expected a Frame, {wanted}, got {type(frame).__name__}")


def _frame(picture: Frame | Rgb | Gray) -> Frame:
    if isinstance(picture, Frame):
        return picture
    return Frame.from_gray(picture) if getattr(picture, "ndim", 3) == 2 else Frame.from_bgr(picture)


@contextmanager
def _timed(results: Results, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        results.timings[stage] += time.perf_counter() - began
