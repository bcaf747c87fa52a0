"""What the browser is sent: JSON text, and JPEG bytes."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2

from fer_ros.core.types import Frame, TrackedFace

_MOST_FACES = 32  # a page with more could not be read, and a broken sender must not fill the browser
_JPEG_QUALITY = 75
_SPAN = 2.0  # seconds that rate and latency are taken over


@dataclass(frozen=True)
class Update:
    """One state of one camera: what the page shows at once. text: JSON.  jpeg: b'' where there is no picture."""

    text: str
    jpeg: bytes = b""


class Meter:
    """Rate and latency of the results of one camera."""

    def __init__(self) -> None:
        """Start empty."""
        self._seen: deque[tuple[float, float]] = deque(maxlen=1000)

    def add(self, now: float, latency: float) -> None:
        """Note a result. now: seconds, monotonic.  latency: seconds since the image's stamp."""
        self._seen.append((now, latency))
        while self._seen[0][0] < now - _SPAN:
            self._seen.popleft()

    def figures(self) -> dict[str, float | None]:
        """Return the rate in Hz and the median latency in seconds; None before there are two results."""
        if len(self._seen) < 2:
            return {"rate": None, "latency": None}
        span = self._seen[-1][0] - self._seen[0][0]
        latencies = sorted(latency for _, latency in self._seen)
        return {
            "rate": _finite((len(self._seen) - 1) / span) if span > 0 else None,
            "latency": _finite(latencies[len(latencies) // 2]),
        }


def encode(frame: Frame, width: int) -> bytes:
    """Return a frame as JPEG, no wider than this many pixels, with nothing of its metadata."""
    bgr = cv2.cvtColor(frame.rgb, cv2.COLOR_RGB2BGR)
    if frame.width > width:
        height = max(1, round(frame.height * width / frame.width))
        bgr = cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA)
    good, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    assert good, "OpenCV encodes any picture that is not empty"
    return data.tobytes()


def faces_of(message: Any) -> dict[str, Any]:
    """Return a FaceEmotionArray as the page reads it; numbers that JSON has no word for are None."""
    return {
        "stamp": stamp_text(message.header.stamp),
        "time": message.header.stamp.sec + message.header.stamp.nanosec * 1e-9,
        "width": message.image_width,
        "height": message.image_height,
        "labels": list(message.labels),
        "bundle": message.model_bundle,
        "faces": [_face(face) for face in message.faces[:_MOST_FACES]],
    }


def _face(face: Any) -> dict[str, Any]:
    smoothed = len(face.smoothed_probabilities) > 0
    center = face.bbox.center.position
    return {
        "id": face.track_id,
        "box": [_finite(v) for v in (center.x, center.y, face.bbox.size_x, face.bbox.size_y)],
        "smoothed": smoothed,
        "label": face.smoothed_label if smoothed else face.raw_label,
        "confidence": _finite(face.smoothed_confidence if smoothed else face.raw_confidence),
        "probabilities": [_finite(p) for p in (face.smoothed_probabilities if smoothed else face.raw_probabilities)],
        "state": face.state,
        "reasons": face.reasons,
    }


def faces_of_frame(frame: Frame, faces: Sequence[TrackedFace], labels: Sequence[str], bundle: str) -> dict[str, Any]:
    """Return the faces of a frame as `faces_of` returns those of a message; each has the frame's stamp."""
    return {
        "stamp": f"{frame.stamp:.9f}",
        "time": frame.stamp,
        "width": frame.width,
        "height": frame.height,
        "labels": list(labels),
        "bundle": bundle,
        "rate": None,
        "latency": None,
        "faces": [_tracked(face) for face in faces[:_MOST_FACES]],
    }


def _tracked(face: TrackedFace) -> dict[str, Any]:
    left, top, right, bottom = face.box.as_tuple()
    return {
        "id": face.track_id,
        "box": [_finite(v) for v in ((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)],
        "smoothed": face.smoothed is not None,
        "label": face.label,
        "confidence": _finite(face.confidence),
        "probabilities": [_finite(float(p)) for p in face.probabilities.array],
        "state": face.state.value,
        "reasons": int(face.reasons),
    }


def stamp_text(stamp: Any) -> str:
    """Return a header's stamp as text that can be compared: a float would round it."""
    return f"{stamp.sec}.{stamp.nanosec:09d}"


def to_json(value: dict[str, Any]) -> str:
    """Return strict JSON; raises ValueError for a number that it has no word for."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def _finite(value: float) -> float | None:
    # Six digits are more than anybody sees, and a float32 would have seventeen.
    return float(f"{value:.6g}") if math.isfinite(value) else None
