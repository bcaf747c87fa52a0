"""Real nodes in processes of their own, and a node of the test that talks to them over DDS."""

from __future__ import annotations

import time
from collections.abc import Callable

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import NodeNameNonExistentError

from reliability import peer
from reliability.process import Process, ros, wait_for

__all__ = ["Peer", "patience", "publish_until", "ros", "wait_for"]


class Peer(peer.Peer):
    """A node of the test, spun by a thread."""

    def __init__(self) -> None:
        """Start it."""
        super().__init__("test_peer")

    def collect(self, kind: type, topic: str, qos: object = 10) -> list:
        """Subscribe, and return the list that the messages are put into."""
        messages: list = []
        self.node.create_subscription(kind, topic, messages.append, qos)
        return messages

    def diagnostics(self) -> list:
        """Subscribe to /diagnostics, and return the list that the statuses are put into."""
        statuses: list = []
        self.node.create_subscription(DiagnosticArray, "/diagnostics", lambda m: statuses.extend(m.status), 10)
        return statuses

    def names(self, kind: str, node: str) -> set[str]:
        """Return a node's topics or services; none while it is unseen. kind: publisher, subscriber, service, client."""
        try:
            found = getattr(self.node, f"get_{kind}_names_and_types_by_node")(node, "/")
        except NodeNameNonExistentError:
            return set()
        return {name for name, _ in found}


def patience(process: Process) -> float:
    """Return the seconds that it may take to end: two, or on a busy machine as many as to its first word."""
    return max(2.0, process.times[0] - process.began)


def publish_until(publish: Callable[[], None], condition: Callable[[], object], seconds: float = 60.0) -> bool:
    """Publish thirty times a second until the condition holds; returns whether it did within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not condition():
        publish()
        time.sleep(1 / 30)
    return bool(condition())
