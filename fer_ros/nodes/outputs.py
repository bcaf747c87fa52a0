"""The result topics of fer_node: each made only while somebody listens, but for faces/emotions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rclpy.node import Node
from rclpy.publisher import Publisher
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import Detection2DArray

from fer_ros.client.quality_of_service import RESULTS, publisher_events
from fer_ros.core.drawing import annotate
from fer_ros.core.types import Frame, TrackedFace
from fer_ros.msg import FaceEmotionArray
from fer_ros.nodes.conversions import to_detections, to_image, to_jpeg, to_message

EMOTIONS = "faces/emotions"
"""The topic of all results, relative to the node's namespace."""


class Outputs:
    """Publishers for the results of some cameras, which may change."""

    def __init__(self, node: Node, labels: Sequence[str], bundle: str, cameras: Sequence[str]) -> None:
        """Make the publishers.

        Args:
            node: publishes.
            labels: of the probabilities.
            bundle: id of the model.
            cameras: resolved topics.

        """
        self._node = node
        self._labels = labels
        self._bundle = bundle
        self._publishers: dict[str, Publisher] = {}
        self.set_cameras(cameras)

    def set_cameras(self, cameras: Sequence[str]) -> None:
        """Publish for these cameras; with several, each has topics of its own beside faces/emotions."""
        places = {camera: f"/{camera.strip('/').replace('/', '_')}" if len(cameras) > 1 else "" for camera in cameras}
        self._detections = {camera: f"faces/detections{place}" for camera, place in places.items()}
        self._annotated = {camera: f"faces/annotated{place}" for camera, place in places.items()}
        wanted: dict[str, type[Any]] = {EMOTIONS: FaceEmotionArray}
        wanted |= dict.fromkeys(self._detections.values(), Detection2DArray)
        wanted |= dict.fromkeys(self._annotated.values(), Image)
        wanted |= {f"{topic}/compressed": CompressedImage for topic in self._annotated.values()}
        for topic, kind in wanted.items():
            if topic not in self._publishers:
                events = publisher_events(self._node, self._node.resolve_topic_name(topic), RESULTS)
                publisher = self._node.create_publisher(kind, topic, RESULTS, event_callbacks=events)
                self._publishers[topic] = publisher
        for topic in set(self._publishers) - set(wanted):
            self._node.destroy_publisher(self._publishers.pop(topic))

    def publish(self, camera: str, header: Header, frame: Frame, faces: Sequence[TrackedFace]) -> FaceEmotionArray:
        """Publish the faces of one image, and return what went to faces/emotions."""
        message = to_message(faces, header, camera, frame, self._labels, self._bundle)
        self._publishers[EMOTIONS].publish(message)
        if detections := self._if_subscribed(self._detections[camera]):
            detections.publish(to_detections(faces, header, self._labels))
        raw = self._if_subscribed(self._annotated[camera])
        compressed = self._if_subscribed(f"{self._annotated[camera]}/compressed")
        if raw or compressed:
            picture = annotate(frame, faces)
            if raw:
                raw.publish(to_image(picture, header, "rgb8"))
            if compressed:
                compressed.publish(to_jpeg(picture, header))
        return message

    def close(self) -> None:
        """Destroy the publishers."""
        for publisher in self._publishers.values():
            self._node.destroy_publisher(publisher)
        self._publishers = {}

    def _if_subscribed(self, topic: str) -> Publisher | None:
        """Return a topic's publisher if somebody subscribes to it."""
        publisher = self._publishers[topic]
        return publisher if publisher.get_subscription_count() else None
