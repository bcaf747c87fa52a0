"""Where to look for faces on this frame: around the known faces, and in a part of everywhere else.

Searching a whole frame is what costs; a face moves little from one frame to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeGuard

import cv2

from fer_ros.core.detection.detector import Detector, DetectorConfig
from fer_ros.core.detection.factory import make_detector
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.detection.resizing import resized
from fer_ros.core.detection.size_bands import SizeBands
from fer_ros.core.detection.tiling import SHRINK_MARGIN, ConvolutionalDetector, Tiling
from fer_ros.core.geometry import Box
from fer_ros.core.settings import check_settings, setting
from fer_ros.core.types import Face, Frame

# Sides to which a face is brought before a cascade looks. At 40 pixels strangers are lost from frame to frame (of
# 80 that fill the picture, 30 % within 8 frames), at 56 hardly any.
_LOCAL_SIDE = 56.0
_CONFIRM_SIDE = 60.0
# How far a known face may move (in its own sides) and change in size before it is looked for again. The second range of
# sizes is for a face that is not found in the first.
_REACH = 1.7
_SIZE_RANGES = ((0.8, 1.25), (0.7, 1.45))
# Scores of BlazeFace, looking from near, from which on it confirms a face of a cascade, and below which it denies it.
# Between them the confirming cascade decides. On 120 strangers, denying lost nobody.
_SURE, _DENIED = 0.5, 0.3
# Boxes that overlap by more than this (IoU) show the same face.
_SAME = 0.3
# So do boxes of which this share of the smaller one lies in the other: an eye or a chin that looks like a face.
_INSIDE = 0.7


@dataclass(frozen=True)
class SearchConfig:
    """When and where a detector is run. Raises ValueError for a setting out of its range."""

    full_scan_period: float = setting(
        0.25,
        "Time in which the whole frame is searched once, a part on each image. The surroundings of known faces are "
        "searched on every image. 0, and YuNet: the whole frame on every image, at its own size, as published.",
        low=0,
        high=10,
        unit="seconds",
    )
    confirm_cascade: str = setting(
        "haarcascade_frontalface_alt2",
        "Haar cascade that must see a new face too before it is reported. Empty: none.",
    )
    learned_assist: bool = setting(
        True,
        "Where BlazeFace is installed, it follows the faces that a Haar cascade found; their scores are then its own, "
        "0 to 1. A new face that it sees needs no other confirmation.",
    )

    def __post_init__(self) -> None:
        """Check the settings."""
        check_settings(self)


class FaceSearch:
    """Looks for faces on one camera's frames."""

    def __init__(self, config: SearchConfig, detector: DetectorConfig) -> None:
        """Make the detectors. Raises what they raise for files that are missing or do not load."""
        self._min_face = detector.min_face
        self._period = config.full_scan_period
        self._confirming = None
        if config.confirm_cascade:
            self._confirming = HaarDetector(DetectorConfig(cascade=config.confirm_cascade, min_neighbors=3))
        self._second_opinion = _second_opinion(detector) if config.learned_assist else None
        if config.full_scan_period > 0 and (self._confirming or self._second_opinion):
            # At the ends of a band a face has fewer hits than in a full search; what is new is confirmed anyway.
            fewer = max(min(1, detector.min_neighbors), detector.min_neighbors - 1)
            detector = replace(detector, min_neighbors=fewer)
        self._detector = make_detector(detector)
        self._plan()
        if self._size_bands is not None:
            # Where a face is expected, one hit is enough. A cascade serves one thread at a time.
            local = replace(detector, min_neighbors=1)
            self._locals = [HaarDetector(local) for _ in range(max(1, cv2.getNumThreads()))]

    def _plan(self) -> None:
        """Decide in which parts a whole frame is searched; nothing has been searched yet."""
        detector, size, period = self._detector, self._min_face, self._period
        self._tiling = Tiling(detector, size, period) if _is_convolutional(detector) else None
        # YuNet sees the picture at its own size, and costs the same whatever is known.
        self._size_bands = None
        if isinstance(detector, HaarDetector) and period > 0:
            self._size_bands = SizeBands(detector, size, period)

    def for_another_camera(self) -> FaceSearch:
        """Return a search with the same detectors, which saves their memory.

        Only one of those that share detectors may search at a time.
        """
        other = copy(self)
        other._plan()
        return other

    def find(self, frame: Frame, known: Sequence[Box] = ()) -> list[Face]:
        """Find the faces of a frame, largest first.

        known: where the tracked faces are expected, in pixels. Stamps must not go backwards; after `reset` they may.
        """
        if self._tiling is not None:
            faces = without_overlaps(self._tiling.find(frame.gray, frame.stamp, known))
            seen_twice = [f for f in faces if _known(f, known) or self._tiling.sees_again(frame.gray, f)]
            return self._confirmed(frame, seen_twice, known)
        if self._size_bands is None:
            return self._confirmed(frame, self._detector.detect(frame.gray, self._min_face), known)
        followed = without_overlaps(self._follow(frame, known))
        masked = [face.box for face in followed]
        found = self._size_bands.due(frame.gray, frame.stamp, masked)
        new = [face for face in without_overlaps(found) if not any(face.box.iou(box) > _SAME for box in masked)]
        return sorted(followed + self._confirmed(frame, new, known), key=lambda face: -face.box.area)

    def reset(self) -> None:
        """Forget when the whole frame was last searched, as after a jump of the clock."""
        for part in (self._tiling, self._size_bands):
            if part is not None:
                part.reset()

    def _follow(self, frame: Frame, known: Sequence[Box]) -> list[Face]:
        """Look for known faces around where they are expected; each thread looks for a part of them."""
        if self._second_opinion is not None:
            found = self._second_opinion.follow(frame.gray, known)
            return [face for face in found if _known(face, known)]
        threads = min(len(self._locals), len(known))
        if threads == 1:
            return self._around(frame, known, self._locals[0])
        parts = [known[number::threads] for number in range(threads)]
        done = _pool().map(lambda part, local: self._around(frame, part, local), parts, self._locals)
        return [face for faces in done for face in faces]

    def _around(self, frame: Frame, known: Sequence[Box], local: HaarDetector) -> list[Face]:
        found = []
        for box in known:
            region = _clip(box.scaled(_REACH), frame)
            if region is None:
                continue
            left, top, right, bottom = region
            side = max(box.width, box.height)
            factor = min(1.0, _LOCAL_SIDE / side)
            small = resized(frame.gray[top:bottom, left:right], factor)
            for low, high in _SIZE_RANGES:
                least = max(side * low, self._min_face / SHRINK_MARGIN)
                faces = local.detect(small, least * factor, side * high * factor)
                if faces:
                    here = [face.scaled(1 / factor).moved(left, top) for face in faces]
                    # Two people may share a region: each known face takes the one nearest to where it is expected.
                    found.append(max(here, key=lambda face: face.box.iou(box)))
                    break
        return found

    def _confirmed(self, frame: Frame, faces: list[Face], known: Sequence[Box]) -> list[Face]:
        """Drop new faces that nobody else sees: patches of wall fool one detector, rarely two."""
        if self._confirming is None and self._second_opinion is None:
            return faces
        return [face for face in faces if _known(face, known) or self._agrees(frame, face.box)]

    def _agrees(self, frame: Frame, box: Box) -> bool:
        if self._second_opinion is not None:
            score = self._second_opinion.near_score(frame.gray, box)
            if score >= _SURE or score < _DENIED:
                return score >= _SURE
        region = _clip(box.scaled(1.5), frame)
        if region is None or self._confirming is None:
            return False
        left, top, right, bottom = region
        factor = _CONFIRM_SIDE / max(box.width, box.height)
        small = resized(frame.gray[top:bottom, left:right], factor)
        seen = self._confirming.detect(small, _CONFIRM_SIDE * 0.6)
        # Another face beside it does not confirm this one.
        return any(face.scaled(1 / factor).moved(left, top).box.iou(box) > _SAME for face in seen)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    """Return the threads that all cameras share: one search is made at a time."""
    return ThreadPoolExecutor(max(1, cv2.getNumThreads()), "search")


