"""fer_node: camera images in, every face with its expression out."""

from __future__ import annotations

import threading
import time

import cv2
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.node import Publisher, Subscription
from rclpy.timer import Timer
from sensor_msgs.msg import CompressedImage, Image
from vision_msgs.msg import Detection2DArray

from fer_ros.core.bundle import BundleError, load_bundle
from fer_ros.core.classifier import BackendError, make_classifier
from fer_ros.core.drawing import annotate
from fer_ros.core.images import ImageError
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.types import Frame, TrackedFace
from fer_ros.msg import FaceEmotionArray
from fer_ros.nodes.conversions import to_detections, to_frame, to_image, to_message
from fer_ros.nodes.diagnostics import Statistics
from fer_ros.nodes.newest import Newest
from fer_ros.nodes.parameters import FER_NODE, ParameterError, declare, pipeline_config
from fer_ros.nodes.quality_of_service import IMAGES, RESULTS, publisher_events, subscription_events
from fer_ros.nodes.runner import run

Received = tuple[Image | CompressedImage, float]


class FerNode(LifecycleNode):
    """Wires image topics to the pipeline and the pipeline to result topics; the maths is in fer_ros.core."""

    def __init__(self) -> None:
        """Declare the parameters, and configure and activate unless `autostart` is false."""
        super().__init__("fer_node")
        self.exit_code = 0
        self.ended = threading.Event()
        self._values = declare(self, FER_NODE)
        self._pipeline: Pipeline | None = None
        self._subscriptions_of_images: list[Subscription] = []
        self._timers_while_active: list[Timer] = []
        self._worker: threading.Thread | None = None
        if self._values["autostart"]:
            for transition in (self.trigger_configure, self.trigger_activate):
                if transition() is not TransitionCallbackReturn.SUCCESS:
                    raise ParameterError("the node did not start; the reason is in the log above")

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model and make the publishers."""
        try:
            self._configure()
        except (BundleError, BackendError, OSError, ValueError) as error:
            self.get_logger().error(str(error))
            return TransitionCallbackReturn.FAILURE
        return TransitionCallbackReturn.SUCCESS

    def _configure(self) -> None:
        values = self._values
        self._cameras = [self.resolve_topic_name(topic) for topic in values["image_topics"]]
        if not self._cameras or len(set(self._cameras)) != len(self._cameras):
            raise ValueError(f"image_topics must be one or more different topics, got {values['image_topics']}")
        cv2.setNumThreads(values["threads"])
        bundle = load_bundle(values["model_bundle"])
        classifier = make_classifier(
            bundle, values["backend"], values["precision"], values["threads"], self.get_logger().info
        )
        self._pipeline = Pipeline(classifier, pipeline_config(values))
        self._emotions = self._publisher(FaceEmotionArray, "faces/emotions")
        self._detections = {c: self._publisher(Detection2DArray, self._beside("detections", c)) for c in self._cameras}
        self._annotated = {c: self._publisher(Image, self._beside("annotated", c)) for c in self._cameras}
        self._diagnostics = self._publisher(DiagnosticArray, "/diagnostics")
        self.get_logger().info(f"model {bundle.id} on {classifier.name}")

    def _publisher(self, kind: type, topic: str) -> Publisher:
        events = publisher_events(self, self.resolve_topic_name(topic), RESULTS)
        return self.create_publisher(kind, topic, RESULTS, event_callbacks=events)

    def _beside(self, what: str, camera: str) -> str:
        """Name a camera's own result topic: faces/WHAT, followed by the camera's name where there are several."""
        if len(self._cameras) == 1:
            return f"faces/{what}"
        return f"faces/{what}/{camera.strip('/').replace('/', '_')}"

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe and start to work."""
        assert self._pipeline is not None
        values = self._values
        self._pipeline.reset()
        self._newest: Newest[Received] = Newest()
        self._statistics = Statistics(self._cameras, values["diagnostics.warn_age"], values["diagnostics.error_age"])
        self._warned: set[str] = set()
        self._worker = threading.Thread(target=self._work, args=(self._newest,), name="worker", daemon=True)
        self._worker.start()
        for camera in self._cameras:
            self._subscriptions_of_images.append(
                self.create_subscription(
                    _kind(camera),
                    camera,
                    lambda message, camera=camera: self.on_image(camera, message),
                    IMAGES,
                    event_callbacks=subscription_events(self, camera),
                )
            )
        # Silence is counted in real seconds, also where the time is simulated and stands still.
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timers_while_active = [self.create_timer(values["diagnostics.period"], self._report, clock=steady)]
        self.get_logger().info(f"waiting for images on {', '.join(self._cameras)}")
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop to work and unsubscribe."""
        self.close()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Let go of the model and the publishers."""
        self.close()
        for publisher in (self._emotions, self._diagnostics, *self._detections.values(), *self._annotated.values()):
            self.destroy_publisher(publisher)
        self._pipeline = None
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop to work."""
        self.close()
        return TransitionCallbackReturn.SUCCESS

    def close(self) -> None:
        """Stop the worker, the timers and the subscriptions; may be called twice."""
        for subscription in self._subscriptions_of_images:
            self.destroy_subscription(subscription)
        for timer in self._timers_while_active:
            self.destroy_timer(timer)
        self._subscriptions_of_images, self._timers_while_active = [], []
        if self._worker is not None:
            self._newest.close()
            self._worker.join(timeout=1.5)
            self._worker = None

    def on_image(self, camera: str, message: Image | CompressedImage) -> None:
        """Keep the newest image of each camera; an unprocessed older one is a drop."""
        self._statistics.received(camera)
        self._newest.put(camera, (message, time.monotonic()))

    def _work(self, newest: Newest[Received]) -> None:
        """Answer what arrives until the mailbox is closed; a worker that dies takes the node with it."""
        try:
            while received := newest.take_all():
                self._answer(received, newest)
        finally:
            if not newest.closed:
                self.get_logger().fatal("the worker failed; the node ends, so that it can be started again")
                self.exit_code = 1
                self.ended.set()

    def _answer(self, received: dict[str, Received], newest: Newest[Received]) -> None:
        assert self._pipeline is not None
        frames = self._frames(received)
        results = self._pipeline.process(frames) if frames else {}
        if results and not newest.closed:
            self._statistics.staged(self._pipeline.timings)
            for camera, faces in results.items():
                message, arrived = received[camera]
                self._publish(camera, message, frames[camera], faces)
                delay = self.get_clock().now().nanoseconds * 1e-9 - frames[camera].stamp
                self._statistics.answered(camera, time.monotonic() - arrived, delay)

    def _frames(self, received: dict[str, Received]) -> dict[str, Frame]:
        """Read the images; one that cannot be read is dropped, and its kind of defect reported once."""
        frames = {}
        for camera, (message, _) in received.items():
            try:
                frames[camera] = to_frame(message)
            except ImageError as error:
                if self._statistics.refused(camera, error.kind):
                    self.get_logger().error(f"{camera}: image dropped (told once): {error}")
        return frames

    def _publish(
        self, camera: str, message: Image | CompressedImage, frame: Frame, faces: tuple[TrackedFace, ...]
    ) -> None:
        assert self._pipeline is not None
        classifier = self._pipeline.classifier
        header, labels = message.header, classifier.labels
        self._emotions.publish(to_message(faces, header, camera, frame, labels, classifier.bundle_id))
        if self._detections[camera].get_subscription_count():
            self._detections[camera].publish(to_detections(faces, header, labels))
        if self._annotated[camera].get_subscription_count():
            self._annotated[camera].publish(to_image(annotate(frame, faces, labels), header, "rgb8"))

    def _report(self) -> None:
        """Publish diagnostics, and warn once of each camera that is silent."""
        assert self._pipeline is not None
        classifier = self._pipeline.classifier
        now = self.get_clock().now().to_msg()
        dropped = self._newest.dropped
        self._diagnostics.publish(
            self._statistics.message(self.get_name(), now, classifier.bundle_id, classifier.name, dropped)
        )
        for camera in self._cameras:
            silent = self._statistics.silent(camera)
            if silent < self._values["diagnostics.no_image_after"]:
                self._warned.discard(camera)
            elif camera not in self._warned:
                self._warned.add(camera)
                self.get_logger().warning(f"{camera}: no image for {silent:.1f} s; {self._who_publishes(camera)}")

    def _who_publishes(self, camera: str) -> str:
        """Say who publishes a camera's topic, and whether in another type than its name stands for."""
        expected = f"sensor_msgs/msg/{_kind(camera).__name__}"
        found = self.get_publishers_info_by_topic(camera)
        others = {info.topic_type for info in found} - {expected}
        text = f"publishers of this topic: {len(found)}"
        return f"{text}; expected {expected}, got {', '.join(sorted(others))}" if others else text


def _kind(topic: str) -> type[Image] | type[CompressedImage]:
    return CompressedImage if topic.endswith("/compressed") else Image


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    return run(FerNode, arguments)
