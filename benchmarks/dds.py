"""End to end over DDS: a camera in one process, fer_node in a second, a subscriber to its answers in this one.

python -m benchmarks.dds [--save] [--soak]              (in the shell of env.bash)
python -m benchmarks.dds --rates 30 --size 640x480 --faces 1 --profile default

Latency is from the image's stamp, made just before it is published, to the receipt of its answer in this process: an
upper bound for the time from receipt to answer in the node. Images are numbered, so those without an answer are
counted, and so are the answers, so that one that this process did not hear is no loss of the node.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

# This folder's fer_ros has no generated messages: the overlay's must come first.
sys.path.append(sys.path.pop(0))
os.environ.setdefault("ROS_DOMAIN_ID", str(random.randint(1, 100)))
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from fer_ros.msg import FaceEmotionArray
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import HistoryPolicy, QoSProfile

from benchmarks.process import use_of
from benchmarks.profiles import PROFILES
from benchmarks.report import Results, parse_size
from fer_ros.client.quality_of_service import RESULTS

ROOT = Path(__file__).resolve().parent.parent
_LATE = 0.1
_PATIENCE = 60.0


@dataclass(frozen=True)
class Case:
    """What is measured. rate: images a second.  size: (width, height), pixels.  profile: of the node."""

    rate: float
    size: tuple[int, int] = (640, 480)
    faces: int = 1
    profile: str = "default"


# The overloaded ones come last.
CASES = (
    *(Case(rate, profile=profile) for profile in ("default", "robot") for rate in (15.0, 30.0, 60.0)),
    Case(30.0, faces=8, profile="default"),
    Case(30.0, faces=8, profile="robot"),
    Case(30.0, profile="paper"),
    *(Case(60.0, (1920, 1080), profile=profile) for profile in PROFILES),
)
# Small images, sent as fast as many are answered: what grows with every frame shows in a few minutes.
SOAK, SOAK_ANSWERS = Case(250.0, (320, 240), profile="default"), 20_000


# A stall of this process must not make it lose answers: the node's loss is what is measured.
_PATIENT = QoSProfile(
    history=HistoryPolicy.KEEP_LAST, depth=1000, reliability=RESULTS.reliability, durability=RESULTS.durability
)


class Answer(NamedTuple):
    """An answer that was heard. image: its number.  latency: seconds.  sequence: the answer's own number."""

    image: int
    latency: float
    faces: int
    sequence: int


