"""The clocks of a node: its own, which may be simulated, and the machine's."""

from __future__ import annotations

from rclpy.clock import Clock, ClockType
from rclpy.node import Node


def steady_clock() -> Clock:
    """Return a clock of real seconds, for timers that go on where the node's time is simulated and stands still."""
    return Clock(clock_type=ClockType.STEADY_TIME)


def clock_runs(node: Node) -> bool:
    """Return whether the node's clock has a time: a simulated one stands at 0 until /clock is published."""
    clock = node.get_clock()
    return not (clock.ros_time_is_active and clock.now().nanoseconds == 0)
