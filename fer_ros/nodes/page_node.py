"""page_node: the camera's picture, the faces and their expressions, live in a browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.subscription import Subscription
from sensor_msgs.msg import CompressedImage, Image

from fer_ros.client.quality_of_service import IMAGES, RESULTS, subscription_events
from fer_ros.core.images import ImageError
from fer_ros.msg import FaceEmotionArray
from fer_ros.nodes.conversions import seconds, to_frame
from fer_ros.nodes.parameters import PAGE_NODE, ParameterError, declare
from fer_ros.nodes.runner import run
from fer_ros.page.access import Access
from fer_ros.page.matching import PATIENCE, Matcher
from fer_ros.page.server import Server, bind
from fer_ros.page.updates import Meter, Update, encode, faces_of, stamp_text, to_json

_STATE_EVERY = 1.0  # seconds


class PageNode(Node):
    """Serves the page. It subscribes only while somebody looks, to the results and the cameras that are looked at."""

    def __init__(self) -> None:
        """Declare the parameters, open the port and print the address."""
        super().__init__("page_node")
        self.exit_code = 0
        self.ended = threading.Event()
        values = declare(self, PAGE_NODE)
        self._cameras = [self.resolve_topic_name(topic) for topic in values["image_topics"]]
        if not self._cameras or len(set(self._cameras)) != len(self._cameras):
            raise ParameterError(f"image_topics must be one or more different topics, got {values['image_topics']}")
        self._faces_topic = self.resolve_topic_name(values["faces_topic"])
        self._period, self._width = 1.0 / values["rate"], values["width"]
        self._matchers: dict[str, Matcher[Image | CompressedImage, FaceEmotionArray]] = {}
        self._meters: dict[str, Meter] = {}
        self._images: dict[str, Subscription] = {}
        self._faces: Subscription | None = None
        self._told: set[str] = set()
        self._changed = threading.Condition()
        self._stopped = threading.Event()
        self._watched = self.create_guard_condition(self.on_watched)
        # How things are is told in real seconds, also where the time is simulated and stands still.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._state_timer = self.create_timer(_STATE_EVERY, self.tell, clock=steady, autostart=False)
        listener = bind(values["host"], values["port"])
        address, port = listener.getsockname()[:2]
        access = Access(values["host"], address, values["token"])
        self._server = Server(listener, access, self._cameras, self._watched.trigger)
        self._worker = threading.Thread(target=self._work, name="encoder", daemon=True)
        self._worker.start()
        # Printed, not logged: a token belongs neither on /rosout nor into a file.
        print(f"page_node: open {access.url(port)}", flush=True)

    def close(self) -> None:
        """Say goodbye to the browsers, and stop the threads."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()
        self._server.close()
        self._worker.join(timeout=1.5)

    def on_watched(self) -> None:
        """Subscribe to what is looked at from now on, and let go of the rest."""
        watched = self._server.watched
        for camera in set(self._images) - watched:
            self.destroy_subscription(self._images.pop(camera))
            with self._changed:
                del self._matchers[camera], self._meters[camera]
        for camera in sorted(watched - set(self._images)):
            with self._changed:
                self._matchers[camera], self._meters[camera] = Matcher(), Meter()
            self._images[camera] = self.create_subscription(
                CompressedImage if camera.endswith("/compressed") else Image,
                camera,
                lambda message, camera=camera: self.on_image(camera, message),
                IMAGES,
                event_callbacks=subscription_events(self, camera),
            )
        if watched and self._faces is None:
            events = subscription_events(self, self._faces_topic)
            self._faces = self.create_subscription(
                FaceEmotionArray, self._faces_topic, self.on_faces, RESULTS, event_callbacks=events
            )
            self._state_timer.reset()
        elif not watched and self._faces is not None:
            self.destroy_subscription(self._faces)
            self._faces = None
            self._state_timer.cancel()
        if watched:
            self.tell()

    def tell(self) -> None:
        """Tell the browsers who publishes what the page shows."""
        cameras = [{"name": camera, "publishers": self.count_publishers(camera)} for camera in self._cameras]
        faces = {"name": self._faces_topic, "publishers": self.count_publishers(self._faces_topic)}
        self._server.tell(to_json({"type": "state", "cameras": cameras, "faces": faces}))

    def on_image(self, camera: str, message: Image | CompressedImage) -> None:
        """Keep a picture until its results come."""
        stamp = message.header.stamp
        with self._changed:
            self._matchers[camera].put_picture((stamp.sec, stamp.nanosec), message, len(message.data), time.monotonic())
            self._changed.notify()

    def on_faces(self, message: FaceEmotionArray) -> None:
        """Keep results until their picture comes."""
        stamp, now = message.header.stamp, time.monotonic()
        with self._changed:
            if message.camera not in self._matchers:
                self._explain(message.camera)
                return
            latency = self.get_clock().now().nanoseconds * 1e-9 - seconds(stamp)
            self._meters[message.camera].add(now, latency)
            self._matchers[message.camera].put_results((stamp.sec, stamp.nanosec), message, now)
            self._changed.notify()

    def _explain(self, camera: str) -> None:
        """Say once that there are results of a camera that the page does not know."""
        if camera not in self._cameras and camera not in self._told and len(self._told) < len(self._cameras) + 16:
            self._told.add(camera)
            self.get_logger().warning(f"{self._faces_topic} has faces of {camera}, which image_topics does not name")

    def _work(self) -> None:
        """Encode what somebody is ready for, no faster than the rate; a worker that dies takes the node with it."""
        due = time.monotonic()
        try:
            while not self._stopped.is_set():
                with self._changed:
                    self._changed.wait_for(lambda: self._stopped.is_set() or self._has_news(), PATIENCE)
                due = max(due + self._period, time.monotonic())
                for camera, update in self._updates():
                    self._server.show(camera, update)
                self._stopped.wait(max(0.0, due - time.monotonic()))
        finally:
            if not self._stopped.is_set():
                self.get_logger().fatal("the worker failed; the node ends, so that it can be started again")
                self.exit_code = 1
                self.ended.set()

    def _has_news(self) -> bool:
        now, wanted = time.monotonic(), self._server.wanted
        return any(matcher.ready(now) for camera, matcher in self._matchers.items() if camera in wanted)

    def _updates(self) -> Iterator[tuple[str, Update]]:
        """Take what has arrived for the cameras that somebody is ready for, and yield it as the browser reads it."""
        taken = {}
        with self._changed:
            wanted, now = self._server.wanted, time.monotonic()
            for camera, matcher in self._matchers.items():
                if camera in wanted and (found := matcher.take(now)) is not None:
                    taken[camera] = (*found, self._meters[camera].figures())
        for camera, (image, results, figures) in taken.items():
            faces = None if results is None else {**faces_of(results), **figures}
            picture, jpeg = None, b""
            if image is not None:
                try:
                    frame = to_frame(image)
                    jpeg = encode(frame, self._width)
                    stamp = stamp_text(image.header.stamp)
                    picture = {"stamp": stamp, "width": frame.width, "height": frame.height}
                except ImageError as error:
                    picture = {"error": str(error)}
            content = {"type": "update", "camera": camera, "faces": faces, "picture": picture}
            yield camera, Update(to_json(content), jpeg)


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    return run(PageNode, arguments)
