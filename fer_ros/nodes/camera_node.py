"""camera_node: a device, video, folder or URL as an image topic."""

from __future__ import annotations

import os
import sys
import threading
import time

from rclpy.duration import Duration
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from fer_ros.client.quality_of_service import IMAGES, publisher_events
from fer_ros.core.detection.resizing import resized
from fer_ros.core.paths import user_path, without_password
from fer_ros.core.sources import Camera, CameraFormat, Picture, Recorded, is_live, open_recorded
from fer_ros.core.sources.playback import Playback
from fer_ros.core.wording import counted
from fer_ros.nodes.calibration import read_calibration
from fer_ros.nodes.conversions import to_image
from fer_ros.nodes.declaration import declare
from fer_ros.nodes.parameters import CAMERA_NODE
from fer_ros.nodes.runner import run

_CAPTURE = "capture"
_MUTUAL = 0.5  # seconds for a subscriber to find us too
_LAST = 1.0  # seconds for which the last picture is held, at most
_DAMAGED_EVERY = 10.0  # seconds between two words about damaged pictures


class CameraNode(Node):
    """Reads one source in a thread of its own and publishes every picture with its own time."""

    def __init__(self) -> None:
        """Declare the parameters, open the source and start to read it."""
        super().__init__("camera_node")
        values = declare(self, CAMERA_NODE)
        self.exit_code = 0
        self.ended = threading.Event()
        self._loop, self._rate = values["loop"], values["rate"]
        self._frame_id, self._reconnect = values["frame_id"], values["reconnect_period"]
        self._named, self._max_side = values["name_in_frame_id"], values["max_side"]
        self._patience = values["wait_for_subscriber"]
        self._info = read_calibration(user_path(values["calibration"])) if values["calibration"] else None
        source, pixels = values["source"], values["pixel_format"]
        self._name = without_password(source) if is_live(source) else user_path(source).name
        self._camera: Camera | None = None
        self._recorded: Recorded | None = None
        if is_live(source):
            wanted = CameraFormat(values["width"], values["height"], "" if pixels == "auto" else pixels)
            self._camera = Camera(source, wanted)
        else:
            self._recorded = open_recorded(source, self._rate)
        topic = values["image_topic"]
        events = publisher_events(self, self.resolve_topic_name(topic), IMAGES)
        self._images = self.create_publisher(Image, topic, IMAGES, event_callbacks=events)
        if self._info is not None:
            beside = f"{topic.rpartition('/')[0]}/camera_info" if "/" in topic else "camera_info"
            self._infos = self.create_publisher(CameraInfo, beside, IMAGES)
        self._stopped = threading.Event()
        read = self._watch if self._camera is not None else self._show
        self._thread = threading.Thread(target=read, name=_CAPTURE, daemon=True)
        self._thread.start()
        self.get_logger().info(f"{without_password(source)} on {self._images.topic_name}")

    def close(self) -> None:
        """Stop reading and let go of the source."""
        self._stopped.set()
        self._thread.join(timeout=1.5)
        # A read that hangs in OpenCV ends with the process; releasing its capture now would pull it away.
        if self._camera is not None and not self._thread.is_alive():
            self._camera.close()

    def _show(self) -> None:
        """Show a file or folder, again and again if that is asked for, and say what was missing in it."""
        source, log = self._recorded, self.get_logger()
        assert source is not None
        self._wait_for_subscriber()
        playback = Playback(source, self._rate, self._stopped)
        told: set[str] = set()
        while not self._stopped.is_set():
            before = playback.shown
            for one, late in playback.play():
                self._publish(self._reduced(one.picture), late, one.name)
            if self._stopped.is_set():
                return
            for line in [] if before else source.notes() + playback.notes():
                log.info(line)
            problems = source.problems()
            for line in problems:
                if line not in told:
                    log.warning(line)
            told.update(problems)
            if not (self._loop and playback.shown > before):
                # The last picture too has its time, in which a subscriber can take it before its publisher is gone.
                self._stopped.wait(min(1 / self._rate, _LAST))
                self.exit_code = 1 if problems else 0
                log.info(f"{source.name}: end after {counted(playback.shown, 'image')}")
                self.ended.set()
                return

    def _wait_for_subscriber(self) -> None:
        end = time.monotonic() + self._patience
        while time.monotonic() < end and not (self._images.get_subscription_count() or self._stopped.is_set()):
            self._stopped.wait(0.02)
        if self._patience:
            # The subscriber may find us later than we find it, and what it missed is not sent again.
            self._stopped.wait(_MUTUAL)

    def _watch(self) -> None:
        """Show a device or URL for as long as the node lives, and open it again when it vanishes."""
        camera, period = self._camera, 1 / self._rate
        assert camera is not None
        due, damaged, lost = time.monotonic(), 0, not self._open(camera)
        if lost:
            again = f"trying every {self._reconnect:g} s"
            self.get_logger().warning(f"{camera.name}: cannot be opened; {again}: {camera.why_not()}")
        while not self._stopped.is_set():
            picture = None if lost else self._next(camera, due - period / 2)
            if picture is not None:
                self._publish(picture, 0.0)
                # A late picture does not make the next ones hurry.
                due = max(due + period, time.monotonic() - period)
            elif camera.damaged > damaged:
                damaged = camera.damaged
                self.get_logger().warning(
                    f"{camera.name}: {camera.damaged} pictures came with bytes missing and were left out",
                    throttle_duration_sec=_DAMAGED_EVERY,
                )
            else:
                lost = self._reopen(camera, lost)

    def _next(self, camera: Camera, soon: float) -> Picture | None:
        """Read the next picture of a live source.

        It is never left waiting, or what it holds back would be shown late with the time of now: pictures that come
        long before the next one is due are passed over.
        """
        while camera.grab():
            if self._stopped.is_set() or time.monotonic() >= soon:
                return camera.retrieve()
        return None

    def _open(self, camera: Camera) -> bool:
        opened = camera.open()
        if opened and (refused := camera.refused()):
            self.get_logger().warning(f"{camera.name}: {refused}")
        return opened

    def _reopen(self, camera: Camera, lost: bool) -> bool:
        """Try to get a vanished device back; returns whether it is still lost."""
        if not lost:
            camera.close()
            self.get_logger().warning(f"{camera.name}: vanished; trying every {self._reconnect:g} s")
        self._stopped.wait(self._reconnect)
        if self._stopped.is_set() or not self._open(camera):
            return True
        self.get_logger().info(f"{camera.name}: open again")
        return False

    def _reduced(self, picture: Picture) -> Picture:
        longer = max(picture.shape[:2])
        return resized(picture, self._max_side / longer) if 0 < self._max_side < longer else picture

    def _publish(self, picture: Picture, age: float, name: str = "") -> None:
        """Publish a picture. age: seconds for which it was due already.  name: of its file within a folder."""
        if self._stopped.is_set():
            return
        stamp = (self.get_clock().now() - Duration(seconds=age)).to_msg()
        header = Header(stamp=stamp, frame_id=(name or self._name) if self._named else self._frame_id)
        self._images.publish(to_image(picture, header, "bgr8"))
        if self._info is not None:
            self._info.header = header
            self._infos.publish(self._info)


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    code = run("camera_node", CameraNode, arguments)
    if any(thread.name == _CAPTURE for thread in threading.enumerate()):
        # A read that hangs in OpenCV must not come back while the interpreter ends: that would abort the process.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code
