"""Where to look for faces on this frame: everywhere now and then, around the known faces in between.

Searching a whole frame is what costs; a face moves little from one frame to the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

import cv2

from fer_ros.core.detector import Detector, DetectorConfig, HaarDetector, make_detector
from fer_ros.core.mosaic import Mosaic, SquareDetector
from fer_ros.core.types import Box, Face, Frame, Gray

# Sides to which a face is brought before a cascade looks: enough for its 24-pixel window to be sure, no more.
_FULL_SIDE = 30.0
_LOCAL_SIDE = 40.0
_EVIDENCE_SIDE = 60.0
# How far a known face may move (in its own sides) and change in size before it is looked for again.
_REACH = 1.7
_SIZE_RANGE = (0.72, 1.4)


@dataclass(frozen=True)
class SearchConfig:
    """When and where a detector is run.

    full_interval: seconds between two searches of the whole frame; in between, only the surroundings of known faces
    are searched. 0 searches every frame at full resolution, as published.
    evidence: cascade that must agree before a new face is believed, '' for none.
    """

    full_interval: float = 0.25
    evidence: str = "haarcascade_frontalface_alt2"

    def __post_init__(self) -> None:
        """Check the range."""
        if not 0 <= self.full_interval <= 10:
            raise ValueError(f"full_interval must be 0 to 10 s, got {self.full_interval}")


class FaceSearch:
    """Looks for faces on one camera's frames."""

    def __init__(self, config: SearchConfig, detector: DetectorConfig) -> None:
        """Make the detectors. Raises what they raise for files that are missing or do not load."""
        self._min_face = detector.min_face
        self._detector = make_detector(detector)
        self._mosaic = Mosaic(self._detector, detector.min_face) if _is_square(self._detector) else None
        # YuNet sees the picture at its own size, and costs the same whatever is known.
        self._interval = config.full_interval if detector.kind != "yunet" else 0.0
        # Where a face is expected, fewer hits are enough.
        self._local = HaarDetector(replace(detector, min_neighbors=(detector.min_neighbors + 1) // 2))
        self._evidence = None
        if config.evidence:
            self._evidence = HaarDetector(DetectorConfig(cascade=config.evidence, min_neighbors=3))
        self._last_full = -float("inf")

    def find(self, frame: Frame, known: Sequence[Box] = ()) -> list[Face]:
        """Find the faces of a frame, largest first.

        known: where the tracked faces are expected, in pixels. Stamps must not go backwards; after `reset` they may.
        """
        if self._interval == 0 and self._mosaic is None:
            return self._believed(frame, self._detector.detect(frame.gray, self._min_face), known)
        due = frame.stamp - self._last_full >= self._interval
        if self._mosaic is not None and not due:
            return self._believed(frame, without_overlaps(self._mosaic.around(frame.gray, known)), known)
        if not known or due:
            self._last_full = frame.stamp
            return self._believed(frame, self._everywhere(frame), known)
        faces = [face for box in known for face in self._around(frame, box)]
        return without_overlaps(faces)

    def reset(self) -> None:
        """Forget when the whole frame was last searched, as after a jump of the clock."""
        self._last_full = -float("inf")

    def _everywhere(self, frame: Frame) -> list[Face]:
        if self._mosaic is not None:
            return without_overlaps(self._mosaic.everywhere(frame.gray))
        factor = min(1.0, _FULL_SIDE / self._min_face)
        small = _resized(frame.gray, factor)
        return [face.scaled(1 / factor) for face in self._detector.detect(small, self._min_face * factor)]

    def _around(self, frame: Frame, box: Box) -> list[Face]:
        region = _clip(box.scaled(_REACH), frame)
        if region is None:
            return []
        left, top, right, bottom = region
        side = max(box.width, box.height)
        factor = min(1.0, _LOCAL_SIDE / side)
        small = _resized(frame.gray[top:bottom, left:right], factor)
        low, high = (side * factor * bound for bound in _SIZE_RANGE)
        found = self._local.detect(small, max(low, self._min_face * factor), high)
        faces = [face.scaled(1 / factor).moved(left, top) for face in found]
        # Two people may share a region: each known face takes the one nearest to where it is expected.
        return [max(faces, key=lambda face: face.box.iou(box))] if faces else []

    def _believed(self, frame: Frame, faces: list[Face], known: Sequence[Box]) -> list[Face]:
        """Drop new faces that the second cascade does not see: patches of wall fool one cascade, rarely two."""
        if self._evidence is None:
            return faces
        return [
            face for face in faces if any(face.box.iou(box) > 0.3 for box in known) or self._agrees(frame, face.box)
        ]

    def _agrees(self, frame: Frame, box: Box) -> bool:
        region = _clip(box.scaled(1.5), frame)
        if region is None or self._evidence is None:
            return False
        left, top, right, bottom = region
        factor = _EVIDENCE_SIDE / max(box.width, box.height)
        small = _resized(frame.gray[top:bottom, left:right], factor)
        return bool(self._evidence.detect(small, _EVIDENCE_SIDE * 0.6))


def _is_square(detector: Detector) -> TypeGuard[SquareDetector]:
    return hasattr(detector, "input_side")


def without_overlaps(faces: Sequence[Face], limit: float = 0.4) -> list[Face]:
    """Keep the surer of two faces whose boxes overlap by more than `limit` (IoU), and sort by area, largest first."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(face.box.iou(other.box) <= limit for other in kept):
            kept.append(face)
    return sorted(kept, key=lambda face: -face.box.area)


def _resized(gray: Gray, factor: float) -> Gray:
    if factor == 1.0:
        return gray
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return cv2.resize(gray, None, fx=factor, fy=factor, interpolation=interpolation)  # type: ignore[return-value]


def _clip(box: Box, frame: Frame) -> tuple[int, int, int, int] | None:
    left, top = max(0, int(box.left)), max(0, int(box.top))
    right, bottom = min(frame.width, int(box.right) + 1), min(frame.height, int(box.bottom) + 1)
    return (left, top, right, bottom) if right - left > 2 and bottom - top > 2 else None
