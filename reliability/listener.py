"""A subscriber in a process of its own: a line for each answer, NUMBER SECONDS NANOSECONDS MONOTONIC FACES.

python -m reliability.listener [--annotated]   with --annotated it subscribes to the annotated pictures instead.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time

import reliability  # noqa: F401  its environment comes before rclpy

# isort: split
import rclpy
from fer_ros.msg import FaceEmotionArray
from sensor_msgs.msg import Image

from fer_ros.client.quality_of_service import RESULTS


def _tell(header: object, faces: int) -> None:
    stamp = header.stamp  # type: ignore[attr-defined]
    number = header.frame_id or "-"  # type: ignore[attr-defined]
    line = f"{number} {stamp.sec} {stamp.nanosec} {time.monotonic():.6f} {faces}\n"
    os.write(sys.stdout.fileno(), line.encode())


def main() -> None:
    """Listen until told to end."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--annotated", action="store_true")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    rclpy.init()
    node = rclpy.create_node("reliability_listener")
    if options.annotated:
        node.create_subscription(Image, "faces/annotated", lambda m: _tell(m.header, 0), RESULTS)
    else:
        node.create_subscription(FaceEmotionArray, "faces/emotions", lambda m: _tell(m.header, len(m.faces)), RESULTS)
    rclpy.spin(node)


if __name__ == "__main__":
    main()
