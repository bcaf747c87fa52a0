"""A robot that greets who comes, answers a smile that lasts, and says goodbye. It needs a running fer_node.

    ros2 launch fer_ros webcam.launch.py          # or: python scripts/camera_node & python scripts/fer_node
    python examples/behaviour.py

What it would say is published on `say` (std_msgs/String), for a text-to-speech node, and printed.
Namespaces and remaps work: `python examples/behaviour.py --ros-args -r __ns:=/robot`.
"""

from __future__ import annotations

import contextlib

import rclpy
from rclpy.executors import ExternalShutdownException
from rclpy.node import Node
from std_msgs.msg import String

from fer_ros.client import FaceSnapshot, FaceWatcher

SMILE = 1.0
"""Seconds for which a face must have been happy without a break."""


class Greeter(Node):
    """Says something about the faces that it is told of."""

    def __init__(self) -> None:
        """Watch the faces, and look ten times a second who smiles."""
        super().__init__("greeter")
        self.publisher = self.create_publisher(String, "say", 10)
        self.smiled: set[tuple[str, str]] = set()
        self.faces = FaceWatcher(self, on_appeared=lambda _: self.say("Hello."), on_left=self.leave)
        self.create_timer(0.1, self.look)

    def look(self) -> None:
        """Answer the nearest face once, when its smile has lasted."""
        face = self.faces.largest()
        if face and face.key not in self.smiled and face.shows("happy", SMILE):
            self.smiled.add(face.key)
            self.say("I am glad to see you smile.")

    def leave(self, face: FaceSnapshot) -> None:
        """Forget a face that has left."""
        self.smiled.discard(face.key)
        self.say("Goodbye.")

    def say(self, text: str) -> None:
        """Publish a sentence."""
        print(text, flush=True)
        self.publisher.publish(String(data=text))


if __name__ == "__main__":
    rclpy.init()
    with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):  # Ctrl-C, SIGTERM
        rclpy.spin(Greeter())
