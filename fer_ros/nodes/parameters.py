"""Every parameter of every node, declared once: default, range, description, and when it may change.

`python -P -m fer_ros.nodes.parameters` prints the tables of the README; a test holds README and config/ against
this file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

import rclpy.parameter
from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.exceptions import (
    InvalidParameterTypeException,
    InvalidParameterValueException,
    ParameterUninitializedException,
)
from rclpy.node import Node

from fer_ros.core.config import PipelineConfig
from fer_ros.core.settings import settings_of

Value = bool | int | float | str | list[str]


class ParameterError(ValueError):
    """A parameter of the wrong type or out of its range, or that cannot change now; the message names it."""


class Changes(Enum):
    """When a parameter may change; the value is what the README's table says."""

    AT_START = "at start"
    UNCONFIGURED = "unconfigured"
    ANY_TIME = "any time"


_HOW = {
    Changes.AT_START: "read when the node starts: start it again to change it",
    Changes.UNCONFIGURED: "changes only while the node is unconfigured: deactivate, clean up, set, configure, activate",
    Changes.ANY_TIME: "changes at any time",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    low, high: the range of a number, inclusive.  choices: the words that are allowed.  unit: of a number.
    any_type: a value of any type is taken as text, so that `source:=0` on a command line needs no quotes.
    changes: when another value is accepted.
    """

    name: str
    default: Value
    description: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    any_type: bool = False
    changes: Changes = Changes.AT_START

    def descriptor(self) -> ParameterDescriptor:
        """Return what ROS 2 shows of it."""
        # Never `read_only`: rclpy would refuse a change without saying what to do instead; `refuse_fixed` says it.
        unit = f" Unit: {self.unit}." if self.unit else ""
        result = ParameterDescriptor(name=self.name, description=f"{self.description}{unit}")
        result.dynamic_typing = self.any_type
        constraints = [_HOW[self.changes]]
        if self.choices:
            constraints.insert(0, f"one of {', '.join(self.choices)}")
        result.additional_constraints = "; ".join(constraints)
        if self.low is not None and self.high is not None:
            if isinstance(self.default, int):
                result.integer_range = [IntegerRange(from_value=int(self.low), to_value=int(self.high))]
            else:
                result.floating_point_range = [
                    FloatingPointRange(from_value=float(self.low), to_value=float(self.high))
                ]
        return result

    def taken(self, value: Any) -> Any:
        """Return a value of the right type as the nodes use it. Raises ParameterError for one that is not allowed."""
        if isinstance(self.default, list):
            return [str(item) for item in value or []]
        if self.any_type:
            return str(value)
        if self.choices and value not in self.choices:
            raise ParameterError(f"parameter {self.name} must be one of {self.choices}, got {value!r}")
        return value


_LIVE, _UNCONFIGURED = Changes.ANY_TIME, Changes.UNCONFIGURED

_PIPELINE = tuple(
    Parameter(f"{part.name}.{name}", getattr(part.default_factory(), name), declared.meaning, declared.low,
              declared.high, declared.choices, declared.unit, changes=_LIVE)
    for part in fields(PipelineConfig)
    for name, declared in settings_of(part.default_factory).items()
)  # fmt: skip

FER_NODE = (
    Parameter("image_topics", ["camera/image_raw"], "Image topics, one for each camera. A name that ends in "
              "/compressed is a sensor_msgs/CompressedImage, any other a sensor_msgs/Image.", changes=_LIVE),
    Parameter("model_bundle", "default", "Folder of a model bundle, or one that ships: 'default', or "
              "'balanced', which misses less fear and disgust.",
              changes=_UNCONFIGURED),
    Parameter("backend", "auto", "What runs the network; auto takes TensorFlow where there is a GPU, else LiteRT.",
              choices=("auto", "litert", "tensorflow"), changes=_UNCONFIGURED),
    Parameter("precision", "default", "Which of the bundle's models; default is the bundle's own choice.",
              choices=("default", "float", "int8"), changes=_UNCONFIGURED),
    Parameter("threads", 2, "Threads of LiteRT and of OpenCV.", 1, 64),
    Parameter("autostart", True, "Configure and activate at the start; false leaves that to a lifecycle manager."),
    *_PIPELINE,
    Parameter("diagnostics.period", 1.0, "Seconds between two messages on /diagnostics.", 0.1, 60.0, changes=_LIVE),
    Parameter("diagnostics.no_image_after", 5.0, "Seconds without an image after which the node warns.", 0.1, 3600.0,
              changes=_LIVE),
    Parameter("diagnostics.warn_age", 0.1, "Age of the 95th percentile of answers, in seconds, that is a warning.",
              0.001, 60.0, changes=_LIVE),
    Parameter("diagnostics.error_age", 0.5, "The same for an error.", 0.001, 60.0, changes=_LIVE),
    Parameter("recording.folder", "", "Folder for recordings of the results; empty: nothing is recorded."),
    Parameter("recording.consent", "", "Who consented to be recorded, and to what; without it nothing is recorded."),
    Parameter("recording.images", False, "Record the images too, not only the results."),
    Parameter("humans.enabled", False, "Publish the faces on the topics of REP-155 too; needs hri_msgs.",
              changes=_UNCONFIGURED),
    Parameter("humans.crops", False, "Publish each face's picture there too.", changes=_UNCONFIGURED),
)  # fmt: skip

CAMERA_NODE = (
    Parameter("source", "0", "What to show: a V4L2 device (number or /dev/videoN), a video file, a folder of images, "
              "or a URL.", any_type=True),
    Parameter("rate", 30.0, "Images a second, at most: a video keeps its own timing, and what comes too fast is left "
              "out. A folder is shown at this rate.", 0.1, 1000.0),
    Parameter("loop", False, "Start a file or folder again at its end; else the node ends there."),
    Parameter("wait_for_subscriber", 0.0, "Seconds that a file or folder waits for a subscriber before it starts.",
              0.0, 3600.0),
    Parameter("image_topic", "camera/image_raw", "Topic of the images; CameraInfo goes beside it."),
    Parameter("frame_id", "camera", "frame_id of the headers."),
    Parameter("width", 0, "Width asked of a device, pixels; 0: its own.", 0, 16384),
    Parameter("height", 0, "Height asked of a device, pixels; 0: its own.", 0, 16384),
    Parameter("pixel_format", "auto", "Format asked of a device; auto: its own choice. Over USB, 1280x720 and more at "
              "30 images a second needs MJPG.", choices=("auto", "MJPG", "YUYV")),
    Parameter("calibration", "", "Calibration file (camera_calibration's YAML); empty: no CameraInfo."),
    Parameter("reconnect_period", 1.0, "Seconds between two attempts to open a device or URL.", 0.1, 60.0),
)  # fmt: skip

VIEWER_NODE = (
    Parameter("faces_topic", "faces/emotions", "Results to show."),
    Parameter("annotated_topic", "faces/annotated", "Annotated images, received only when save_to is set."),
    Parameter("title", "faces", "First word of the closing line."),
    Parameter("save_to", "", "Folder for one annotated picture, written at the end; empty: nothing is written."),
)

PRACTICE_NODE = (
    Parameter("targets", ["happy", "surprise", "sad", "angry"], "Expressions to practise, in this order; labels of the "
              "model."),
    Parameter("hold", 1.0, "Seconds for which the expression must be stable without a break.", 0.1, 60.0),
    Parameter("timeout", 15.0, "Seconds that one try may take while the child is there.", 0.1, 3600.0),
    Parameter("tries", 2, "Tries at each target.", 1, 100),
    Parameter("pause", 2.0, "Seconds between an answer and the next target, for the robot to finish speaking.",
              0.0, 3600.0),
    Parameter("patience", 60.0, "Seconds to wait for a face, or for one to come back; then the session ends.",
              0.1, 3600.0),
    Parameter("log_file", "", "File to which one line is appended for each trial; empty: nothing is written."),
)  # fmt: skip

PAGE_NODE = (
    Parameter("image_topics", ["camera/image_raw"], "Image topics to choose from, one for each camera, as fer_node has "
              "them. A name that ends in /compressed is a sensor_msgs/CompressedImage, any other a sensor_msgs/Image."),
    Parameter("faces_topic", "faces/emotions", "Results to show."),
    Parameter("host", "127.0.0.1",
              "Address to listen on; any but this machine's own 127.0.0.1 makes a token necessary."),
    Parameter("port", 8090, "Port to listen on; 0: any that is free.", 0, 65535),
    Parameter("token", "", "Word of 16 characters or more that opens the page; empty: none on 127.0.0.1, elsewhere a "
              "random one that is printed with the address.", any_type=True),
    Parameter("rate", 10.0, "Pictures a second that a browser is sent, at most.", 0.1, 60.0),
    Parameter("width", 640, "Width of the pictures, pixels, at most.", 16, 4096),
)  # fmt: skip

NODES = {
    "fer_node": FER_NODE,
    "camera_node": CAMERA_NODE,
    "viewer_node": VIEWER_NODE,
    "practice_node": PRACTICE_NODE,
    "page_node": PAGE_NODE,
}


def declare(node: Node, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """Declare parameters on a node and return their values by name. Later changes of those read at start are refused.

    Raises ParameterError naming a parameter of the wrong type, out of its range, or not among its choices.
    """
    values = {}
    for parameter in parameters:
        if not node.has_parameter(parameter.name):
            try:
                node.declare_parameter(parameter.name, parameter.default, parameter.descriptor())
            except (
                InvalidParameterValueException, InvalidParameterTypeException, ParameterUninitializedException,
            ) as error:  # fmt: skip
                raise ParameterError(f"parameter {parameter.name}: {error}") from None
        if node.get_parameter_or(parameter.name).type_ is rclpy.parameter.Parameter.Type.NOT_SET:
            raise ParameterError(f"parameter {parameter.name}: expected a value, got none, or an empty list")
        values[parameter.name] = parameter.taken(node.get_parameter(parameter.name).value)
    fixed = {parameter.name for parameter in parameters if parameter.changes is Changes.AT_START}

    def refuse_fixed(changed: Iterable[rclpy.parameter.Parameter]) -> SetParametersResult:
        """Say what to do about the first parameter that is read only at the start."""
        for parameter in changed:
            if parameter.name in fixed:
                return refusal(f"{parameter.name}: {_HOW[Changes.AT_START]}")
        return SetParametersResult(successful=True)

    node.add_on_set_parameters_callback(refuse_fixed)
    return values


def how_to_change(parameter: Parameter) -> str:
    """Say when a parameter may change, and what to do for it."""
    return _HOW[parameter.changes]


def refusal(reason: str) -> SetParametersResult:
    """Return the answer to a change that is not taken."""
    return SetParametersResult(successful=False, reason=reason)


def markdown_table(parameters: tuple[Parameter, ...]) -> str:
    """Return the Markdown table of a node's parameters, as the README shows it."""
    changing = any(p.changes is not Changes.AT_START for p in parameters)
    titles = ["parameter", "default", "range", *(["changes"] if changing else []), "meaning"]
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for p in parameters:
        unit = f" {p.unit}" if p.unit else ""
        span = ", ".join(p.choices) if p.choices else "" if p.low is None else f"{p.low:g} to {p.high:g}{unit}"
        default = f"`{p.default}`" if p.default != "" else "empty"
        changes = f" {p.changes.value} |" if changing else ""
        lines.append(f"| `{p.name}` | {default} | {span} |{changes} {p.description} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for name, declared in NODES.items():
        print(f"### {name}\n\n{markdown_table(declared)}\n")
