"""Faces as fer_node would publish them, but as a test wants them."""

from __future__ import annotations

import math

from builtin_interfaces.msg import Time
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from std_msgs.msg import Header
from vision_msgs.msg import BoundingBox2D, Point2D, Pose2D

LABELS = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
CAMERA = "/camera/image_raw"


def probabilities(label, top=0.7):
    rest = (1 - top) / (len(LABELS) - 1)
    return [top if name == label else rest for name in LABELS]


def face(track_id="abcde", label="happy", state=FaceEmotion.STABLE, at=(320.0, 240.0), side=100.0, reasons=0):
    message = FaceEmotion(
        track_id=track_id,
        bbox=BoundingBox2D(center=Pose2D(position=Point2D(x=at[0], y=at[1])), size_x=side, size_y=side),
        detection_score=5.0,
        raw_label=label,
        raw_confidence=0.7,
        raw_probabilities=probabilities(label),
        smoothed_confidence=math.nan,
        state=state,
        reasons=reasons,
    )
    if state != FaceEmotion.RAW:
        message.smoothed_label = label
        message.smoothed_confidence = 0.6
        message.smoothed_probabilities = probabilities(label, 0.6)
    return message


def image(faces, stamp, camera=CAMERA):
    """The message of a 640x480 image. stamp: seconds."""
    nanoseconds = round(stamp * 1e9)
    time = Time(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)
    return FaceEmotionArray(
        header=Header(stamp=time), camera=camera, image_width=640, image_height=480, labels=LABELS, faces=faces
    )


class Stage:
    """Publishes the faces that are on it thirty times a second, stamped with the time; None: no message at all."""

    def __init__(self, node, topic="faces/emotions", qos=10):
        self.faces = []
        self.shift = 0.0  # seconds added to the stamps
        self._node = node
        self._publisher = node.create_publisher(FaceEmotionArray, topic, qos)
        node.create_timer(1 / 30, self._publish)

    def _publish(self):
        faces = self.faces
        if faces is not None:
            now = self._node.get_clock().now().nanoseconds * 1e-9
            self._publisher.publish(image(faces, now + self.shift))
