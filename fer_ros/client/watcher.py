"""The subscription of a behaviour node: faces in, callbacks and questions about them out."""

from __future__ import annotations

import time
from collections.abc import Callable

from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from fer_ros.client.memory import Appeared, Event, FaceMemory, Left
from fer_ros.client.quality_of_service import RESULTS, subscription_events
from fer_ros.client.snapshots import ExpressionChange, FaceSnapshot, faces_of, seconds_of
from fer_ros.msg import FaceEmotionArray

_CHECK_PERIOD = 0.1  # seconds between two checks for faces that have left


class FaceWatcher:
    """Watches the faces that fer_node publishes, for a node of yours.

    It has no thread: everything happens in the node's executor, in the node's default callback group, so its callbacks
    and the node's own never run at the same time. Ask it from there.
    """

    def __init__(
        self,
        node: Node,
        topic: str = "faces/emotions",
        *,
        left_after: float = 1.0,
        on_appeared: Callable[[FaceSnapshot], None] | None = None,
        on_left: Callable[[FaceSnapshot], None] | None = None,
        on_stable: Callable[[ExpressionChange], None] | None = None,
    ) -> None:
        """Subscribe.

        Args:
            node: yours; its executor calls the callbacks.
            topic: of the results. Relative names follow the node's namespace and remaps.
            left_after: seconds without a face after which it has left, above 0. They are seconds of this machine, so
                faces also leave when no messages come. They are reported at most 0.1 s late.
            on_appeared: called with the first snapshot of each new face.
            on_left: called with the last snapshot of each face that left, or that was forgotten because the stamps of
                its camera jumped backwards, as those of a recording do that starts again. A face that comes back is a
                new one.
            on_stable: called once for each change of a face's stable label, also for its first one.

        Raises:
            ValueError: left_after is not above 0.

        """
        self._memory = FaceMemory(left_after)
        self._node = node
        self._on_appeared, self._on_left, self._on_stable = on_appeared, on_left, on_stable
        self._labels: tuple[str, ...] = ()
        self._warned: set[str] = set()
        self._closed = False
        self.topic: str = node.resolve_topic_name(topic)
        self._subscription = node.create_subscription(
            FaceEmotionArray, topic, self._on_faces, RESULTS, event_callbacks=subscription_events(node, self.topic)
        )
        # Faces leave in real seconds, also where the time is simulated and stands still.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = node.create_timer(_CHECK_PERIOD, self._expire, clock=steady)

    @property
    def labels(self) -> tuple[str, ...]:
        """The expressions that the model knows, as the newest message names them; empty before the first one."""
        return self._labels

    def faces(self, camera: str | None = None) -> tuple[FaceSnapshot, ...]:
        """Return the newest snapshot of each face that is there, the largest first.

        Size is the share of the image: pixels of different cameras cannot be compared.

        Args:
            camera: resolved name of its image topic; None for all cameras.

        """
        return tuple(face for face in self._memory.present() if camera is None or face.camera == camera)

    def find(self, key: tuple[str, str]) -> FaceSnapshot | None:
        """Return the newest snapshot of a face; None if it is not there.

        Args:
            key: camera and track id, as `FaceSnapshot.key`.

        """
        return self._memory.find(key)

    def largest(self, camera: str | None = None) -> FaceSnapshot | None:
        """Return the face that fills most of its image; None if nobody is there.

        In one camera this is the nearest one, as far as heads are equally large: a box holds no distance.

        Args:
            camera: resolved name of its image topic; None for all cameras.

        """
        return next(iter(self.faces(camera)), None)

    def central(self, camera: str | None = None) -> FaceSnapshot | None:
        """Return the face that is nearest to the center of its image; None if nobody is there.

        It is who the camera points at, which is not who looks at the robot: a box holds no gaze.

        Args:
            camera: resolved name of its image topic; None for all cameras.

        """
        return min(self.faces(camera), key=lambda face: face.off_center, default=None)

    def close(self) -> None:
        """Unsubscribe; no callback is called any more. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._node.destroy_subscription(self._subscription)
        self._node.destroy_timer(self._timer)

    def _on_faces(self, message: FaceEmotionArray) -> None:
        try:
            faces = faces_of(message)
        except ValueError as error:
            self._warn_once("dropped", f"{self.topic}: message dropped: {error}")
            return
        self._labels = tuple(message.labels)
        if any(not face.track_id for face in faces):
            self._warn_once(
                "track_id", f"{self.topic}: faces without track_id: no callbacks; see fer_node's tracker.enabled"
            )
        elif any(face.smoothed is None for face in faces):
            self._warn_once("raw", f"{self.topic}: faces not smoothed: never stable; see fer_node's smoothing.enabled")
        self._dispatch(self._memory.update(message.camera, seconds_of(message), faces, time.monotonic()))

    def _expire(self) -> None:
        self._dispatch(self._memory.expire(time.monotonic()))

    def _dispatch(self, events: list[Event]) -> None:
        for event in events:
            if self._closed:  # by a callback
                return
            if isinstance(event, ExpressionChange):
                if self._on_stable is not None:
                    self._on_stable(event)
            elif isinstance(event, Left):
                if self._on_left is not None:
                    self._on_left(event.face)
            elif isinstance(event, Appeared) and self._on_appeared is not None:
                self._on_appeared(event.face)

    def _warn_once(self, kind: str, text: str) -> None:
        if kind not in self._warned:
            self._warned.add(kind)
            self._node.get_logger().warning(text)
