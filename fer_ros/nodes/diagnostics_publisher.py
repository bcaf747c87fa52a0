"""Diagnostics now and then, and a warning of each camera that falls silent or whose stamps make no sense."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.node import Node
from rclpy.timer import Timer

from fer_ros.client.quality_of_service import RESULTS, publisher_events
from fer_ros.nodes.clock import clock_runs, steady_clock
from fer_ros.nodes.diagnostics import Statistics
from fer_ros.nodes.graph import names, publishers_of
from fer_ros.nodes.problems import Problems

_CHECK_PERIOD = 1.0  # seconds between two checks, at most: a warning comes soon, however seldom diagnostics do
_CLOCK_PATIENCE = 2.0  # seconds for the first message on /clock
_STEPS_BACK = 5  # within ten seconds; a recording that is played in a loop goes back once a round

_NO_CLOCK = (
    "use_sim_time is set and nothing comes on /clock: stamp delays are unknown; start what publishes it "
    "(a simulator, ros2 bag play --clock), or leave use_sim_time out"
)
_STEPPED = "stamps went back {} times in 10 s, and each time the faces start anew: are there two publishers?"


class DiagnosticsPublisher:
    """Publishes a node's statistics and problems and checks its cameras, from `set_cameras` until `close`."""

    def __init__(
        self,
        node: Node,
        statistics: Statistics,
        problems: Problems,
        dropped: Mapping[str, int],
        values: Callable[[], Mapping[str, str]],
        paused: Callable[[], bool],
        results: str,
    ) -> None:
        """Make the publisher.

        Args:
            node: publishes.
            statistics: what is published.
            problems: gets what is found, and is published.
            dropped: counts by camera, read each time.
            values: returns what else to publish.
            paused: returns whether silence is wanted.
            results: full name of the topic of the results, which nobody else should publish.

        """
        self._node = node
        self._statistics = statistics
        self._problems = problems
        self._dropped = dropped
        self._values = values
        self._paused = paused
        self._results = results
        self._cameras: list[str] = []
        self._no_image_after = 0.0
        self._silent: dict[str, float] = {}  # when each silent camera's last image came, on the monotonic clock
        self._began = time.monotonic()
        self._timers: list[Timer] = []
        self._publisher = node.create_publisher(
            DiagnosticArray, "/diagnostics", RESULTS, event_callbacks=publisher_events(node, "/diagnostics", RESULTS)
        )

    def set_cameras(self, cameras: Sequence[str], period: float, no_image_after: float) -> None:
        """Check these cameras: publish every `period`, warn `no_image_after` the last image, both in seconds."""
        self._cameras, self._no_image_after = list(cameras), no_image_after
        self._silent = {camera: last for camera, last in self._silent.items() if camera in self._cameras}
        self._problems.keep(self._cameras)
        self._stop_timers()
        # Silence is counted in real seconds, also where the time is simulated and stands still.
        steady = steady_clock()
        self._timers = [
            self._node.create_timer(min(period, _CHECK_PERIOD), self._check, clock=steady),
            self._node.create_timer(period, self._publish, clock=steady),
        ]

    def close(self) -> None:
        """End it."""
        self._stop_timers()
        self._node.destroy_publisher(self._publisher)

    def _stop_timers(self) -> None:
        for timer in self._timers:
            self._node.destroy_timer(timer)
        self._timers = []

    def _publish(self) -> None:
        self._publisher.publish(
            self._statistics.message(
                self._node.get_name(),
                self._node.get_clock().now().to_msg(),
                self._dropped,
                self._values(),
                self._no_image_after,
                self._paused(),
                {camera: self._problems.of(camera) for camera in self._cameras},
            )
        )

    def _check(self) -> None:
        late = time.monotonic() - self._began > _CLOCK_PATIENCE
        self._problems.update("", "clock", "" if clock_runs(self._node) or not late else _NO_CLOCK)
        self._problems.update("", "results", self._rivals())
        for camera in self._cameras:
            steps = self._statistics.steps_back(camera)
            self._problems.update(camera, "steps back", _STEPPED.format(steps) if steps >= _STEPS_BACK else "")
            self._check_silence(camera)

    def _check_silence(self, camera: str) -> None:
        """Log once that a camera is silent, and that its images come again."""
        silence = self._statistics.silence(camera)
        last = time.monotonic() - silence
        if silence < self._no_image_after:
            if camera in self._silent:
                passed = last - self._silent.pop(camera)
                self._node.get_logger().info(f"{camera}: images again, after {passed:.1f} s without one")
        elif camera not in self._silent and not self._paused():
            self._silent[camera] = last
            count = len(publishers_of(self._node, camera))
            text = f"{camera}: no image for {silence:.1f} s; publishers of this topic: {count}"
            self._node.get_logger().warning("; ".join([text, *self._problems.of(camera)]))

    def _rivals(self) -> str:
        """Say who else publishes results on our topic."""
        publishers = publishers_of(self._node, self._results)
        if len(publishers) < 2:
            return ""
        return (
            f"{len(publishers)} nodes publish {self._results}: {names(publishers)}; stop all but one, or give one "
            "another namespace (--ros-args -r __ns:=/NAME)"
        )