def _is_convolutional(detector: Detector) -> TypeGuard[ConvolutionalDetector]:
    return hasattr(detector, "look")


def without_overlaps(faces: Sequence[Face]) -> list[Face]:
    """Keep the surer of two faces whose boxes overlap, or of which one lies in the other; sorted, largest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(_same(face.box, other.box) for other in kept):
            kept.append(face)
    return sorted(kept, key=lambda face: -face.box.area)


def _second_opinion(detector: DetectorConfig) -> Tiling | None:
    """Return BlazeFace for a cascade, where its extra is installed; other detectors look twice themselves."""
    if detector.kind != "haar":
        return None
    try:
        learned = make_detector(DetectorConfig(kind="blazeface_short"))
    except (FileNotFoundError, ImportError):
        return None
    return Tiling(learned, detector.min_face, 0.0) if _is_convolutional(learned) else None


def _known(face: Face, known: Sequence[Box]) -> bool:
    return any(face.box.iou(box) > _SAME for box in known)


def _same(box: Box, other: Box) -> bool:
    return box.iou(other) > _SAME or box.containment(other) > _INSIDE


def _clip(box: Box, frame: Frame) -> tuple[int, int, int, int] | None:
    left, top = max(0, int(box.left)), max(0, int(box.top))
    right, bottom = min(frame.width, int(box.right) + 1), min(frame.height, int(box.bottom) + 1)
    return (left, top, right, bottom) if right - left > 2 and bottom - top > 2 else None
