"""The image topics of a node: subscribed in the type that is published, followed when that changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rclpy.node import Node
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from fer_ros.client.quality_of_service import IMAGES, subscription_events
from fer_ros.core.compressed_formats import unreadable
from fer_ros.nodes.clock import steady_clock
from fer_ros.nodes.graph import Publishing, names, publishers_of
from fer_ros.nodes.problems import Problems

AUTO = "auto"
TRANSPORTS: dict[str, type[Any]] = {"raw": Image, "compressed": CompressedImage}
"""Values of the parameter image_transport beside AUTO, with the message type that each stands for."""

_POLL_PERIOD = 0.5  # seconds between two checks of who publishes
_TYPES: dict[str, type[Any]] = {f"sensor_msgs/msg/{kind.__name__}": kind for kind in TRANSPORTS.values()}
_NAMES = {kind: name for name, kind in _TYPES.items()}


@dataclass
class _Input:
    """One camera. publishers: as they were found last."""

    kind: type[Any]
    subscription: Subscription
    publishers: list[Publishing]


class Inputs:
    """Subscriptions to image topics, which may change; used in the executor's thread alone."""

    def __init__(
        self, node: Node, on_image: Callable[[str, Image | CompressedImage], None], problems: Problems
    ) -> None:
        """Subscribe to nothing yet.

        Args:
            node: subscribes.
            on_image: gets a camera's resolved topic and its message.
            problems: gets the publishers that do not fit.

        """
        self._node = node
        self._on_image = on_image
        self._problems = problems
        self._transport = AUTO
        self._cameras: list[str] = []
        self._inputs: dict[str, _Input] = {}
        # The graph changes in real time, also where the time is simulated and stands still.
        self._timer = node.create_timer(_POLL_PERIOD, self._poll, clock=steady_clock(), autostart=False)

    def set_cameras(self, cameras: Iterable[str], transport: str = AUTO) -> None:
        """Subscribe to these topics and to no others; those that stay are not interrupted.

        Args:
            cameras: resolved names.
            transport: 'raw' or 'compressed' for the type of all topics; 'auto' takes the type that is published, and
                while nobody publishes the one that the topic's name stands for.

        """
        self._transport = transport
        self._cameras = list(cameras)
        for camera in set(self._inputs) - set(self._cameras):
            self._unsubscribe(camera)
        self._poll()
        if self._cameras:
            self._timer.reset()
        else:
            self._timer.cancel()

    def close(self) -> None:
        """Unsubscribe from everything."""
        self.set_cameras([])
        self._node.destroy_timer(self._timer)

    def _poll(self) -> None:
        for camera in self._cameras:
            self._follow(camera)

    def _follow(self, camera: str) -> None:
        """Subscribe to a camera in the type that is published, and say what does not fit."""
        publishers = publishers_of(self._node, camera)
        kind = self._kind(camera, publishers)
        if camera in self._inputs and kind is not self._inputs[camera].kind:
            self._unsubscribe(camera)
            self._node.get_logger().info(f"{camera}: now {_NAMES[kind]}, which is what is published")
        if camera not in self._inputs:
            try:
                self._inputs[camera] = _Input(kind, self._subscribe(camera, kind), [])
            except RuntimeError as error:  # rcl's own: a topic has one type in a process, and the last one may linger
                self._problems.update(camera, "type", f"cannot be subscribed to yet: {error}")
                return
        before, self._inputs[camera].publishers = self._inputs[camera].publishers, publishers
        # A publisher is found before its name, and a driver that is started again is there twice for a moment.
        if publishers == before:
            self._problems.update(camera, "type", _mismatch(kind, self._transport, publishers))
            self._problems.update(camera, "publishers", _several(publishers))

    def _kind(self, camera: str, publishers: Sequence[Publishing]) -> type[Any]:
        if self._transport != AUTO:
            return TRANSPORTS[self._transport]
        current: type[Any] = self._inputs[camera].kind if camera in self._inputs else guessed_type(camera)
        published: list[type[Any]] = [_TYPES[p.type] for p in publishers if p.type in _TYPES]
        if current in published or not published:
            return current
        return published[0]

    def _unsubscribe(self, camera: str) -> None:
        self._node.destroy_subscription(self._inputs.pop(camera).subscription)

    def _subscribe(self, camera: str, kind: type[Any]) -> Subscription:
        def receive(message: Image | CompressedImage) -> None:
            self._on_image(camera, message)

        return self._node.create_subscription(
            kind, camera, receive, IMAGES, event_callbacks=subscription_events(self._node, camera)
        )


def guessed_type(topic: str) -> type[Any]:
    """Return the type that an image topic's resolved name stands for, while nobody publishes it."""
    return TRANSPORTS["compressed" if topic.endswith("/compressed") else "raw"]


def _mismatch(kind: type[Any], transport: str, publishers: Sequence[Publishing]) -> str:
    """Say that a topic is published in other types alone."""
    types = sorted({publisher.type for publisher in publishers})
    if not types or _NAMES[kind] in types:
        return ""
    expected = _NAMES[kind] if transport != AUTO else " or ".join(_TYPES)
    text = f"expected {expected}, got {', '.join(types)} from {names(publishers)}"
    if transport != AUTO and set(types) & set(_TYPES):
        return f"{text}: set image_transport to {AUTO}"
    what, instead = unreadable(types[0])
    return f"{text}, which is {what}; {instead}" if what else text


def _several(publishers: Sequence[Publishing]) -> str:
    """Say who publishes a topic, where that is more than one."""
    if len(publishers) < 2:
        return ""
    return f"{len(publishers)} publishers, {names(publishers)}, whose images mix: stop or remap all but one"


def resolve_cameras(node: Node, topics: Sequence[str]) -> list[str]:
    """Return the full names of image topics.

    Raises:
        ValueError: one is no valid name, two are the same, or there is none.

    """
    try:
        cameras = [node.resolve_topic_name(topic) for topic in topics]
    except RuntimeError as error:  # rcl's own, for a name that is none
        raise ValueError(f"image_topics must be names of topics, got {topics}: {error}") from None
    if not cameras or len(set(cameras)) != len(cameras):
        raise ValueError(f"image_topics must be one or more different topics, got {topics}")
    return cameras
