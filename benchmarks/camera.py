"""The process that stands for a camera: a moving clip on a topic, at a steady rate, each image stamped and numbered.

python -m benchmarks.camera --rate 30 --size 640x480 --faces 1   (in the shell of env.bash; ends on Ctrl-C)
"""

from __future__ import annotations

import argparse
import sys
import time

# This folder's fer_ros has no generated messages: the overlay's must come first.
sys.path.append(sys.path.pop(0))

import rclpy
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from benchmarks.clips import moving_faces
from benchmarks.report import parse_size
from fer_ros.client.quality_of_service import IMAGES
from fer_ros.nodes.conversions import to_image

# Different pictures in the clip; large ones take much memory.
_SHOTS, _LARGE_SHOTS = 60, 20


def main() -> None:
    """Publish until interrupted; frame_id is the image's number, so that a receiver can tell which are missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rate", type=float, default=30.0, help="images a second")
    parser.add_argument("--size", type=parse_size, default=(640, 480), help="width x height, pixels")
    parser.add_argument("--faces", type=int, default=1)
    options = parser.parse_args()
    count = _SHOTS if options.size[0] * options.size[1] < 1_000_000 else _LARGE_SHOTS
    images = [to_image(s.picture, Header(), "bgr8") for s in moving_faces(options.faces, count, options.size)]
    # Forwards and backwards, so that faces do not jump.
    images += images[::-1]
    rclpy.init()
    node = rclpy.create_node("benchmark_camera")
    publisher = node.create_publisher(Image, "camera/image_raw", IMAGES)
    due, number = time.monotonic(), 0
    try:
        while rclpy.ok():
            image = images[number % len(images)]
            image.header.frame_id = str(number)
            image.header.stamp = node.get_clock().now().to_msg()
            publisher.publish(image)
            number += 1
            # A camera that is late leaves images out; it does not send them in a burst.
            due = max(due + 1 / options.rate, time.monotonic() - 1 / options.rate)
            time.sleep(max(0.0, due - time.monotonic()))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
