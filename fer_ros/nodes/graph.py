"""Who publishes a topic, as the ROS graph shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rclpy.node import Node
from rclpy.topic_endpoint_info import TopicEndpointInfo


@dataclass(frozen=True)
class Publishing:
    """A publisher of a topic.

    Attributes:
        node: full name of its node.
        type: of its messages, such as 'sensor_msgs/msg/Image'.

    """

    node: str
    type: str


def publishers_of(node: Node, topic: str) -> list[Publishing]:
    """Return the publishers of a topic's full name, sorted by their nodes."""
    found = [Publishing(_name(info), info.topic_type) for info in node.get_publishers_info_by_topic(topic)]
    return sorted(found, key=lambda publisher: (publisher.node, publisher.type))


def _name(info: TopicEndpointInfo) -> str:
    # So it is for a moment after it was found, and always where ROS did not make it.
    if "_UNKNOWN_" in info.node_name:
        return "a node without a name"
    return f"{info.node_namespace.rstrip('/')}/{info.node_name}"


def names(publishers: Sequence[Publishing]) -> str:
    """Return the names of the publishers' nodes in words."""
    *most, last = [publisher.node for publisher in publishers]
    return f"{', '.join(most)} and {last}" if most else last
