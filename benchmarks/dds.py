"""End to end over DDS: camera stamp to message received in another process, with fer_node in a third.

python -m benchmarks.dds [--rates 15 30 60] [--seconds 15] [--size 640x480]   (in the shell of env.bash)
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
from pathlib import Path

# This folder's fer_ros has no generated messages: the overlay's must come first.
sys.path.append(sys.path.pop(0))
os.environ.setdefault("ROS_DOMAIN_ID", str(random.randint(1, 100)))
os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"

import numpy as np
import rclpy
from rclpy.executors import SingleThreadedExecutor
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from benchmarks.clips import moving_faces

ROOT = Path(__file__).resolve().parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def process_use(pid: int) -> tuple[float, float]:
    """Return the CPU seconds that a process has used, and its resident memory in MB."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE / 1e6


def camera(rate: float, size: tuple[int, int], faces: int) -> None:
    """Publish a moving clip at a rate until interrupted: the process that stands for the camera."""
    from fer_ros.nodes.conversions import to_image
    from fer_ros.nodes.quality_of_service import IMAGES

    shots = moving_faces(faces, 60, size)
    # Forwards and backwards, so that faces do not jump.
    messages = [to_image(shot.picture, Header(), "bgr8") for shot in [*shots, *shots[::-1]]]
    rclpy.init()
    node = rclpy.create_node("camera")
    publisher = node.create_publisher(Image, "camera/image_raw", IMAGES)
    due, number = time.monotonic(), 0
    try:
        while rclpy.ok():
            message = messages[number % len(messages)]
            message.header.stamp = node.get_clock().now().to_msg()
            publisher.publish(message)
            number += 1
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
    except KeyboardInterrupt:
        pass
    print(number, flush=True)


def measure(rate: float, seconds: float, size: tuple[int, int], faces: int, profile: str) -> dict[str, float]:
    """Run camera, node and this receiver; returns latencies in ms, rates, CPU share of one core and memory in MB."""
    from fer_ros.msg import FaceEmotionArray

    parameters = ["--ros-args", "--params-file", str(ROOT / "config" / f"{profile}.yaml"), "--log-level", "warn"]
    node = subprocess.Popen([sys.executable, str(ROOT / "scripts" / "fer_node"), *parameters])
    words = ["--camera", str(rate), "--size", f"{size[0]}x{size[1]}", "--faces", str(faces)]
    source = subprocess.Popen([sys.executable, "-m", "benchmarks.dds", *words], stdout=subprocess.PIPE, text=True)
    context = rclpy.Context()
    rclpy.init(context=context)
    receiver = rclpy.create_node("receiver", context=context)
    delays: list[float] = []
    found: list[int] = []

    def on_faces(message: FaceEmotionArray) -> None:
        stamp = message.header.stamp
        delays.append(receiver.get_clock().now().nanoseconds * 1e-9 - stamp.sec - stamp.nanosec * 1e-9)
        found.append(len(message.faces))

    receiver.create_subscription(FaceEmotionArray, "faces/emotions", on_faces, 10)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(receiver)
    threading.Thread(target=executor.spin, daemon=True).start()
    deadline = time.monotonic() + 60
    while len(delays) < 30 and time.monotonic() < deadline:
        time.sleep(0.05)
    delays.clear()
    found.clear()
    began, (cpu, _) = time.monotonic(), process_use(node.pid)
    time.sleep(seconds)
    passed, (cpu_after, memory) = time.monotonic() - began, process_use(node.pid)
    received, times = len(delays), np.array(delays or [np.nan]) * 1e3
    for process in (source, node):
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
    executor.shutdown()
    rclpy.try_shutdown(context=context)
    return {
        "rate": rate,
        "answered_hz": received / passed,
        "p50": float(np.percentile(times, 50)),
        "p95": float(np.percentile(times, 95)),
        "max": float(times.max()),
        "faces": float(np.mean(found or [0])),
        "cpu_share": (cpu_after - cpu) / passed,
        "memory_mb": memory,
    }


def main() -> None:
    """Measure at each rate and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rates", type=float, nargs="+", default=[15, 30, 60])
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--size", default="640x480")
    parser.add_argument("--faces", type=int, default=1)
    parser.add_argument("--profile", default="default")
    parser.add_argument("--camera", type=float, help=argparse.SUPPRESS)
    options = parser.parse_args()
    width, _, height = options.size.partition("x")
    size = int(width), int(height)
    if options.camera:
        camera(options.camera, size, options.faces)
        return
    print("| images/s | answered/s | p50 ms | p95 ms | max ms | faces | CPU of one core | memory MB |")
    print("|---|---|---|---|---|---|---|---|")
    for rate in options.rates:
        r = measure(rate, options.seconds, size, options.faces, options.profile)
        print(
            f"| {rate:g} | {r['answered_hz']:.1f} | {r['p50']:.1f} | {r['p95']:.1f} | {r['max']:.1f} "
            f"| {r['faces']:.1f} | {r['cpu_share']:.0%} | {r['memory_mb']:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
