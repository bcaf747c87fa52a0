"""fer_node: camera images in, every face with its expression out."""

from __future__ import annotations

import sys
import threading

from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from std_srvs.srv import SetBool

from fer_ros.core.classification.bundle import BundleError
from fer_ros.core.classification.classifier import BackendError
from fer_ros.core.profile import PROFILES
from fer_ros.core.tracking import IdSource
from fer_ros.nodes.activity import Activity
from fer_ros.nodes.command_line import files_of, parse
from fer_ros.nodes.declaration import ParameterError, Values
from fer_ros.nodes.lifecycle import RobustLifecycleNode
from fer_ros.nodes.parameters import FER_NODE
from fer_ros.nodes.recognition import Prepared, Recognition
from fer_ros.nodes.runner import StartError, run, shutdown_requested
from fer_ros.nodes.settings import LiveSettings

_LOADING = (BundleError, BackendError, OSError, RuntimeError, ValueError)


class FerNode(RobustLifecycleNode):
    """Wires image topics to the pipeline and the pipeline to result topics; the maths is in fer_ros.core.

    Attributes:
        recognition: what exists while the node is configured, else None.
        activity: what exists while it is active, else None.

    """

    def __init__(self) -> None:
        """Declare the parameters, and configure and activate unless `autostart` is false."""
        super().__init__("fer_node")
        self.exit_code = 0
        self.ended = threading.Event()
        # As old as the node: an id is not given again after another configure.
        self._ids = IdSource()
        self.recognition: Recognition | None = None
        self.activity: Activity | None = None
        self._failure: type[Exception] = StartError
        self._settings: LiveSettings[Prepared] = LiveSettings(
            self, FER_NODE, lambda: self.recognition is not None, self._prepare, self._apply
        )
        self.create_service(SetBool, "~/pause", self.on_pause)
        if self._settings.values["autostart"]:
            self._start()

    def _start(self) -> None:
        """Configure and activate. Raises StartError, or ParameterError where another start will not help."""
        for transition in (self.trigger_configure, self.trigger_activate):
            if shutdown_requested():
                return
            if transition() is not TransitionCallbackReturn.SUCCESS:
                raise self._failure("the node did not start; the reason is in the log above")

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the model and make the publishers."""
        try:
            with self.log_exceptions(*_LOADING):
                self.recognition = Recognition(self, self._settings.values, self._ids)
        except _LOADING as error:
            self.get_logger().error(str(error))
            # A file or a device may come back by the next start; what does not fit remains so.
            self._failure = ParameterError if isinstance(error, ValueError) else StartError
            self.release()
            return TransitionCallbackReturn.FAILURE
        self.get_logger().info(self._summary(self.recognition))
        return super().on_configure(state)

    def _summary(self, recognition: Recognition) -> str:
        """Return what decides the results, in one line."""
        files = files_of(self.get_fully_qualified_name(), parse(sys.argv[1:]).files)
        given = [f"profile {path.stem} ({path})" if path.stem in PROFILES else str(path) for path in files]
        classifier = recognition.pipeline.classifier
        return (
            f"parameters: {', '.join(given) or 'no file'}; detector {recognition.pipeline.config.detector.kind}; "
            f"model {classifier.bundle_id} on {classifier.name}"
        )

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Subscribe and start to work."""
        with self.log_exceptions():
            recognition = self._configured()
            recognition.pipeline.reset()
            self.activity = Activity(self, recognition, self._settings.values)
        self.get_logger().info(f"waiting for images on {', '.join(recognition.cameras)}")
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop to work and unsubscribe."""
        with self.log_exceptions():
            self.close()
        self.get_logger().info("deactivated: no images are received")
        return super().on_deactivate(state)

    def release(self) -> None:
        """Stop to work, and let go of the model and the publishers."""
        self.close()
        if self.recognition is not None:
            self.recognition.close()
        self.recognition = None

    def close(self) -> None:
        """Stop the worker and what it uses while active; may be called twice."""
        if self.activity is not None:
            self.activity.close()
        self.activity = None

    def on_pause(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        """Stop to process images, or start again; faces get new ids after a pause."""
        if self.activity is None:
            response.message = "the node is not active: activate it first"
            return response
        self.activity.pause(request.data)
        response.success = True
        response.message = "paused: no image is processed" if request.data else "running: images are processed"
        self.get_logger().info(response.message)
        return response

    def _configured(self) -> Recognition:
        if self.recognition is None:
            raise RuntimeError("the node must be configured first")
        return self.recognition

    def _prepare(self, values: Values) -> Prepared:
        """Load what other parameters need, while frames are processed. Raises OSError, RuntimeError or ValueError."""
        return self._configured().prepare(values)

    def _apply(self, old: Values, new: Values, prepared: Prepared) -> None:
        """Take parameters over that were validated, all of them between the same two frames."""
        recognition = self._configured()
        with recognition.lock:
            recognition.apply(prepared)
            if self.activity is not None:
                self.activity.apply(new)


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    return run("fer_node", FerNode, arguments)
