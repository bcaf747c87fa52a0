"""page_node: the camera's picture, the faces and their expressions, live in a browser."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

from rclpy.node import Node
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from fer_ros.client.quality_of_service import RESULTS, subscription_events
from fer_ros.core.images import ImageError
from fer_ros.core.loading import load_pipeline
from fer_ros.core.profile import find_profile, read_parameters
from fer_ros.msg import FaceEmotionArray
from fer_ros.nodes.clock import clock_runs, steady_clock
from fer_ros.nodes.conversions import seconds, to_frame
from fer_ros.nodes.declaration import Values, declare
from fer_ros.nodes.inputs import Inputs, resolve_cameras
from fer_ros.nodes.page_control import PageControl
from fer_ros.nodes.parameters import PAGE_NODE
from fer_ros.nodes.problems import Problems
from fer_ros.nodes.runner import run
from fer_ros.nodes.worker import Worker
from fer_ros.page.access import Access
from fer_ros.page.listener import bind
from fer_ros.page.matching import PATIENCE, Matcher
from fer_ros.page.server import Server
from fer_ros.page.updates import Meter, Update, encode, faces_of, stamp_text, to_json
from fer_ros.page.uploads import Uploads

_STATE_PERIOD = 1.0  # seconds

Taken = tuple[str, Any, Any, dict[str, float | None]]
"""Of one camera: its name, an image message and a FaceEmotionArray or None, and rate and latency."""


class PageNode(Node):
    """Serves the page. It subscribes only while somebody watches, to the results and the cameras that are watched."""

    def __init__(self) -> None:
        """Declare the parameters, open the port and print the address."""
        super().__init__("page_node")
        self.exit_code = 0
        self.ended = threading.Event()
        values = declare(self, PAGE_NODE)
        self._cameras = resolve_cameras(self, values["image_topics"])
        self._transport = values["image_transport"]
        self._faces_topic = self.resolve_topic_name(values["faces_topic"])
        self._period, self._width = 1.0 / values["rate"], values["width"]
        self._matchers: dict[str, Matcher[Image | CompressedImage, FaceEmotionArray]] = {}
        self._meters: dict[str, Meter] = {}
        self._inputs = Inputs(self, self.on_image, Problems(self.get_logger().warning))
        self._faces: Subscription | None = None
        self._logged: set[str] = set()
        self._due = time.monotonic()
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._watched = self.create_guard_condition(self.on_watched)
        # The state is sent in real seconds, also where the time is simulated and stands still.
        self._state_timer = self.create_timer(_STATE_PERIOD, self.send_state, clock=steady_clock(), autostart=False)
        self._control = PageControl(self, values["pause_service"])
        uploads = _make_uploads(values) if values["uploads"] else None
        listener = bind(values["host"], values["port"])
        address, port = listener.getsockname()[:2]
        access = Access(values["host"], address, values["token"])
        self._server = Server(
            listener, access, self._cameras, self._watched.trigger, self._control.ask_to_pause, uploads
        )
        self._worker = Worker(self, self._take, self.send_updates, self._wake)
        # Printed, not logged: a token belongs neither on /rosout nor into a file.
        print(f"page_node: open {access.url(port)}", flush=True)

    def close(self) -> None:
        """Say goodbye to the browsers, and stop the threads."""
        self._worker.stop()
        self._server.close()
        self._worker.close(1.5)

    def _wake(self) -> None:
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()

    def on_watched(self) -> None:
        """Subscribe to what is watched from now on, and let go of the rest."""
        watched = self._server.watched
        with self._changed:
            self._matchers = {camera: self._matchers.get(camera) or Matcher() for camera in watched}
            self._meters = {camera: self._meters.get(camera) or Meter() for camera in watched}
        self._inputs.set_cameras(sorted(watched), self._transport)
        if watched and self._faces is None:
            events = subscription_events(self, self._faces_topic)
            self._faces = self.create_subscription(
                FaceEmotionArray, self._faces_topic, self.on_faces, RESULTS, event_callbacks=events
            )
            self._control.watch()
            self._state_timer.reset()
        elif not watched and self._faces is not None:
            self.destroy_subscription(self._faces)
            self._faces = None
            self._control.unwatch()
            self._state_timer.cancel()
        if watched:
            self.send_state()

    def send_state(self) -> None:
        """Send the browsers who publishes what the page shows, whether it is paused, and who records it."""
        cameras = [{"name": camera, "publishers": self.count_publishers(camera)} for camera in self._cameras]
        faces = {"name": self._faces_topic, "publishers": self.count_publishers(self._faces_topic)}
        control = {"paused": self._control.paused, "recorders": self._control.recorders(self._cameras)}
        self._server.tell(to_json({"type": "state", "cameras": cameras, "faces": faces, **control}))

    def on_image(self, camera: str, message: Image | CompressedImage) -> None:
        """Keep a picture until its results come."""
        stamp = message.header.stamp
        with self._changed:
            if camera in self._matchers:
                picture = (stamp.sec, stamp.nanosec), message, len(message.data)
                self._matchers[camera].put_picture(*picture, time.monotonic())
                self._changed.notify()

    def on_faces(self, message: FaceEmotionArray) -> None:
        """Keep results until their picture comes."""
        stamp, now = message.header.stamp, time.monotonic()
        with self._changed:
            if message.camera not in self._matchers:
                self._explain(message.camera)
                return
            latency = self.get_clock().now().nanoseconds * 1e-9 - seconds(stamp) if clock_runs(self) else math.nan
            self._meters[message.camera].add(now, latency)
            self._matchers[message.camera].put_results((stamp.sec, stamp.nanosec), message, now)
            self._changed.notify()

    def _explain(self, camera: str) -> None:
        """Log once that there are results of a camera that the page does not know."""
        if camera not in self._cameras and camera not in self._logged and len(self._logged) < len(self._cameras) + 16:
            self._logged.add(camera)
            self.get_logger().warning(f"{self._faces_topic} has faces of {camera}, which image_topics does not name")

    def _take(self) -> list[Taken]:
        """Wait for what somebody is ready for, no more often than the rate; empty when the node ends."""
        self._stopped.wait(max(0.0, self._due - time.monotonic()))
        while not self._stopped.is_set():
            with self._changed:
                self._changed.wait_for(lambda: self._stopped.is_set() or self._has_news(), PATIENCE)
                taken = self._take_updates()
            if taken:
                self._due = max(self._due + self._period, time.monotonic())
                return taken
        return []

    def _has_news(self) -> bool:
        now, wanted = time.monotonic(), self._server.wanted
        return any(matcher.ready(now) for camera, matcher in self._matchers.items() if camera in wanted)

    def _take_updates(self) -> list[Taken]:
        """Take what has arrived for the cameras that somebody is ready for."""
        wanted, now = self._server.wanted, time.monotonic()
        return [
            (camera, *found, self._meters[camera].figures())
            for camera, matcher in self._matchers.items()
            if camera in wanted and (found := matcher.take(now)) is not None
        ]

    def send_updates(self, taken: list[Taken]) -> None:
        """Send what was taken, as the browser reads it."""
        for camera, image, results, figures in taken:
            faces = None if results is None else {**faces_of(results), **figures}
            picture, jpeg = (None, b"") if image is None else self._encoded(image)
            content = {"type": "update", "camera": camera, "faces": faces, "picture": picture}
            self._server.show(camera, Update(to_json(content), jpeg))

    def _encoded(self, image: Image | CompressedImage) -> tuple[dict[str, Any], bytes]:
        """Return what the browser is sent of a picture: its description and its JPEG."""
        try:
            frame = to_frame(image)
            jpeg = encode(frame, self._width)
        except ImageError as error:
            return {"error": str(error)}, b""
        return {"stamp": stamp_text(image.header.stamp), "width": frame.width, "height": frame.height}, jpeg


def _make_uploads(values: Values) -> Uploads:
    """Load the pipeline for what a browser brings. Raises what `load_pipeline` raises."""
    given = read_parameters(find_profile(values["upload_profile"]))
    names = {"bundle": "model_bundle", "backend": "backend", "precision": "precision", "threads": "threads"}
    chosen = {name: given[parameter] for name, parameter in names.items() if parameter in given}
    return Uploads(load_pipeline(values["upload_profile"], **chosen), values["upload_limit"])


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    return run("page_node", PageNode, arguments)
