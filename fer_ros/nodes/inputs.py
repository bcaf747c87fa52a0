"""The image topics of a node: which type each one is, and who publishes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rclpy.node import Node, Subscription
from sensor_msgs.msg import CompressedImage, Image

from fer_ros.client.quality_of_service import IMAGES, subscription_events


class Inputs:
    """Subscriptions to image topics, which may change."""

    def __init__(self, node: Node, on_image: Callable[[str, Image | CompressedImage], None]) -> None:
        """Subscribe to nothing yet; `on_image` gets a camera's resolved topic and its message."""
        self._node = node
        self._on_image = on_image
        self._subscriptions: dict[str, Subscription] = {}

    def subscribe(self, cameras: Iterable[str]) -> None:
        """Subscribe to these resolved topics and to no others; those that stay are not interrupted."""
        wanted = list(cameras)
        for camera in wanted:
            if camera not in self._subscriptions:
                self._subscriptions[camera] = self._node.create_subscription(
                    message_type(camera),
                    camera,
                    lambda message, camera=camera: self._on_image(camera, message),
                    IMAGES,
                    event_callbacks=subscription_events(self._node, camera),
                )
        for camera in set(self._subscriptions) - set(wanted):
            self._node.destroy_subscription(self._subscriptions.pop(camera))


def message_type(topic: str) -> type[Image] | type[CompressedImage]:
    """Return the type that an image topic's name stands for."""
    return CompressedImage if topic.endswith("/compressed") else Image


def resolve_cameras(node: Node, topics: Sequence[str]) -> list[str]:
    """Return the full names of image topics. Raises ValueError unless they are valid, different, and at least one."""
    try:
        cameras = [node.resolve_topic_name(topic) for topic in topics]
    except RuntimeError as error:  # rcl's own, for a name that is none
        raise ValueError(f"image_topics must be names of topics, got {topics}: {error}") from None
    if not cameras or len(set(cameras)) != len(cameras):
        raise ValueError(f"image_topics must be one or more different topics, got {topics}")
    return cameras


def who_publishes(node: Node, camera: str) -> str:
    """Say how many publish a camera's topic, and whether in another type than its name stands for."""
    expected = f"sensor_msgs/msg/{message_type(camera).__name__}"
    found = node.get_publishers_info_by_topic(camera)
    others = {info.topic_type for info in found} - {expected}
    text = f"publishers of this topic: {len(found)}"
    return f"{text}; expected {expected}, got {', '.join(sorted(others))}" if others else text
