"""Topics and services of the nodes, for the reference; a test holds them to the nodes and to config/sros2."""

from __future__ import annotations

from dataclasses import dataclass

_IMAGES = "sensor_msgs/Image, sensor_msgs/CompressedImage"


@dataclass(frozen=True)
class Topic:
    """A topic or service of a node.

    Attributes:
        name: with the default parameters; relative names follow namespace and remaps.
        kind: one or more message or service types.
        direction: 'in' or 'out'; '' for a service.
        meaning: one or two sentences.
        optional: it exists only after a parameter was changed.

    """

    name: str
    kind: str
    direction: str
    meaning: str
    optional: bool = False


@dataclass(frozen=True)
class Interface:
    """What a node is, and how one talks to it."""

    text: str
    topics: tuple[Topic, ...]
    services: tuple[Topic, ...] = ()


INTERFACES = {
    "fer_node": Interface(
        "Recognises the faces in camera images. It is a lifecycle node. It configures and activates itself, unless "
        "`autostart` is false.",
        (
            Topic("camera/image_raw", _IMAGES, "in", "Images, named by `image_topics`. Only the newest image of "
                  "each camera is kept."),
            Topic("faces/emotions", "fer_ros/FaceEmotionArray", "out", "One message for each processed image. It is "
                  "empty when nobody is there."),
            Topic("faces/detections", "vision_msgs/Detection2DArray", "out", "The same boxes, each with the raw score "
                  "of every class. It is made only while somebody subscribes."),
            Topic("faces/annotated", "sensor_msgs/Image", "out", "The picture with what was found. It is made only "
                  "while somebody subscribes."),
            Topic("faces/annotated/compressed", "sensor_msgs/CompressedImage", "out", "The same picture as JPEG."),
            Topic("humans/faces/tracked", "hri_msgs/IdsList", "out", "REP-155: the ids of all faces. Only with "
                  "`humans.enabled`; each face then has topics of its own, see [ROS4HRI](../recipes/ros4hri.md).",
                  optional=True),
            Topic("/diagnostics", "diagnostic_msgs/DiagnosticArray", "out", "Rate, age of the results, drops, time of "
                  "each stage, bundle, pause, recording."),
        ),
        (
            Topic("~/pause", "std_srvs/SetBool", "", "True: images are thrown away unread, and all faces are "
                  "forgotten. False: go on. Only while the node is active."),
            Topic("~/change_state", "lifecycle_msgs/ChangeState", "", "For a lifecycle manager. A transition that "
                  "fails leaves the node unconfigured, and usable."),
            Topic("~/get_state", "lifecycle_msgs/GetState", "", "The state of the lifecycle."),
        ),
    ),
    "camera_node": Interface(
        "Publishes a device, a video, a folder or a URL with the time of capture.",
        (
            Topic("camera/image_raw", "sensor_msgs/Image", "out", "The images as bgr8, best effort. `image_topic` "
                  "names another topic."),
            Topic("camera/camera_info", "sensor_msgs/CameraInfo", "out", "Only with `calibration`."),
        ),
    ),
    "viewer_node": Interface(
        "Prints who shows what in a terminal.",
        (
            Topic("faces/emotions", "fer_ros/FaceEmotionArray", "in", "The results, named by `faces_topic`."),
            Topic("faces/annotated", "sensor_msgs/Image", "in", "Only with `save_to`."),
        ),
    ),
    "practice_node": Interface(
        "The practice stage of an autism therapy, as an example of a [behaviour](../recipes/behaviour_node.md). The "
        "robot names an expression, and waits until the child shows it.",
        (
            Topic("faces/emotions", "fer_ros/FaceEmotionArray", "in", "The faces. The largest one is the child."),
            Topic("practice/say", "std_msgs/String", "out", "What the robot says, for a text-to-speech node."),
        ),
    ),
    "page_node": Interface(
        "A [live page](../recipes/live_page.md) in the browser. It subscribes only while somebody looks.",
        (
            Topic("camera/image_raw", _IMAGES, "in", "The camera that a browser shows, one of `image_topics`."),
            Topic("faces/emotions", "fer_ros/FaceEmotionArray", "in", "The results, named by `faces_topic`."),
            Topic("/diagnostics", "diagnostic_msgs/DiagnosticArray", "in",
                  "Whether `fer_node` is paused or records. The page's button calls its service, see `pause_service`."),
        ),
    ),
}  # fmt: skip
"""By the name of the node."""

NOTES = """Names are relative, so namespaces and remaps work.
Every node has ROS 2's own topics and services too, such as `/rosout` and those for parameters.
[QoS](#quality-of-service), [several cameras](#several-cameras), [images](#images-that-are-read),
[lifecycle](#lifecycle), [diagnostics](#diagnostics) and [exit codes](#exit-codes) follow the nodes.
What a node writes to disk, and when, is on the page of [privacy](../privacy.md)."""
