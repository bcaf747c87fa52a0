"""Diagnostics now and then, and a warning of each camera that falls silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.node import Node

from fer_ros.client.quality_of_service import RESULTS, publisher_events
from fer_ros.nodes.diagnostics import Statistics
from fer_ros.nodes.inputs import who_publishes


class Health:
    """Publishes a node's statistics and watches its cameras, from its making until `close`."""

    def __init__(
        self,
        node: Node,
        statistics: Statistics,
        dropped: Mapping[str, int],
        facts: Callable[[], Mapping[str, str]],
        paused: Callable[[], bool],
    ) -> None:
        """Start. dropped: counts by camera, read each time.  facts: what else to tell.  paused: is silence wanted."""
        self._node = node
        self._statistics = statistics
        self._dropped = dropped
        self._facts = facts
        self._paused = paused
        self._warned: set[str] = set()
        self._timer = None
        self._publisher = node.create_publisher(
            DiagnosticArray, "/diagnostics", RESULTS, event_callbacks=publisher_events(node, "/diagnostics", RESULTS)
        )

    def watch(self, cameras: list[str], period: float, no_image_after: float) -> None:
        """Watch these cameras: report every `period`, warn `no_image_after` the last image, both in seconds."""
        self._cameras, self._no_image_after = cameras, no_image_after
        self._warned &= set(cameras)
        self._stop_timer()
        # Silence is counted in real seconds, also where the time is simulated and stands still.
        self._timer = self._node.create_timer(period, self._report, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def close(self) -> None:
        """End it."""
        self._stop_timer()
        self._node.destroy_publisher(self._publisher)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._node.destroy_timer(self._timer)
            self._timer = None

    def _report(self) -> None:
        now = self._node.get_clock().now().to_msg()
        paused = self._paused()
        name = self._node.get_name()
        report = self._statistics.message(name, now, self._dropped, self._facts(), self._no_image_after, paused)
        self._publisher.publish(report)
        for camera in self._cameras:
            silent = self._statistics.silent(camera)
            if silent < self._no_image_after:
                self._warned.discard(camera)
            elif camera not in self._warned and not paused:
                self._warned.add(camera)
                who = who_publishes(self._node, camera)
                self._node.get_logger().warning(f"{camera}: no image for {silent:.1f} s; {who}")
