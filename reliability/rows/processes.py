"""Faults of processes: killed, stopped, told to end."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import sys
import threading
import time

from reliability.process import Process, module, private_memory, ros, wait_for
from reliability.report import Check, at_most, holds
from reliability.rows.common import ANSWER_LIMIT, DISCOVERY_LIMIT, healthy, honest, recovered
from reliability.stage import Stage, Stamp, faces_of, longest_gap

_LAUNCH = """
import sys
from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
service = LaunchService(argv=[])
source = PythonLaunchDescriptionSource(sys.argv[1])
service.include_launch_description(LaunchDescription([IncludeLaunchDescription(source)]))
sys.exit(service.run())
"""
# Stands in for launch where that is not installed: starts the node again a second after it ended.
_SUPERVISOR = """
import subprocess, sys, time
while True:
    node = subprocess.Popen([sys.executable, sys.argv[1]])
    print(f"process started with pid [{node.pid}]", flush=True)
    node.wait()
    time.sleep(1.0)
"""


def _stamps(publishers: list[Process]) -> dict[Stamp, float]:
    """Return what publishers said of their images: when each was sent, monotonic seconds."""
    found = {}
    for line in [line for p in publishers for line in list(p.lines)]:
        words = line.split()
        if len(words) == 4 and words[0].isdigit():
            found[(int(words[1]), int(words[2]))] = float(words[3])
    return found


def publisher_killed(stage: Stage, short: bool = False) -> list[Check]:
    """The process that publishes the images is killed with -9, and started again."""
    publishers: list[Process] = []
    recoveries: list[float] = []
    ages: list[float] = []
    quiet: list[int] = []
    memory = None
    try:
        for _ in range(2 if short else 4):
            publishers.append(module("publisher"))
            publisher, count = publishers[-1], len(stage.answers)
            if not wait_for(lambda p=publisher: p.lines, 30):
                break
            wait_for(lambda count=count: len(stage.answers) > count + 30, 30)
            stamps, got = _stamps([publisher]), stage.answers[count:]
            recoveries.append(got[0].when - min(stamps.values()) if got else float("inf"))
            ages.append(got[0].when - stamps.get(got[0].stamp, -float("inf")) if got else float("inf"))
            memory = memory or stage.node.memory
            publisher.send(signal.SIGKILL)
            publisher.ended()
            killed = time.monotonic()
            time.sleep(0.5 if short else 3.0)
            quiet.append(len(stage.since(killed + 0.4)))
        time.sleep(0.2)
        return [
            at_most("first image that arrives from the new publisher answered, slowest", max(ages), ANSWER_LIMIT),
            at_most("with the discovery: from its first image to the first answer", max(recoveries), DISCOVERY_LIMIT),
            holds("answers later than 0.4 s after the kill: 0", not sum(quiet), str(sum(quiet))),
            *honest(stage.answers, _stamps(publishers).keys() | stage.camera.sent.keys()),
            *healthy(stage, memory or 1.0),
        ]
    finally:
        for publisher in publishers:
            publisher.stop()


def supervised() -> tuple[Process, str]:
    """Start fer_node under launch where that is installed, else under a few lines that do the same."""
    from reliability import ROOT

    code, script, by = _SUPERVISOR, "scripts/fer_node", "a supervisor, not launch"
    if all(importlib.util.find_spec(name) for name in ("launch_ros", "osrf_pycommon")):
        code, script, by = _LAUNCH, "launch/fer.launch.py", "launch/fer.launch.py"
    return Process(sys.executable, "-u", "-c", code, str(ROOT / script)), by


def _started(node: Process) -> list[int]:
    lines = [line for line in list(node.lines) if "process started with pid [" in line]
    return [int(line.split("pid [")[1].split("]")[0]) for line in lines]


def node_killed(stage: Stage, short: bool = False) -> list[Check]:
    """fer_node is killed with -9 under load, and started again by its supervisor (`supervised`)."""
    stage.warm_up()
    ready, blind, ages, ids, sizes = [], [], [], [faces_of(stage.answers)], []
    with stage.camera.running():
        for number in range(1 if short else 3):
            pid = _started(stage.node)[-1]
            sizes.append(private_memory(pid))
            os.kill(pid, signal.SIGKILL)
            killed = time.monotonic()
            if not stage.node.says("waiting for images", 60, number + 2):
                break
            # When it said so, not when this was looked at.
            said = [t for t, line in zip(stage.node.times, stage.node.lines) if "waiting for images" in line][-1]
            wait_for(lambda said=said: len(stage.since(said)) > 20, 20)
            got = stage.since(killed + 0.5)
            first = got[0].when if got else float("inf")
            ready.append(max(0.0, first - said))
            sent = stage.camera.sent.get(got[0].stamp) if got else None
            ages.append(first - sent.when if sent else float("inf"))
            blind.append(first - killed)
            ids.append(faces_of(got))
        pid = _started(stage.node)[-1]
        sizes.append(private_memory(pid))
    again = sum(bool(ids[i] & ids[j]) for i in range(len(ids)) for j in range(i))
    return [
        holds("started again after each kill", len(ready) == (1 if short else 3), f"{len(ready)}, by {_by(stage)}"),
        at_most("first image that arrives answered, slowest", max(ages, default=float("inf")), ANSWER_LIMIT),
        at_most("with the discovery: from 'waiting for images' to the first answer",
                max(ready, default=float("inf")), DISCOVERY_LIMIT),
        holds("from the kill to the first answer", max(blind, default=float("inf")) < 30,
              ", ".join(f"{b:.1f}" for b in blind) + " s"),
        holds("ids seen again in the next process: 0", again == 0, str(again)),
        holds("the new one is as large as the first (10 %)", max(sizes) <= 1.1 * sizes[0],
              " ".join(f"{s:.0f}" for s in sizes) + " MB"),
        *honest(stage.answers, stage.camera.sent),
    ]  # fmt: skip


def _by(stage: Stage) -> str:
    return "launch/fer.launch.py" if "[launch]" in stage.node.output else "a supervisor, not launch"


def subscriber_stalls(stage: Stage, short: bool = False, annotated: bool = False) -> list[Check]:
    """A reliable subscriber is stopped (SIGSTOP) and continued; with `annotated`, of the large pictures."""
    stage.warm_up()
    seconds = 1.5 if short else 10.0
    with module("listener", *(["--annotated"] if annotated else [])) as listener:
        with stage.camera.running():
            heard = wait_for(lambda: len(listener.lines) > 10, 30)
            since = time.monotonic()
            time.sleep(seconds / 2)
            usual = len(stage.since(since)) / (seconds / 2)
            memory, began = stage.node.memory, time.monotonic()
            listener.send(signal.SIGSTOP)
            stopped = len(listener.lines)
            time.sleep(seconds)
            gap = longest_gap(stage.since(began), began, time.monotonic())
            rate = len(stage.since(began)) / (time.monotonic() - began)
            continued = time.monotonic()
            listener.send(signal.SIGCONT)
            fresh = wait_for(lambda: any(t > continued for t in _sent_after(stage, listener, continued)), 10)
            caught_up = time.monotonic() - continued
            time.sleep(0.5)
        stamps = [(int(w[1]), int(w[2])) for w in (line.split() for line in list(listener.lines[:-1])) if len(w) == 5]
        stale = sum(stage.camera.sent[s].when < continued for s in stamps[stopped:] if s in stage.camera.sent)
    checks = [
        holds("the subscriber heard before", heard),
        at_most("longest gap for another subscriber meanwhile", gap, ANSWER_LIMIT),
        holds(
            "the other gets as many answers as before (70 %)",
            rate >= 0.7 * usual,
            f"{usual:.1f} -> {rate:.1f} a second",
        ),
        at_most("the stalled one has new answers after", caught_up if fresh else float("inf"), ANSWER_LIMIT),
        holds("what it gets is in order, without repetition", stamps == sorted(set(stamps))),
        holds("older answers that it still gets", True, str(stale)),
        recovered(stage),
    ]
    return [*checks, *honest(stage.answers, stage.camera.sent), *healthy(stage, memory)]


def _sent_after(stage: Stage, listener: Process, when: float) -> list[float]:
    """Return when the images were sent whose answers the listener told in its last lines."""
    result = []
    for line in list(listener.lines)[-15:]:
        words = line.split()
        sent = stage.camera.sent.get((int(words[1]), int(words[2]))) if len(words) == 5 else None
        if sent is not None and sent.when > when:
            result.append(sent.when)
    return result


def signals(short: bool = False) -> list[Check]:
    """SIGINT and SIGTERM at random moments, from the start of the imports to the middle of work; a camera floods it."""
    count, random_ = 2 if short else 20, random.Random(1)
    slowest, codes, traces = 0.0, [], []
    node = ros("fer_node")
    with Stage(node) as stage:
        stopped = threading.Event()

        def flood() -> None:
            while not stopped.wait(0.005):
                stage.camera.publish()

        thread = threading.Thread(target=flood, daemon=True)
        thread.start()
        try:
            for number in range(count):
                if number:
                    node = ros("fer_node")
                # Half of them while it starts, half of them at work.
                if number % 2 and not node.says("waiting for images", 60):
                    traces.append("did not start")
                time.sleep(random_.uniform(0, 2.0))
                sent = time.monotonic()
                node.send((signal.SIGINT, signal.SIGTERM)[number // 2 % 2])
                code = node.ended(10)
                slowest = max(slowest, time.monotonic() - sent)
                codes.append("hangs" if code is None else str(code))
                # Before its own handlers are there, a signal ends the process as it ends any other: -2 and -15.
                if "Traceback" in node.output or code not in (0, -2, -15):
                    traces.append(node.output[-500:])
                node.stop()
        finally:
            stopped.set()
            thread.join()
    good = set(codes) <= {"0", "-2", "-15"}
    return [
        at_most(f"slowest end of {count}", slowest, 2.0),
        holds("no traceback, no other exit code", not traces, traces[0].replace("\n", " ") if traces else "none"),
        holds("exit code 0, or the signal's own while it still starts", good,
              ", ".join(f"{c}: {codes.count(c)}" for c in sorted(set(codes)))),
    ]  # fmt: skip
