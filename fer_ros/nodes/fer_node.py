"""fer_node: camera images in, every face with its expression out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

import cv2
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from sensor_msgs.msg import CompressedImage, Image
from std_srvs.srv import SetBool

from fer_ros.core.classification.bundle import BundleError, load_bundle
from fer_ros.core.classification.classifier import BackendError
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.images import ImageError
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.profile import pipeline_config
from fer_ros.core.tracking import IdSource
from fer_ros.core.types import Frame, TrackedFace
from fer_ros.nodes.conversions import seconds, to_frame
from fer_ros.nodes.diagnostics import Statistics
from fer_ros.nodes.diagnostics_publisher import Health
from fer_ros.nodes.inputs import Inputs, resolve_cameras
from fer_ros.nodes.latest_images import Newest
from fer_ros.nodes.lifecycle import ManagedNode
from fer_ros.nodes.outputs import Outputs
from fer_ros.nodes.parameters import FER_NODE, ParameterError
from fer_ros.nodes.recorder import Recorder, RecordingError
from fer_ros.nodes.runner import asked_to_end, run
from fer_ros.nodes.settings import LiveSettings, Values

if TYPE_CHECKING:
    from fer_ros.nodes.ros4hri import Humans

Received = tuple[Image | CompressedImage, float]


class FerNode(ManagedNode):
    """Wires image topics to the pipeline and the pipeline to result topics; the maths is in fer_ros.core."""

    def __init__(self) -> None:
        """Declare the parameters, and configure and activate unless `autostart` is false."""
        super().__init__("fer_node")
        self.exit_code = 0
        self.ended = threading.Event()
        # Held by the worker for each frame: settings and pauses take effect between two of them.
        self._frame = threading.Lock()
        # As old as the node: an id is not given again after another configure.
        self._ids = IdSource()
        self._pipeline: Pipeline | None = None
        self._outputs: Outputs | None = None
        self._humans: Humans | None = None
        self._health: Health | None = None
        self._recorder: Recorder | None = None
        self._not_recording = ""
        self._worker: threading.Thread | None = None
        self._still: set[str] = set()
        self._paused = False
        self._inputs = Inputs(self, self.on_image)
        self._settings = LiveSettings(self, FER_NODE, lambda: self._pipeline is not None, self._judge, self._take_over)
        self.create_service(SetBool, "~/pause", self.on_pause)
        if self._settings.values["autostart"]:
            for transition in (self.trigger_configure, self.trigger_activate):
                if asked_to_end():
                    return
                if transition() is not TransitionCallbackReturn.SUCCESS:
                    raise ParameterError("the node did not start; the reason is in the log above")

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model and make the publishers."""
        try:
            with self.explained(BundleError, BackendError, OSError, ValueError):
                self._configure(self._settings.values)
        except (BundleError, BackendError, OSError, ValueError) as error:
            self.get_logger().error(str(error))
            self.release()
            return TransitionCallbackReturn.FAILURE
        return super().on_configure(state)

    def _configure(self, values: Values) -> None:
        self._cameras = resolve_cameras(self, values["image_topics"])
        cv2.setNumThreads(values["threads"])
        classifier = make_classifier(
            load_bundle(values["model_bundle"]),
            values["backend"],
            values["precision"],
            values["threads"],
            self.get_logger().info,
        )
        pipeline = Pipeline(classifier, pipeline_config(values), self._ids, self._cameras)
        self._humans = self._make_humans(values)
        self._outputs = Outputs(self, classifier.labels, classifier.bundle_id, self._cameras)
        self._pipeline = pipeline
        self.get_logger().info(f"model {classifier.bundle_id} on {classifier.name}")

    def _make_humans(self, values: Values) -> Humans | None:
        if not values["humans.enabled"]:
            return None
        # Imported here: hri_msgs is needed only by those who ask for REP-155.
        from fer_ros.nodes.ros4hri import Humans

        return Humans(self, values["tracker.max_age"], values["humans.crops"])

    def _renew_humans(self, values: Values) -> None:
        """Tell listeners that the faces have gone, and start again."""
        if self._humans is not None:
            self._humans.close()
            self._humans = self._make_humans(values)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe and start to work."""
        with self.explained():
            self._activate(self._settings.values)
        return super().on_activate(state)

    def _activate(self, values: Values) -> None:
        assert self._pipeline is not None
        with self._frame:
            self._pipeline.reset()
        self._paused = False
        self._humans = self._humans or self._make_humans(values)
        self._recorder = self._start_recording(values)
        self._newest: Newest[Received] = Newest()
        self._statistics = Statistics(self._cameras, values["diagnostics.warn_age"], values["diagnostics.error_age"])
        self._health = Health(self, self._statistics, self._newest.dropped, self._facts, lambda: self._paused)
        self._health.watch(self._cameras, values["diagnostics.period"], values["diagnostics.no_image_after"])
        self._worker = threading.Thread(target=self._work, args=(self._newest,), name="worker", daemon=True)
        self._worker.start()
        self._inputs.subscribe(self._cameras)
        self.get_logger().info(f"waiting for images on {', '.join(self._cameras)}")

    def _start_recording(self, values: Values) -> Recorder | None:
        """Start to record if that is asked for; without a recording the node works all the same."""
        log, consent = self.get_logger(), values["recording.consent"]
        self._not_recording = "off"
        if not values["recording.folder"]:
            return None
        try:
            recorder = Recorder(values["recording.folder"], consent, values["recording.images"], log.error)
        except RecordingError as error:
            self._not_recording = f"refused: {error}"
            log.error(f"nothing is recorded: {error}")
            return None
        what = "results and images" if recorder.images else "results"
        log.info(f"recording {what} to {recorder.path} since {recorder.started:%Y-%m-%dT%H:%M:%SZ}; consent: {consent}")
        return recorder

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop to work and unsubscribe."""
        with self.explained():
            self.close()
        return super().on_deactivate(state)

    def release(self) -> None:
        """Stop to work, and let go of the model and the publishers."""
        self.close()
        if self._outputs is not None:
            self._outputs.close()
        self._outputs = self._pipeline = None

    def close(self) -> None:
        """Stop the worker and what it uses while active; may be called twice."""
        self._inputs.subscribe([])
        if self._health is not None:
            self._health.close()
        if self._worker is not None:
            self._newest.close()
            self._worker.join(timeout=1.0)
        if self._recorder is not None:
            self._recorder.close()
        if self._humans is not None:
            self._humans.close()
        self._health = self._worker = self._recorder = self._humans = None

    def on_pause(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        """Stop looking at the images, or start again; faces get new ids after a pause."""
        if self._worker is None or self._pipeline is None:
            response.message = "the node is not active: activate it first"
            return response
        with self._frame:
            self._paused = request.data
            self._newest.clear()
            self._pipeline.reset()
            self._renew_humans(self._settings.values)
        response.success = True
        response.message = "paused: no image is looked at" if self._paused else "running: images are answered"
        self.get_logger().info(response.message)
        return response

    def on_image(self, camera: str, message: Image | CompressedImage) -> None:
        """Keep the newest image of each camera; an unprocessed older one is a drop."""
        if camera not in self._cameras:
            return
        self._statistics.received(camera)
        if not self._paused:
            self._newest.put(camera, (message, time.monotonic()))

    def _work(self, newest: Newest[Received]) -> None:
        """Answer what arrives until the mailbox is closed; a worker that dies takes the node with it."""
        try:
            while received := newest.take_all():
                with self._frame:
                    self._answer(received, newest)
        finally:
            if not newest.closed:
                self.get_logger().fatal("the worker failed; the node ends, so that it can be started again")
                self.exit_code = 1
                self.ended.set()

    def _answer(self, received: dict[str, Received], newest: Newest[Received]) -> None:
        if self._paused or newest.closed:
            return
        assert self._pipeline is not None
        began = time.perf_counter()
        frames = self._frames({camera: received[camera] for camera in received if camera in self._cameras})
        read = time.perf_counter()
        results = self._pipeline.process(frames, {camera: received[camera][1] for camera in frames})
        self._warn_of_stamps(frames, frames)
        if results and not newest.closed:
            done = time.perf_counter()
            for camera, faces in results.items():
                message, arrived = received[camera]
                self._publish(camera, message, frames[camera], faces)
                delay = self.get_clock().now().nanoseconds * 1e-9 - seconds(message.header.stamp)
                self._statistics.answered(camera, time.monotonic() - arrived, delay)
            times = {"read": read - began, **results.timings, "publish": time.perf_counter() - done}
            self._statistics.staged(times)

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

    def _warn_of_stamps(self, cameras: Iterable[str], frames: dict[str, Frame]) -> None:
        """Say once, each time that it begins, that a camera's stamps stand still."""
        assert self._pipeline is not None
        still = {camera for camera in cameras if self._pipeline.stands_still(camera)}
        for camera in still - self._still:
            self.get_logger().warning(
                f"{camera}: the images' stamps stand still at {frames[camera].stamp:g} s; "
                "faces are followed by the time of receipt"
            )
        self._still = still

    def _publish(
        self, camera: str, message: Image | CompressedImage, frame: Frame, faces: tuple[TrackedFace, ...]
    ) -> None:
        assert self._outputs is not None
        result = self._outputs.publish(camera, message.header, frame, faces)
        if self._humans is not None:
            self._humans.publish(camera, message.header, frame, faces)
        if self._recorder is not None:
            now = self.get_clock().now().nanoseconds
            self._recorder.put(self.resolve_topic_name("faces/emotions"), result, now)
            if self._recorder.images:
                self._recorder.put(camera, message, now)

    def _facts(self) -> dict[str, str]:
        """Return what diagnostics tell beside the statistics."""
        assert self._pipeline is not None
        classifier = self._pipeline.classifier
        recording = self._recorder.facts() if self._recorder is not None else {"recording": self._not_recording}
        return {"model_bundle": classifier.bundle_id, "backend": classifier.name, **recording}

    def _judge(self, values: Values) -> None:
        """Raise OSError or ValueError for settings that this node could not work with."""
        assert self._pipeline is not None
        self._prepared = self._pipeline.prepare(pipeline_config(values), resolve_cameras(self, values["image_topics"]))

    def _take_over(self, old: Values, new: Values) -> None:
        """Apply settings that were judged, all of them between the same two frames."""
        assert self._pipeline is not None and self._outputs is not None
        cameras = resolve_cameras(self, new["image_topics"])
        with self._frame:
            self._pipeline.apply(self._prepared)
            self._outputs.serve(cameras)
            if old["tracker.max_age"] != new["tracker.max_age"]:
                self._renew_humans(new)
            if self._health is not None:
                self._statistics.limits = new["diagnostics.warn_age"], new["diagnostics.error_age"]
                self._statistics.watch(cameras)
                self._health.watch(cameras, new["diagnostics.period"], new["diagnostics.no_image_after"])
                self._inputs.subscribe(cameras)
            self._cameras = cameras


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    return run(FerNode, arguments)