class Receiver:
    """Subscribes to the answers and the diagnostics."""

    def __init__(self) -> None:
        """Subscribe, and spin in a thread of its own until `close`."""
        self.answers: list[Answer] = []
        self.diagnostics: dict[str, str] = {}
        self._context = rclpy.Context()
        rclpy.init(context=self._context)
        self._node = rclpy.create_node("benchmark_receiver", context=self._context)
        self._node.create_subscription(FaceEmotionArray, "faces/emotions", self._on_faces, _PATIENT)
        self._node.create_subscription(DiagnosticArray, "/diagnostics", self._on_diagnostics, RESULTS)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        self._thread = threading.Thread(target=self._executor.spin, daemon=True)
        self._thread.start()

    def _on_faces(self, message: FaceEmotionArray, info: dict[str, int]) -> None:
        stamp = message.header.stamp
        latency = self._node.get_clock().now().nanoseconds * 1e-9 - stamp.sec - stamp.nanosec * 1e-9
        sequence = info["publication_sequence_number"]
        self.answers.append(Answer(int(message.header.frame_id), latency, len(message.faces), sequence))

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        self.diagnostics = {pair.key: pair.value for pair in message.status[0].values}

    def wait(self, done: Callable[[], bool], seconds: float) -> bool:
        """Wait until something holds, for so many seconds at most; returns whether it does."""
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:
            time.sleep(0.02)
        return done()

    def close(self) -> None:
        """Stop to spin."""
        self._executor.shutdown()
        self._thread.join(timeout=5)
        self._node.destroy_node()
        rclpy.try_shutdown(context=self._context)


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python process, interrupted at the end and killed if that does not help."""
    process = subprocess.Popen([sys.executable, *words], cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(case: Case, seconds: float, answers: int = 0) -> dict[str, Any]:
    """Run a case for so many seconds, or until so many answers if that is sooner and not 0.

    Raises TimeoutError if the node does not start to answer.
    """
    parameters = ["--ros-args", "--params-file", str(ROOT / "config" / f"{case.profile}.yaml"), "--log-level", "warn"]
    camera = ["--rate", str(case.rate), "--size", f"{case.size[0]}x{case.size[1]}", "--faces", str(case.faces)]
    receiver = Receiver()
    try:
        with (
            started(str(ROOT / "scripts" / "fer_node"), *parameters) as node,
            started("-m", "benchmarks.camera", *camera),
        ):
            if not receiver.wait(lambda: len(receiver.answers) > case.rate and bool(receiver.diagnostics), _PATIENCE):
                raise TimeoutError(f"expected answers of fer_node within {_PATIENCE:g} s, got {len(receiver.answers)}")
            first, before, dropped = len(receiver.answers), use_of(node.pid), int(receiver.diagnostics["dropped"])
            began = time.monotonic()
            receiver.wait(lambda: bool(answers) and len(receiver.answers) - first >= answers, seconds)
            passed, after = time.monotonic() - began, use_of(node.pid)
            got, told = receiver.answers[first:], dict(receiver.diagnostics)
    finally:
        receiver.close()
    if len(got) < 2:
        raise TimeoutError(f"expected answers of fer_node in {passed:.0f} s, got {len(got)}")
    result = summary(got, passed)
    result["dropped_by_node"] = int(told["dropped"]) - dropped
    result["bundle"] = told["model_bundle"]
    result["cpu_share"] = (after.cpu - before.cpu) / passed
    result["memory_mb"], result["memory_growth_mb"] = after.memory, after.memory - before.memory
    result["node"] = {key: float(value) for key, value in told.items() if key.endswith("_ms")}
    return result


def summary(answers: list[Answer], passed: float) -> dict[str, Any]:
    """Summarise at least two answers received in `passed` seconds.

    unheard: answers that the node sent and this process did not hear.  dropped: images for which none was sent, because
    the node took a newer one or because they did not reach it.
    """
    images, latencies, faces, sequences = (np.array(column, float) for column in zip(*answers, strict=True))
    sent = int(images[-1] - images[0]) + 1
    answered = int(sequences[-1] - sequences[0]) + 1
    return {
        "sent": sent,
        "sent_hz": sent / passed,
        "answered": answered,
        "answered_hz": answered / passed,
        "unheard": answered - len(answers),
        "dropped": sent - answered,
        "latency_ms": {f"p{p}": round(1e3 * float(np.percentile(latencies, p)), 2) for p in (50, 95, 99, 100)},
        "late": int((latencies > _LATE).sum()),
        "faces": float(faces.mean()),
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Return the measurements as Markdown."""
    lines = [
        "| profile | images | faces | sent/s | answered/s | images without an answer "
        "| dropped by the node's own count, a second early or late | answers not heard here | p50, p95, max ms "
        "| later than 100 ms | age in the node, p95 ms | CPU of one core | memory MB (growth) |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        case, r = row["case"], row["result"]
        latency = r["latency_ms"]
        lines.append(
            f"| {case['profile']} | {case['size'][0]}x{case['size'][1]}, {case['rate']:g}/s "
            f"| {case['faces']} ({r['faces']:.1f} found) | {r['sent_hz']:.1f} | {r['answered_hz']:.1f} "
            f"| {r['dropped']} of {r['sent']} | {r['dropped_by_node']} | {r['unheard']} "
            f"| {latency['p50']:.1f}, {latency['p95']:.1f}, {latency['p100']:.1f} | {r['late']} "
            f"| {r['node'].get('age_p95_ms', float('nan')):.1f} "
            f"| {r['cpu_share']:.0%} | {r['memory_mb']:.0f} ({r['memory_growth_mb']:+.1f}) |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure each case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10, help="of each case")
    parser.add_argument("--rates", type=float, nargs="+", help="these instead of all cases")
    parser.add_argument("--size", type=parse_size, default=(640, 480), help="width x height, pixels; with --rates")
    parser.add_argument("--faces", type=int, default=1, help="with --rates")
    parser.add_argument("--profile", choices=PROFILES, default="default", help="with --rates")
    parser.add_argument("--soak", action="store_true", help=f"{SOAK_ANSWERS} small images instead: does memory grow?")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/dds.* (or dds_soak.*)")
    options = parser.parse_args()
    cases, seconds, answers = CASES, options.seconds, 0
    if options.rates:
        cases = tuple(Case(rate, options.size, options.faces, options.profile) for rate in options.rates)
    if options.soak:
        cases, seconds, answers = (SOAK,), 300.0, SOAK_ANSWERS
    results = Results("dds_soak" if options.soak else "dds", "End to end over DDS", {"rows": []})
    for case in cases:
        result = measure(case, seconds, answers)
        results.data["bundle"] = result["bundle"]
        results.data["rows"].append({"case": vars(case), "result": result})
        print(table(results.data["rows"]).splitlines()[-1], flush=True)
    results.finish(table(results.data["rows"]), options.save)


if __name__ == "__main__":
    main()
