"""The faces on the topics of REP-155 (ROS4HRI), for robots that speak it; needs hri_msgs, imports without."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from rclpy.duration import Duration
from rclpy.event_handler import PublisherEventCallbacks
from rclpy.node import Node
from rclpy.publisher import Publisher
from rclpy.qos import DurabilityPolicy, HistoryPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fer_ros.client.quality_of_service import RESULTS, publisher_events
from fer_ros.core.emotions import REP155_NAMES
from fer_ros.core.geometry import Box
from fer_ros.core.types import Expression, Frame, State, TrackedFace
from fer_ros.nodes.clock import steady_clock
from fer_ros.nodes.conversions import Pixels, to_image

_FACES = "humans/faces"
_CROP_SIDE = 128  # pixels, the default of REP-155
_CHECK_PERIOD = 0.5  # seconds between two checks for silent cameras
_LAST_LIST = Duration(seconds=0.3)  # at most, for listeners to get the last list
_GRACE = 1.0  # seconds that a camera may be late before its faces go

LATEST = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.VOLATILE,
)
"""As ROS4HRI's hri_face_detect publishes ids, regions and pictures. Its hri_emotion_recognizer does as RESULTS."""


@dataclass
class _Face:
    """One face. seen: stamp of its last sight.  named: whether the last expression that was sent names one."""

    roi: Publisher
    expression: Publisher
    cropped: Publisher | None
    seen: float = -math.inf
    named: bool = False

    @property
    def publishers(self) -> list[Publisher]:
        return [publisher for publisher in (self.roi, self.expression, self.cropped) if publisher is not None]


@dataclass
class _View:
    """What one camera shows. header, stamp: of its last image.  received: when that came, on the monotonic clock."""

    header: Header
    stamp: float
    received: float
    faces: dict[str, _Face] = field(default_factory=dict)


def hri_messages() -> Any:
    """Return the module hri_msgs.msg. Raises ValueError, which says how to install it, where it is missing."""
    try:
        from hri_msgs import msg
    except ImportError as error:
        raise ValueError(f"REP-155 needs hri_msgs ({error}): sudo apt-get install ros-jazzy-hri-msgs") from None
    return msg


