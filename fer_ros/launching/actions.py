"""What launch files do with their arguments, and how launch ends when a process has ended. Needs launch."""

from __future__ import annotations

import atexit
import inspect
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from launch.action import Action
from launch.actions import (
    DeclareLaunchArgument,
    IncludeLaunchDescription,
    OpaqueFunction,
    RegisterEventHandler,
    Shutdown,
    TimerAction,
)
from launch.event_handlers import OnProcessExit, OnProcessStart
from launch.events.process import ProcessExited, ProcessStarted
from launch.launch_context import LaunchContext
from launch.launch_description_sources import PythonLaunchDescriptionSource

from fer_ros.launching.arguments import PACKAGE, SHARE
from fer_ros.launching.checks import Argument, check_names, read_values
from fer_ros.nodes.runner import MISCONFIGURED

_LAST_ANSWERS = 1.0  # seconds in which the last images are still answered

OnExit = Callable[[ProcessExited, LaunchContext], list[Action] | None]


class ProcessFailedError(RuntimeError):
    """A process that launch cannot do without has failed: launch ends, and says so by its exit status."""


def declare(
    file: str,
    arguments: Sequence[Argument],
    *,
    includes: Sequence[Argument] = (),
    check: Callable[[Mapping[str, str]], None] | None = None,
) -> list[Action]:
    """Declare the arguments of a launch file, and check them.

    Put it before everything that starts a process or includes a launch file: an exception that launch gets after its
    first process was started leaves that process behind.

    Args:
        file: path of the launch file.
        arguments: its own.
        includes: those of the launch files that it includes.
        check: looks at several arguments together, and raises ArgumentError.

    """
    known = [argument.name for argument in (*arguments, *includes)]

    def check_all(context: LaunchContext) -> None:
        # Where another launch file includes this one, the command line is about that one.
        if any(Path(word).name == Path(file).name for word in sys.argv):
            check_names(context.argv, known)
        read_values(arguments, context.launch_configurations)
        if check is not None:
            check(context.launch_configurations)

    declared = [
        DeclareLaunchArgument(argument.name, default_value=argument.default, description=argument.description)
        for argument in arguments
    ]
    return [*declared, OpaqueFunction(function=check_all)]


def start(arguments: Sequence[Argument], make: Callable[..., list[Action]]) -> OpaqueFunction:
    """Return the action that starts what a function makes of the arguments' values.

    Args:
        arguments: all that the launch file has.
        make: takes those that it needs, by their names.

    """
    needed = [argument for argument in arguments if argument.name in inspect.signature(make).parameters]
    return OpaqueFunction(function=lambda context: make(**read_values(needed, context.launch_configurations)))


def include(name: str) -> IncludeLaunchDescription:
    """Return the action that includes another launch file of the package."""
    return IncludeLaunchDescription(PythonLaunchDescriptionSource(str(SHARE / "launch" / name)))


def end_with(name: str, *, wait: float = _LAST_ANSWERS) -> OnExit:
    """Return an `on_exit` that ends launch when a process has ended, with a status that says whether it failed.

    Args:
        name: of the process, for people.
        wait: seconds until then.

    """

    def on_exit(event: ProcessExited, context: LaunchContext) -> list[Action] | None:
        if context.is_shutdown:
            return None
        if event.returncode == 0:
            return [TimerAction(period=wait, actions=[Shutdown(reason=f"{name} has ended")])]
        text = f"{name} failed (exit code {event.returncode}); its own words are above"
        return [TimerAction(period=wait, actions=[OpaqueFunction(function=_fail, args=[text])])]

    return on_exit


def end_unless_respawned(name: str, respawn: bool) -> OnExit:
    """Return an `on_exit` for a process that launch starts again, unless another start would not heal it."""
    end = end_with(name, wait=0.0)

    def on_exit(event: ProcessExited, context: LaunchContext) -> list[Action] | None:
        return None if respawn and event.returncode != MISCONFIGURED else end(event, context)

    return on_exit


def end_processes_with_launch() -> list[Action]:
    """Return the actions that let no process of the package outlive launch.

    Launch leaves its processes behind when it gets SIGTERM itself, and a camera would stay on.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        # Launch hears only of signals that Python handles; by default this one would end it before it can act.
        signal.signal(signal.SIGTERM, lambda number, frame: None)
    running: set[int] = set()

    def started(event: ProcessStarted, context: LaunchContext) -> None:
        if Path(event.cmd[0]).parent.name == PACKAGE:
            running.add(event.pid)

    def exited(event: ProcessExited, context: LaunchContext) -> None:
        running.discard(event.pid)

    def terminate() -> None:
        for pid in running:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    atexit.register(terminate)
    handlers = (OnProcessStart(on_start=started), OnProcessExit(on_exit=exited))
    return [RegisterEventHandler(handler) for handler in handlers]


def _fail(context: LaunchContext, text: str) -> None:
    raise ProcessFailedError(text)
