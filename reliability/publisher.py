"""A camera that can be killed: says each image's number and stamp before it publishes it.

python -m reliability.publisher [--rate 30] [--topic camera/image_raw] [--jpeg QUALITY] [--visits SECONDS]
Lines: NUMBER SECONDS NANOSECONDS MONOTONIC; frame_id is the number. With --visits, faces come and go (visits.py).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable

import reliability  # noqa: F401  its environment comes before rclpy

# isort: split
import cv2
import numpy as np
import rclpy
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from benchmarks.clips import moving_faces
from benchmarks.report import parse_size
from fer_ros.client.quality_of_service import IMAGES
from fer_ros.nodes.conversions import to_image
from reliability.visits import Visits

Message = Image | CompressedImage


def _compress(picture: np.ndarray, quality: int) -> CompressedImage:
    good, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert good
    return CompressedImage(format="jpeg", data=data.tobytes())


def _messages(options: argparse.Namespace) -> Callable[[int], Message]:
    """Return what gives the message of each image's number."""

    def encode(picture: np.ndarray) -> Message:
        return _compress(picture, options.jpeg) if options.jpeg else to_image(picture, Header(), "bgr8")

    if options.visits:
        visits = Visits(options.visits, options.rate)
        shown = {present: [encode(p) for p in pictures] for present, pictures in visits.pictures().items()}
        return lambda number: shown[visits.present(number)][visits.shot(number)]
    pictures = [encode(shot.picture) for shot in moving_faces(1, 30, options.size)]
    pictures += pictures[::-1]
    return lambda number: pictures[number % len(pictures)]


def main() -> None:
    """Publish until told to end."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=30.0, help="images a second")
    parser.add_argument("--topic", default="camera/image_raw")
    parser.add_argument("--size", type=parse_size, default=(640, 480), help="width x height, pixels")
    parser.add_argument("--jpeg", type=int, default=0, metavar="QUALITY", help="CompressedImage instead of Image")
    parser.add_argument("--visits", type=float, default=0.0, metavar="SECONDS", help="faces come and go so often")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    message_of = _messages(options)
    rclpy.init()
    node = rclpy.create_node("reliability_camera")
    publisher = node.create_publisher(CompressedImage if options.jpeg else Image, options.topic, IMAGES)
    number, due = 0, time.monotonic()
    while True:
        message = message_of(number)
        message.header.stamp = stamp = node.get_clock().now().to_msg()
        message.header.frame_id = str(number)
        # One write that nothing buffers: what was said is known even if the process is killed in the next moment.
        os.write(sys.stdout.fileno(), f"{number} {stamp.sec} {stamp.nanosec} {time.monotonic():.6f}\n".encode())
        publisher.publish(message)
        number += 1
        due = max(due + 1 / options.rate, time.monotonic() - 1 / options.rate)
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
