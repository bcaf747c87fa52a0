"""camera_node: a device, video, folder or URL as an image topic."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from fer_ros.client.quality_of_service import IMAGES, publisher_events
from fer_ros.core.sources import Picture, Source
from fer_ros.nodes.calibration import read_calibration
from fer_ros.nodes.conversions import to_image
from fer_ros.nodes.parameters import CAMERA_NODE, declare
from fer_ros.nodes.runner import run

_CAPTURE = "capture"
_MUTUAL = 0.2  # seconds for a subscriber to find us too


class CameraNode(Node):
    """Reads one source in a thread of its own and publishes every picture with the time of its capture."""

    def __init__(self) -> None:
        """Declare the parameters, open the source and start to read it."""
        super().__init__("camera_node")
        values = declare(self, CAMERA_NODE)
        self.exit_code = 0
        self.ended = threading.Event()
        self._loop, self._period = values["loop"], 1.0 / values["rate"]
        self._frame_id, self._reconnect = values["frame_id"], values["reconnect_period"]
        self._source = Source(values["source"], values["width"], values["height"])
        self._patience = 0.0 if self._source.live else values["wait_for_subscriber"]
        self._info = read_calibration(Path(values["calibration"])) if values["calibration"] else None
        topic = values["image_topic"]
        events = publisher_events(self, self.resolve_topic_name(topic), IMAGES)
        self._images = self.create_publisher(Image, topic, IMAGES, event_callbacks=events)
        if self._info is not None:
            beside = f"{topic.rpartition('/')[0]}/camera_info" if "/" in topic else "camera_info"
            self._infos = self.create_publisher(CameraInfo, beside, IMAGES)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._read, name=_CAPTURE, daemon=True)
        self._thread.start()
        self.get_logger().info(f"{values['source']} on {self._images.topic_name}")

    def close(self) -> None:
        """Stop reading and let go of the source."""
        self._stopped.set()
        self._thread.join(timeout=1.5)
        # A read that hangs in OpenCV ends with the process; releasing its capture now would pull it away.
        if not self._thread.is_alive():
            self._source.close()

    def _read(self) -> None:
        end = time.monotonic() + self._patience
        while time.monotonic() < end and not (self._images.get_subscription_count() or self._stopped.is_set()):
            self._stopped.wait(0.02)
        if self._patience:
            # The subscriber may find us later than we find it, and what it missed is not sent again.
            self._stopped.wait(_MUTUAL)
        published, due, lost = 0, time.monotonic(), self._source.live and not self._source.open()
        if lost:
            self.get_logger().warning(f"{self._source.name}: cannot be opened; trying every {self._reconnect:g} s")
        while not self._stopped.is_set():
            picture = None if lost else self._next(due)
            stamp = self.get_clock().now().to_msg()
            if picture is not None:
                self._publish(picture, Header(stamp=stamp, frame_id=self._frame_id))
                published += 1
                # A late picture does not make the next ones hurry.
                due = max(due + self._period, time.monotonic() - self._period)
                if not self._source.live:
                    self._stopped.wait(max(0.0, due - time.monotonic()))
            elif self._source.live:
                lost = self._reopen(lost)
            elif not (self._loop and published and self._source.open()):
                self.get_logger().info(f"{self._source.name}: end after {published} images")
                self.ended.set()
                return

    def _next(self, due: float) -> Picture | None:
        """Read the next picture.

        A live source is never left waiting, or what it holds back would be shown late with the time of now: pictures
        that come long before the next one is due are passed over.
        """
        if not self._source.live:
            return self._source.read()
        while self._source.grab():
            if self._stopped.is_set() or time.monotonic() >= due - self._period / 2:
                return self._source.retrieve()
        return None

    def _reopen(self, lost: bool) -> bool:
        """Try to get a vanished device back; returns whether it is still lost."""
        if not lost:
            self._source.close()
            self.get_logger().warning(f"{self._source.name}: vanished; trying every {self._reconnect:g} s")
        self._stopped.wait(self._reconnect)
        if self._stopped.is_set() or not self._source.open():
            return True
        self.get_logger().info(f"{self._source.name}: open again")
        return False

    def _publish(self, picture: Picture, header: Header) -> None:
        if self._stopped.is_set():
            return
        self._images.publish(to_image(picture, header, "bgr8"))
        if self._info is not None:
            self._info.header = header
            self._infos.publish(self._info)


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    code = run(CameraNode, arguments)
    if any(thread.name == _CAPTURE for thread in threading.enumerate()):
        # A read that hangs in OpenCV must not come back while the interpreter ends: that would abort the process.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code
