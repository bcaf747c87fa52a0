"""What the page can do to fer_node, and what it has to say of it: the pause, and whether anything is recorded."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.client import Client
from rclpy.node import Node
from rclpy.subscription import Subscription
from rclpy.task import Future
from std_srvs.srv import SetBool

from fer_ros.client.quality_of_service import RESULTS

_TOPIC = "/diagnostics"
_RECORDERS = ("rosbag2", "rosbag")  # how the nodes of the usual recorders are called


class PageControl:
    """Pauses fer_node for the page and reads what it says of itself; only `ask_to_pause` is for other threads.

    Attributes:
        paused: what fer_node has said last; None while it says nothing, or where there is no button.

    """

    def __init__(self, node: Node, service: str) -> None:
        """Make nothing yet; see `watch`.

        node: page_node.  service: of the pause, in fer_node's own namespace; '' for none.
        """
        self._node = node
        self._service = service
        self._fer_node = node.resolve_service_name(service).rsplit("/", 2)[-2] if service else "fer_node"
        self.paused: bool | None = None
        self._recording = False
        self._client: Client | None = None
        self._diagnostics: Subscription | None = None
        self._wish: bool | None = None
        self._lock = threading.Lock()
        self._asked = node.create_guard_condition(self._call)

    def watch(self) -> None:
        """Subscribe to the diagnostics, and be ready to call the service."""
        self._diagnostics = self._node.create_subscription(DiagnosticArray, _TOPIC, self.on_diagnostics, RESULTS)
        if self._service:
            self._client = self._node.create_client(SetBool, self._service)

    def unwatch(self) -> None:
        """Let go of both, and forget what was said."""
        if self._diagnostics is not None:
            self._node.destroy_subscription(self._diagnostics)
        if self._client is not None:
            self._node.destroy_client(self._client)
        self._diagnostics = self._client = self.paused = None
        self._recording = False

    def ask_to_pause(self, paused: bool) -> None:
        """Have fer_node paused, or started again; from any thread."""
        with self._lock:
            self._wish = paused
        self._asked.trigger()

    def on_diagnostics(self, message: DiagnosticArray) -> None:
        """Read fer_node's own statuses: one for each camera, all of the same pause and recording."""
        for status in message.status:
            if status.name.partition(":")[0] == self._fer_node:
                self.paused = status.message.startswith("paused") if self._service else None
                values = {value.key: value.value for value in status.values}
                # Only a recorder that was started counts what it drops.
                self._recording = "recording_dropped" in values and not values["recording"].startswith("stopped")

    def recorders(self, cameras: Sequence[str]) -> list[str]:
        """Return the names of the nodes that are known to record what these cameras show."""
        receivers = [info for camera in cameras for info in self._node.get_subscriptions_info_by_topic(camera)]
        found = {info.node_name for info in receivers if info.node_name.startswith(_RECORDERS)}
        return sorted(found | {self._fer_node} if self._recording else found)

    def _call(self) -> None:
        with self._lock:
            wish, self._wish = self._wish, None
        if wish is None or self._client is None or not self._client.service_is_ready():
            return
        self._client.call_async(SetBool.Request(data=wish)).add_done_callback(lambda done: self._answered(wish, done))

    def _answered(self, wish: bool, done: Future) -> None:
        """Know at once what the next diagnostics will say."""
        answer = done.result()
        if answer is not None and answer.success:
            self.paused = wish
