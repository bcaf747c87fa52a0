"""Every parameter of every node, declared once.

`python -P -m fer_ros.nodes.parameters` prints the tables of the documentation; a test holds them and config/ against
this file.
"""

from __future__ import annotations

import textwrap
from dataclasses import fields
from typing import Any

from fer_ros.core.config import PipelineConfig
from fer_ros.core.settings import settings_of
from fer_ros.nodes.declaration import Changes, Parameter
from fer_ros.nodes.inputs import AUTO, TRANSPORTS

_LIVE, _UNCONFIGURED = Changes.ANY_TIME, Changes.UNCONFIGURED


def _pipeline_parameters() -> tuple[Parameter, ...]:
    """Return the settings of the pipeline's parts, as their own dataclasses declare them."""
    parameters = []
    for part in fields(PipelineConfig):
        config: Any = getattr(PipelineConfig(), part.name)
        for name, declared in settings_of(config).items():
            parameters.append(
                Parameter(f"{part.name}.{name}", getattr(config, name), declared.meaning, declared.low, declared.high,
                          declared.choices, declared.unit, changes=_LIVE)
            )  # fmt: skip
    return tuple(parameters)


_TRANSPORT = (
    "Type of the image topics. 'auto' takes the type that is published. While nobody publishes, a name that ends in "
    "/compressed stands for sensor_msgs/CompressedImage and any other for sensor_msgs/Image."
)

FER_NODE = (
    Parameter("image_topics", ["camera/image_raw"], "Image topics, one for each camera.", changes=_LIVE),
    Parameter("image_transport", AUTO, _TRANSPORT, choices=(AUTO, *TRANSPORTS), changes=_LIVE),
    Parameter("model_bundle", "default", "Folder of a model bundle, or the name of one that ships: 'default' or "
              "'balanced'. 'balanced' misses less fear and disgust.", changes=_UNCONFIGURED),
    Parameter("backend", "auto", "What runs the network. 'auto' takes TensorFlow where there is a GPU, else LiteRT.",
              choices=("auto", "litert", "tensorflow"), changes=_UNCONFIGURED),
    Parameter("precision", "default", "Which of the bundle's models is run. 'default' is the bundle's own choice.",
              choices=("default", "float", "int8"), changes=_UNCONFIGURED),
    Parameter("threads", 2, "Threads of LiteRT and of OpenCV.", 1, 64),
    Parameter("autostart", True, "Configure and activate at the start. False leaves that to a lifecycle manager."),
    *_pipeline_parameters(),
    Parameter("diagnostics.period", 1.0, "Time between two messages on /diagnostics.", 0.1, 60.0, unit="seconds",
              changes=_LIVE),
    Parameter("diagnostics.no_image_after", 5.0, "Time without an image after which the node warns.", 0.1, 3600.0,
              unit="seconds", changes=_LIVE),
    Parameter("diagnostics.warn_age", 0.1, "Age of the results, as 95th percentile, from which on the status is WARN.",
              0.001, 60.0, unit="seconds", changes=_LIVE),
    Parameter("diagnostics.error_age", 0.5, "Age of the results, as 95th percentile, from which on the status is "
              "ERROR.", 0.001, 60.0, unit="seconds", changes=_LIVE),
    Parameter("recording.folder", "", "Folder for recordings of the results. Empty: nothing is recorded."),
    Parameter("recording.consent", "", "Who consented to be recorded, and to what. Without it nothing is recorded."),
    Parameter("recording.images", False, "Record the images too, not only the results."),
    Parameter("humans.enabled", False, "Publish the faces on the topics of REP-155 too. It needs hri_msgs.",
              changes=_UNCONFIGURED),
    Parameter("humans.crops", False, "Publish a picture of each face there too.", changes=_UNCONFIGURED),
)  # fmt: skip

CAMERA_NODE = (
    Parameter("source", "0", "What to show: a V4L2 device (number or /dev/videoN), a video file, a folder of images, "
              "or a URL.", any_type=True),
    Parameter("rate", 30.0, "Maximum rate of the images. A video keeps its own timing, and images that come faster are "
              "left out. A folder is shown at this rate.", 0.1, 1000.0, unit="images a second"),
    Parameter("loop", False, "Start a file or folder again at its end. Else the node ends there."),
    Parameter("wait_for_subscriber", 0.0, "Time for which a file or folder waits for a subscriber before it starts.",
              0.0, 3600.0, unit="seconds"),
    Parameter("image_topic", "camera/image_raw", "Topic of the images. CameraInfo goes beside it."),
    Parameter("frame_id", "camera", "frame_id of the headers."),
    Parameter("name_in_frame_id", False, "Name the file or device that is shown in frame_id, for viewer_node."),
    Parameter("max_side", 0, "Longer side to which larger images of a file or folder are reduced. 0: they stay as "
              "they are.", 0, 16384, unit="pixels"),
    Parameter("width", 0, "Width asked of a device. 0 is its own.", 0, 16384, unit="pixels"),
    Parameter("height", 0, "Height asked of a device. 0 is its own.", 0, 16384, unit="pixels"),
    Parameter("pixel_format", "auto", "Format asked of a device. 'auto' is its own choice. Over USB, 1280x720 and more "
              "at 30 images a second needs MJPG.", choices=("auto", "MJPG", "YUYV")),
    Parameter("calibration", "", "Calibration file (camera_calibration's YAML). Empty: no CameraInfo."),
    Parameter("reconnect_period", 1.0, "Time between two attempts to open a device or URL.", 0.1, 60.0,
              unit="seconds"),
)  # fmt: skip

