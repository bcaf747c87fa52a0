"""Start and end of every node: clear errors, and a clean exit on SIGINT and SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Protocol

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.signals import SignalHandlerOptions

from fer_ros.core.classification.bundle import BundleError
from fer_ros.core.classification.classifier import BackendError
from fer_ros.nodes.parameters import ParameterError

_LOOK_EVERY = 0.1  # seconds between two looks for a signal while no message comes

_asked = threading.Event()


def asked_to_end() -> bool:
    """Return whether the process got a signal to end: a node that starts in several steps need not take the next."""
    return _asked.is_set()


class Runnable(Protocol):
    """A node that `run` can run. It sets `ended` to end itself; `close` stops its threads, before it is destroyed."""

    ended: threading.Event
    exit_code: int

    def close(self) -> None:
        """Stop all threads that use the node."""
        ...

    def destroy_node(self) -> None:
        """Destroy it, as rclpy does."""
        ...


def run(make: Callable[[], Runnable], arguments: list[str] | None = None) -> int:
    """Make a node and spin it until it ends itself or the process is asked to; returns the exit code."""
    _asked.clear()

    def ask(number: int, frame: FrameType | None) -> None:
        _asked.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    try:
        # rclpy's own handlers would invalidate the context at once, under the threads that are still publishing.
        rclpy.init(args=arguments, signal_handler_options=SignalHandlerOptions.NO)
    except RuntimeError as error:  # rcl's own, for arguments that it cannot parse
        print(error, file=sys.stderr)
        return 1
    node = None
    try:
        node = make()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        while not (asked_to_end() or node.ended.is_set()):
            executor.spin_once(timeout_sec=_LOOK_EVERY)
    except (ParameterError, BundleError, BackendError, OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    finally:
        if node is not None:
            node.close()
            node.destroy_node()
        rclpy.try_shutdown()
    return node.exit_code
