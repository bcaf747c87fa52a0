"""What exists while fer_node is active: images in, a worker that processes them, results and diagnostics out."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

from sensor_msgs.msg import CompressedImage, Image

from fer_ros.core.images import ImageError
from fer_ros.core.types import Frame, TrackedFace
from fer_ros.nodes.clock import clock_runs
from fer_ros.nodes.conversions import seconds, to_frame
from fer_ros.nodes.declaration import Values
from fer_ros.nodes.diagnostics import Statistics
from fer_ros.nodes.diagnostics_publisher import DiagnosticsPublisher
from fer_ros.nodes.inputs import Inputs
from fer_ros.nodes.latest_images import LatestImages
from fer_ros.nodes.outputs import EMOTIONS
from fer_ros.nodes.problems import Problems
from fer_ros.nodes.recognition import Recognition
from fer_ros.nodes.recorder import start_recording
from fer_ros.nodes.ros4hri import Ros4Hri
from fer_ros.nodes.worker import Worker

Received = tuple[Image | CompressedImage, float]


class Activity:
    """Subscribes and works, from `__init__` until `close`."""

    def __init__(self, node: Any, recognition: Recognition, values: Values) -> None:
        """Start.

        Args:
            node: a rclpy node that a worker can end.
            recognition: processes the frames.
            values: of all the node's parameters.

        """
        self._node = node
        self._recognition = recognition
        self._values = values
        self.paused = False
        self._latest: LatestImages[Received] = LatestImages()
        self._problems = Problems(node.get_logger().warning)
        self._statistics = Statistics(
            recognition.cameras, values["diagnostics.warn_age"], values["diagnostics.error_age"]
        )
        self._results_topic = node.resolve_topic_name(EMOTIONS)
        # Closed from the last to the first, also those that there are when one of them fails to start.
        with ExitStack() as started:
            self._ros4hri = self._make_ros4hri()
            started.callback(self._close_ros4hri)
            folder, consent, images = (values[f"recording.{name}"] for name in ("folder", "consent", "images"))
            self._recorder = start_recording(folder, consent, images, node.get_logger())
            started.callback(self._recorder.close)
            self.worker = Worker(node, self._latest.take_all, self.process_images, self._latest.close)
            started.callback(self.worker.close)
            self._diagnostics = DiagnosticsPublisher(
                node,
                self._statistics,
                self._problems,
                self._latest.dropped,
                self._diagnostic_values,
                lambda: self.paused,
                self._results_topic,
            )
            started.callback(self._diagnostics.close)
            self._inputs = Inputs(node, self.on_image, self._problems)
            started.callback(self._inputs.close)
            self._set_cameras()
            self._started = started.pop_all()

    def close(self) -> None:
        """Unsubscribe, stop the worker and what it uses; to be called once."""
        self._started.close()
        # rclpy holds timers and subscriptions for a while, and they this object: the model must not stay because of it.
        del self._recognition

    def apply(self, values: Values) -> None:
        """Take other parameters over, after `recognition` did; the caller holds the lock."""
        old, self._values = self._values, values
        if old["tracker.max_age"] != values["tracker.max_age"]:
            self._renew_ros4hri()
        self._statistics.limits = values["diagnostics.warn_age"], values["diagnostics.error_age"]
        self._statistics.set_cameras(self._recognition.cameras)
        self._set_cameras()

    def pause(self, paused: bool) -> None:
        """Stop to process images, or start again; faces get new ids after a pause."""
        with self._recognition.lock:
            self.paused = paused
            self._latest.clear()
            self._recognition.pipeline.reset()
            self._renew_ros4hri()

    def on_image(self, camera: str, message: Image | CompressedImage) -> None:
        """Keep the newest image of each camera; an unprocessed older one is a drop."""
        if camera not in self._recognition.cameras:
            return
        self._statistics.add_received(camera, seconds(message.header.stamp))
        if not self.paused:
            self._latest.put(camera, (message, time.monotonic()))

    def process_images(self, received: dict[str, Received]) -> None:
        """Publish the faces of these images, unless the node is paused or ends meanwhile."""
        recognition = self._recognition
        with recognition.lock:
            if self.paused or self.worker.closing:
                return
            began = time.perf_counter()
            frames = self._read({camera: received[camera] for camera in received if camera in recognition.cameras})
            read = time.perf_counter()
            results = recognition.pipeline.process(frames, {camera: received[camera][1] for camera in frames})
            if not results or self.worker.closing:
                return
            done = time.perf_counter()
            for camera, faces in results.items():
                self._check_stamps(camera, frames[camera])
                self._publish(camera, received[camera], frames[camera], faces)
            self._statistics.add_timings(
                {"read": read - began, **results.timings, "publish": time.perf_counter() - done}
            )

    def _read(self, received: dict[str, Received]) -> dict[str, Frame]:
        """Read the images; one that cannot be read is dropped, and its kind of defect logged once."""
        frames = {}
        for camera, (message, _) in received.items():
            try:
                frames[camera] = to_frame(message)
            except ImageError as error:
                if self._statistics.add_refused(camera, error.kind):
                    self._node.get_logger().error(f"{camera}: image dropped (logged once): {error}")
        return frames

    def _publish(self, camera: str, received: Received, frame: Frame, faces: tuple[TrackedFace, ...]) -> None:
        message, arrived = received
        result = self._recognition.outputs.publish(camera, message.header, frame, faces)
        if self._ros4hri is not None:
            self._ros4hri.publish(camera, message.header, frame, faces)
        now = self._node.get_clock().now().nanoseconds
        self._recorder.put(self._results_topic, result, now)
        if self._recorder.images:
            self._recorder.put(camera, message, now)
        delay = now * 1e-9 - frame.stamp if clock_runs(self._node) else None
        self._statistics.add_processed(camera, time.monotonic() - arrived, delay)

    def _check_stamps(self, camera: str, frame: Frame) -> None:
        still = self._recognition.pipeline.stands_still(camera)
        text = f"the images' stamps stand still at {frame.stamp:g} s; faces are followed by the time of receipt"
        self._problems.update(camera, "stamps", text if still else "")

    def _set_cameras(self) -> None:
        cameras, values = self._recognition.cameras, self._values
        self._diagnostics.set_cameras(cameras, values["diagnostics.period"], values["diagnostics.no_image_after"])
        self._inputs.set_cameras(cameras, values["image_transport"])

    def _make_ros4hri(self) -> Ros4Hri | None:
        values = self._values
        if not values["humans.enabled"]:
            return None
        return Ros4Hri(self._node, values["tracker.max_age"], values["humans.crops"])

    def _renew_ros4hri(self) -> None:
        """Tell listeners that the faces have gone, and start again."""
        self._close_ros4hri()
        self._ros4hri = self._make_ros4hri()

    def _close_ros4hri(self) -> None:
        if self._ros4hri is not None:
            self._ros4hri.close()

    def _diagnostic_values(self) -> dict[str, str]:
        """Return what diagnostics hold beside the statistics."""
        classifier = self._recognition.pipeline.classifier
        recording = self._recorder.diagnostic_values()
        return {"model_bundle": classifier.bundle_id, "backend": classifier.name, **recording}
