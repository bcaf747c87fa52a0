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
from fer_ros.nodes.command_line import parse
from fer_ros.nodes.declaration import ParameterError
from fer_ros.nodes.parameters import NODES, help_text
from fer_ros.nodes.ros_arguments import in_one_line, mistake
from fer_ros.nodes.worker import Endable

FAILED, MISCONFIGURED = 1, 2
"""Exit codes: of a failure that another start may heal, and of one that only a change of what was given heals."""

_POLL_PERIOD = 0.1  # seconds between two checks for a signal while no message comes

_signalled = threading.Event()


def shutdown_requested() -> bool:
    """Return whether the process got a signal to end: a node that starts in several steps need not take the next."""
    return _signalled.is_set()


class StartError(RuntimeError):
    """A node that could not start now; another attempt may succeed."""


class Runnable(Endable, Protocol):
    """A node that `run` can run. It sets `ended` to end itself; `close` stops its threads, before it is destroyed."""

    def close(self) -> None:
        """Stop all threads that use the node."""
        ...

    def destroy_node(self) -> None:
        """Destroy it, as rclpy does."""
        ...


def run(name: str, make: Callable[[], Runnable], arguments: list[str] | None = None) -> int:
    """Make a node and spin it until it ends itself or the process gets a signal.

    Args:
        name: of the executable, one of NODES.
        make: makes the node.
        arguments: command line without the program's name; None for that of the process.

    Returns:
        The exit code.

    """
    command = parse(sys.argv[1:] if arguments is None else arguments)
    if command.help:
        print(help_text(name, NODES[name]))
        return 0
    names = [parameter.name for parameter in NODES[name]]
    if wrong := command.misuse(name) or mistake(command, name, names):
        return _misconfigured(wrong)
    _signalled.clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _on_signal)
    try:
        # rclpy's own handlers would invalidate the context at once, under the threads that are still publishing.
        rclpy.init(args=arguments, signal_handler_options=SignalHandlerOptions.NO)
    except RuntimeError as error:  # rcl's own, for arguments that it cannot parse
        return _misconfigured(in_one_line(error))
    node = None
    try:
        node = make()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        while not (shutdown_requested() or node.ended.is_set()):
            executor.spin_once(timeout_sec=_POLL_PERIOD)
    except (ParameterError, BundleError) as error:
        return _misconfigured(f"{type(error).__name__}: {error}")
    except (StartError, BackendError, OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return FAILED
    finally:
        if node is not None:
            node.close()
            node.destroy_node()
        rclpy.try_shutdown()
    return node.exit_code


def _on_signal(number: int, frame: FrameType | None) -> None:
    _signalled.set()


def _misconfigured(reason: str) -> int:
    print(f"{reason} (starting the node again will not heal this)", file=sys.stderr)
    return MISCONFIGURED
