"""A robot that answers a smile: it says something to whoever has looked happy for a while, once for each face.

python examples/behaviour.py [--ros-args -p seconds:=2.0 -r say:=/robot/say]

It runs beside a camera and fer_node: ros2 launch fer_ros webcam.launch.py
"""

from __future__ import annotations

import contextlib

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from std_msgs.msg import String

from fer_ros.client import FaceSnapshot, FaceWatcher


class SmileBack(Node):
    """Publishes a sentence on `say`, for a text-to-speech node."""

    def __init__(self) -> None:
        """Start to watch."""
        super().__init__("smile_back")
        self.seconds = self.declare_parameter("seconds", 1.5).value
        self.answered: set[tuple[str, str]] = set()
        self.voice = self.create_publisher(String, "say", 10)
        self.faces = FaceWatcher(self, on_appeared=self.on_appeared, on_left=self.on_left)
        self.create_timer(0.1, self.look)

    def on_appeared(self, face: FaceSnapshot) -> None:
        """Somebody is there."""
        self.get_logger().info(f"face {face.track_id} is there")

    def on_left(self, face: FaceSnapshot) -> None:
        """Who comes back is a new face, with a new id."""
        self.answered.discard(face.key)

    def look(self) -> None:
        """Answer the faces that have been happy for long enough."""
        for face in self.faces.faces():
            if face.stable_label == "happy" and face.stable_for >= self.seconds and face.key not in self.answered:
                self.answered.add(face.key)
                self.voice.publish(String(data="How nice to see you smile!"))


def main() -> None:
    """Run until Ctrl-C."""
    rclpy.init()
    with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):
        rclpy.spin(SmileBack())


if __name__ == "__main__":
    main()