class Ros4Hri:
    """Publishes the faces of all cameras, each on topics of its own while it is seen."""

    def __init__(self, node: Node, max_age: float, crops: bool) -> None:
        """Publish.

        Args:
            node: has the publishers.
            max_age: seconds for which an unseen face stays.
            crops: publish pictures of the faces too.

        Raises:
            ValueError: hri_msgs is not installed.

        """
        self._msg = hri_messages()
        self._node = node
        self._max_age = max_age
        self._crops = crops
        self._views: dict[str, _View] = {}
        self._warned = self._closed = False
        # Images come from a worker's thread, the timer and `close` from the executor's.
        self._lock = threading.Lock()
        topic = f"{_FACES}/tracked"
        events = publisher_events(node, node.resolve_topic_name(topic), LATEST)
        self._tracked = node.create_publisher(self._msg.IdsList, topic, LATEST, event_callbacks=events)
        # Silence is counted in real seconds, also where the time is simulated and stands still.
        self._timer = node.create_timer(_CHECK_PERIOD, self._forget_silent, clock=steady_clock())

    def publish(self, camera: str, header: Header, frame: Frame, faces: Sequence[TrackedFace]) -> None:
        """Publish the faces of one image with that image's header, untouched.

        A camera's faces are forgotten when they were not seen for max_age by the images' stamps, when its stamps go
        backwards, and when it falls silent. Faces without a track id are left out. Does nothing once closed.
        """
        with self._lock:
            if self._closed:
                return
            known = [face for face in faces if face.track_id]
            if len(known) < len(faces):
                self._warn()
            view = self._updated(camera, header, frame.stamp)
            for face in known:
                if face.track_id not in view.faces:
                    view.faces[face.track_id] = self._add(face.track_id)
                view.faces[face.track_id].seen = frame.stamp
            # First the list: listeners subscribe to a face's topics when they read its id.
            self._publish_ids(header)
            for face in known:
                self._publish_face(view.faces[face.track_id], header, frame, face)

    def close(self) -> None:
        """Forget all faces, publish that, and destroy the publishers; may be called twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._node.destroy_timer(self._timer)
            for camera, view in list(self._views.items()):
                self._forget(camera)
                self._publish_ids(view.header)
            # A listener drops what it has not yet got from a publisher that goes.
            self._tracked.wait_for_all_acked(_LAST_LIST)
            self._node.destroy_publisher(self._tracked)

    def _updated(self, camera: str, header: Header, stamp: float) -> _View:
        """Return a camera's view at a stamp, without the faces that have gone."""
        if camera in self._views and stamp < self._views[camera].stamp:
            self._forget(camera)
        view = self._views.setdefault(camera, _View(header, stamp, 0.0))
        view.header, view.stamp, view.received = header, stamp, time.monotonic()
        for track_id, shown in list(view.faces.items()):
            if stamp - shown.seen > self._max_age:
                self._remove(view.faces.pop(track_id))
        return view

    def _forget_silent(self) -> None:
        """Forget the faces of cameras that have fallen silent: nobody knows whether they are still there."""
        with self._lock:
            now = time.monotonic()
            for camera, view in list(self._views.items()):
                if not self._closed and now - view.received > self._max_age + _GRACE:
                    self._forget(camera)
                    self._publish_ids(view.header)

    def _add(self, track_id: str) -> _Face:
        place = f"{_FACES}/{track_id}"
        # No events: they are waited for by the executor, and a subscriber that asks for too much warns by itself.
        events = PublisherEventCallbacks(use_default_callbacks=False)

        def publisher(kind: type, name: str, qos: QoSProfile) -> Publisher:
            return self._node.create_publisher(kind, f"{place}/{name}", qos, event_callbacks=events)

        return _Face(
            roi=publisher(self._msg.NormalizedRegionOfInterest2D, "roi", LATEST),
            expression=publisher(self._msg.Expression, "expression", RESULTS),
            cropped=publisher(Image, "cropped", LATEST) if self._crops else None,
        )

    def _remove(self, shown: _Face) -> None:
        for publisher in shown.publishers:
            self._node.destroy_publisher(publisher)

    def _forget(self, camera: str) -> None:
        for shown in self._views.pop(camera).faces.values():
            self._remove(shown)

    def _publish_ids(self, header: Header) -> None:
        ids = [track_id for view in self._views.values() for track_id in view.faces]
        self._tracked.publish(self._msg.IdsList(header=header, ids=ids))

    def _publish_face(self, shown: _Face, header: Header, frame: Frame, face: TrackedFace) -> None:
        left, top, right, bottom = _inside(face.box, frame)
        region = self._msg.NormalizedRegionOfInterest2D(header=header, c=float(np.clip(face.score, 0.0, 1.0)))
        region.xmin, region.xmax = left / frame.width, right / frame.width
        region.ymin, region.ymax = top / frame.height, bottom / frame.height
        shown.roi.publish(region)
        expression = _reliable(face)
        name = REP155_NAMES[expression.label] if expression is not None else None
        # Neither is estimated.
        message = self._msg.Expression(header=header, valence=math.nan, arousal=math.nan)
        if expression is not None and name is not None:
            message.expression, message.confidence = name, expression.confidence
        # Listeners keep the last expression, so its end is published: once, because libhri logs every empty one.
        if message.expression or shown.named:
            shown.expression.publish(message)
        shown.named = bool(message.expression)
        if shown.cropped is not None and shown.cropped.get_subscription_count():
            shown.cropped.publish(to_image(_picture(frame, face.box), header, "bgr8"))

    def _warn(self) -> None:
        if not self._warned:
            self._node.get_logger().warning(f"{_FACES}: faces without a track id are left out; set tracker.enabled")
            self._warned = True


def _reliable(face: TrackedFace) -> Expression | None:
    """Return what a face's expression is, or None where that should be doubted."""
    if face.reasons:
        return None
    return {State.RAW: face.raw, State.STABLE: face.smoothed}.get(face.state)


def _inside(box: Box, frame: Frame) -> tuple[float, float, float, float]:
    """Return (left, top, right, bottom) of the part of a box that lies in the frame, in pixels."""
    left, right = (min(max(x, 0.0), float(frame.width)) for x in (box.left, box.right))
    top, bottom = (min(max(y, 0.0), float(frame.height)) for y in (box.top, box.bottom))
    return left, top, right, bottom


def _picture(frame: Frame, box: Box) -> Pixels:
    """Return a face as (128, 128, 3) uint8 BGR: scaled to fit, in the middle, black around (REP-155, 'cropped')."""
    left, top, right, bottom = (round(edge) for edge in _inside(box, frame))
    left, top = min(left, frame.width - 1), min(top, frame.height - 1)
    face = frame.rgb[top : max(bottom, top + 1), left : max(right, left + 1)]
    factor = _CROP_SIDE / max(face.shape[:2])
    height, width = (max(round(side * factor), 1) for side in face.shape[:2])
    size = cv2.resize(face, (width, height), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    picture = np.zeros((_CROP_SIDE, _CROP_SIDE, 3), np.uint8)
    y, x = (_CROP_SIDE - height) // 2, (_CROP_SIDE - width) // 2
    picture[y : y + height, x : x + width] = cv2.cvtColor(size, cv2.COLOR_RGB2BGR)
    return picture
