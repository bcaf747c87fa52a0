"""QoS profiles, and a warning that names topic and policy where two ends do not fit."""

from __future__ import annotations

from rclpy.event_handler import (
    PublisherEventCallbacks,
    QoSOfferedIncompatibleQoSInfo,
    QoSRequestedIncompatibleQoSInfo,
    SubscriptionEventCallbacks,
)
from rclpy.node import Node
from rclpy.qos import (
    DurabilityPolicy,
    HistoryPolicy,
    QoSProfile,
    ReliabilityPolicy,
    qos_policy_name_from_kind,
)

IMAGES = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=1,
    reliability=ReliabilityPolicy.BEST_EFFORT,
    durability=DurabilityPolicy.VOLATILE,
)
"""Images: like SensorDataQoS, but never more than the newest one."""

RESULTS = QoSProfile(
    history=HistoryPolicy.KEEP_LAST,
    depth=10,
    reliability=ReliabilityPolicy.RELIABLE,
    durability=DurabilityPolicy.VOLATILE,
)


def subscription_events(node: Node, topic: str) -> SubscriptionEventCallbacks:
    """Warn when a publisher of this topic offers less than our subscription asks for."""

    def warn(event: QoSRequestedIncompatibleQoSInfo) -> None:
        policy = qos_policy_name_from_kind(event.last_policy_kind)
        node.get_logger().warning(f"{topic}: no messages, the publisher's {policy} does not fit our subscription")

    return SubscriptionEventCallbacks(incompatible_qos=warn)


def publisher_events(node: Node, topic: str, offered: QoSProfile) -> PublisherEventCallbacks:
    """Warn when a subscriber of this topic asks for more than we offer."""

    def warn(event: QoSOfferedIncompatibleQoSInfo) -> None:
        policy = qos_policy_name_from_kind(event.last_policy_kind)
        node.get_logger().warning(
            f"{topic}: a subscriber gets nothing, its {policy} asks for more than ours "
            f"({offered.reliability.name}, {offered.durability.name})"
        )

    return PublisherEventCallbacks(incompatible_qos=warn)
