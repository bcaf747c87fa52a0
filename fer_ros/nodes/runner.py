"""Start and end of every node: clear errors, and a clean exit on SIGINT and SIGTERM."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

import rclpy
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node

from fer_ros.core.bundle import BundleError
from fer_ros.core.classifier import BackendError
from fer_ros.nodes.parameters import ParameterError


def run(make: Callable[[], Node], arguments: list[str] | None = None) -> int:
    """Make a node and spin it until it ends itself or the process is asked to; returns the exit code.

    A node may have `close()`, called before it is destroyed, and `exit_code`.
    """
    try:
        rclpy.init(args=arguments)
    except RuntimeError as error:  # rcl's own, for arguments that it cannot parse
        print(error, file=sys.stderr)
        return 1
    node = None
    try:
        node = make()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        executor.spin()
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    except (ParameterError, BundleError, BackendError, OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    finally:
        # A launch system and a terminal may both ask; the second time must not interrupt the clean end.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        if node is not None:
            if hasattr(node, "close"):
                node.close()
            node.destroy_node()
        rclpy.try_shutdown()
    return int(getattr(node, "exit_code", 0))
