"""A camera of the tests."""

import cv2
from builtin_interfaces.msg import Time
from pictures import two_faces
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from fer_ros.client.quality_of_service import IMAGES
from fer_ros.nodes.conversions import seconds, to_image

PEOPLE = ((106, 106), (468, 167))
"""The middles of the two faces in the picture of a camera, in pixels."""


def people(message, reach=40):
    """The faces of the picture's two people, from left to right."""

    def distance(face, place):
        middle = face.bbox.center.position
        return max(abs(middle.x - place[0]), abs(middle.y - place[1]))

    return [face for place in PEOPLE for face in message.faces if distance(face, place) < reach]


class Camera:
    """Publishes one picture with growing, recognisable stamps."""

    def __init__(self, peer, topic="camera/image_raw", picture=None, qos=IMAGES, compressed=False, stamped=True):
        self._picture = two_faces() if picture is None else picture
        self._compressed = compressed
        self._stamped = stamped
        self._publisher = peer.node.create_publisher(CompressedImage if compressed else Image, topic, qos)
        self.sent = 0
        self.stamp = 0.0

    @staticmethod
    def stamp_of(message):
        """The stamp of a message, in seconds."""
        return seconds(message.header.stamp)

    def publish(self):
        self.sent += 1
        header = Header(frame_id="optical")
        if self._stamped:
            header.stamp = Time(sec=1000 + self.sent // 30, nanosec=self.sent % 30 * 33_000_000)
        self.stamp = seconds(header.stamp)
        if self._compressed:
            data = cv2.imencode(".jpg", self._picture)[1].tobytes()
            self._publisher.publish(CompressedImage(header=header, format="jpeg", data=data))
        else:
            self._publisher.publish(to_image(self._picture, header, "bgr8"))