VIEWER_NODE = (
    Parameter("faces_topic", "faces/emotions", "Topic of the results."),
    Parameter("annotated_topic", "faces/annotated", "Topic of the annotated images. It is received only when save_to "
              "is set."),
    Parameter("title", "faces", "First word of the closing line."),
    Parameter("show_frame_id", False, "Name what is shown by the frame_id of the headers, not by the topic."),
    Parameter("live", True, "Show a table that changes in place where there is a terminal. Else lines."),
    Parameter("expected", 0, "Names, such as the pictures of a folder, after which the node ends by itself. 0: never.",
              0, 1000000),
    Parameter("hint", "", "What to try, said once after 5 seconds of images without a face. Empty: nothing is said."),
    Parameter("save_to", "", "Folder for an annotated picture, written at the end; with show_frame_id for one of each "
              "name. Empty: nothing is written."),
)  # fmt: skip

PRACTICE_NODE = (
    Parameter("targets", ["happy", "surprise", "sad", "angry"], "Expressions to practise, in this order. They are "
              "labels of the model."),
    Parameter("hold", 1.0, "Time for which the expression must be stable without a break.", 0.1, 60.0, unit="seconds"),
    Parameter("timeout", 15.0, "Maximum duration of one try while the child is there.", 0.1, 3600.0, unit="seconds"),
    Parameter("tries", 2, "Tries at each target.", 1, 100),
    Parameter("pause", 2.0, "Time between the robot's comment and the next target, for it to finish speaking.",
              0.0, 3600.0, unit="seconds"),
    Parameter("patience", 60.0, "Time to wait for a face, or for one to come back. Then the session ends.",
              0.1, 3600.0, unit="seconds"),
    Parameter("log_file", "", "File to which one line is appended for each trial. Empty: nothing is written."),
)  # fmt: skip

PAGE_NODE = (
    Parameter("image_topics", ["camera/image_raw"], "Image topics to choose from, one for each camera, as fer_node "
              "has them."),
    Parameter("image_transport", AUTO, _TRANSPORT, choices=(AUTO, *TRANSPORTS)),
    Parameter("faces_topic", "faces/emotions", "Topic of the results."),
    Parameter("host", "127.0.0.1",
              "Address to listen on. Any but this machine's own 127.0.0.1 makes a token necessary."),
    Parameter("port", 8090, "Port to listen on. 0 is any that is free.", 0, 65535),
    Parameter("token", "", "Word of 16 characters or more that opens the page. Empty: none on 127.0.0.1, elsewhere a "
              "random one that is printed with the address.", any_type=True),
    Parameter("rate", 10.0, "Maximum rate at which a browser is sent pictures.", 0.1, 60.0, unit="pictures a second"),
    Parameter("width", 640, "Maximum width of the pictures.", 16, 4096, unit="pixels"),
    Parameter("pause_service", "fer_node/pause", "Service that the page's button calls, to pause and to go on. "
              "Empty: no button."),
    Parameter("uploads", False, "Let whoever opens the page have a picture, a video or the browser's own camera "
              "analysed by this node. Nothing of it is stored or published."),
    Parameter("upload_profile", "default", "How these are analysed: 'default', 'robot' or 'paper', or the path of a "
              "parameter file."),
    Parameter("upload_limit", 16, "Size of a picture that is taken.", 1, 256, unit="megabytes"),
)  # fmt: skip

NODES = {
    "fer_node": FER_NODE,
    "camera_node": CAMERA_NODE,
    "viewer_node": VIEWER_NODE,
    "practice_node": PRACTICE_NODE,
    "page_node": PAGE_NODE,
}


def help_text(name: str, parameters: tuple[Parameter, ...]) -> str:
    """Return what an executable's --help prints."""
    lines = [
        f"usage: {name} [--ros-args [-p NAME:=VALUE ...] [--params-file FILE] [-r FROM:=TO ...]]",
        "",
        "parameters:",
    ]
    for p in parameters:
        default = f"[{', '.join(p.default)}]" if isinstance(p.default, list) else str(p.default)
        allowed = _allowed(p)
        lines.append(f"  {p.name}:={default}{f'   ({allowed})' if allowed else ''}")
        lines += textwrap.wrap(p.description, 100, initial_indent="      ", subsequent_indent="      ")
    return "\n".join(lines)


def _allowed(parameter: Parameter) -> str:
    """Return what values are allowed, in words; '' for any."""
    if parameter.choices:
        return ", ".join(parameter.choices)
    if parameter.low is None:
        return ""
    return f"{parameter.low:g} to {parameter.high:g}{f' {parameter.unit}' if parameter.unit else ''}"


def markdown_table(parameters: tuple[Parameter, ...]) -> str:
    """Return the Markdown table of a node's parameters, as the documentation shows it."""
    changing = any(p.changes is not Changes.AT_START for p in parameters)
    titles = ["parameter", "default", "range", *(["changes"] if changing else []), "meaning"]
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    for p in parameters:
        default = f"`{p.default}`" if p.default != "" else "empty"
        changes = f" {p.changes.value} |" if changing else ""
        lines.append(f"| `{p.name}` | {default} | {_allowed(p)} |{changes} {p.description} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for name, declared in NODES.items():
        print(f"### {name}\n\n{markdown_table(declared)}\n")
