"""The arguments of each launch file, made of the parameters, profiles, bundles and backends that the package has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from ament_index_python.packages import get_package_share_directory

from fer_ros.core.classification.bundle import SHIPPED, load_bundle
from fer_ros.core.classification.factory import BACKENDS
from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.paths import user_path, without_password
from fer_ros.core.profile import PROFILES, find_profile, pipeline_config, read_parameters
from fer_ros.core.sources import is_live
from fer_ros.launching import checks
from fer_ros.launching.checks import Argument, ArgumentError, Reader, boolean, choices_of, either, number, optional
from fer_ros.nodes.declaration import Parameter
from fer_ros.nodes.parameters import CAMERA_NODE, PAGE_NODE, PRACTICE_NODE

PACKAGE = "fer_ros"
SHARE = Path(get_package_share_directory(PACKAGE))
CONFIG = SHARE / "config"
NO_PROFILE = "none"
_AS_DECLARED = "empty: as the parameter files say"


def parameter_file(text: str) -> str:
    """Read a named profile, the path of a parameter file, or the bare name of a file in the package's config folder."""
    path = CONFIG / text if Path(text).name == text and not Path(text).is_file() else user_path(text)
    if not path.is_file() and text in PROFILES:
        path = find_profile(text)
    if not path.is_file():
        expected = f"{', '.join(PROFILES)}, a parameter file, or the name of one in {CONFIG}"
        raise ValueError(f"expected {expected}, got {text!r}")
    pipeline_config(read_parameters(path))
    return str(path.absolute())


def bundle(text: str) -> str:
    """Read the name of a bundle that ships, or the folder of one."""
    location = text if text in SHIPPED else str(user_path(text).absolute())
    load_bundle(location)
    return location


def fastdds_profile(text: str) -> str:
    """Read the path of a Fast DDS profile, '' for none."""
    if text in ("", NO_PROFILE):
        return ""
    path = user_path(text)
    if not path.is_file():
        raise ValueError(f"expected an XML file with a Fast DDS profile, or {NO_PROFILE}, got {text!r}: no such file")
    return str(path.absolute())


def source(text: str) -> str:
    """Read what camera_node shows: a device or URL, or a file or folder that is there."""
    if is_live(text):
        return text
    path = user_path(text)
    if not path.exists():
        shown = without_password(text)
        raise ValueError(f"expected a device (0, /dev/video0), a file, a folder or a URL, got {shown!r}, which is none")
    return str(path.absolute())


def check_targets(texts: Mapping[str, str]) -> None:
    """Hold the expressions to practise against the labels of the bundle that is asked for.

    Args:
        texts: the arguments as they were given; `bundle` may be left out.

    Raises:
        ArgumentError: the bundle does not know one of them.

    """
    location = bundle(texts["bundle"]) if texts.get("bundle") else SHIPPED[0]
    labels = load_bundle(location).labels
    try:
        choices_of(labels)(texts["targets"])
    except ValueError as error:
        raise ArgumentError(f"argument targets: {error}") from None


def check_recording(texts: Mapping[str, str]) -> None:
    """Hold the image topics against those that a recording says it has.

    Args:
        texts: the arguments as they were given; `namespace` may be left out.

    Raises:
        ArgumentError: there is no such topic in it.

    """
    names = topics_of(Path(checks.bag(texts["bag"])))
    space = f"/{checks.namespace(texts.get('namespace', '')).strip('/')}".rstrip("/")
    wanted = [name if name.startswith("/") else f"{space}/{name}" for name in checks.topics(texts["image_topic"])]
    missing = [name for name in wanted if name not in names]
    if names and missing:
        raise ArgumentError(
            f"argument image_topic: expected topics of the recording, {', '.join(names)}, got {', '.join(missing)}"
        )


def topics_of(recording: Path) -> list[str]:
    """Return the topics that a rosbag2 folder's metadata names; none where there is none that can be read."""
    try:
        information = yaml.safe_load((recording / "metadata.yaml").read_text(encoding="utf-8"))
        topics = information["rosbag2_bagfile_information"]["topics_with_message_count"]
        return sorted(topic["topic_metadata"]["name"] for topic in topics)
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError):
        return []  # the player says what is wrong with it


def _numeric(parameters: Sequence[Parameter], name: str, meaning: str, *, argument: str = "") -> Argument:
    """Return an argument for a parameter that is a number; default and range are the parameter's."""
    (found,) = [parameter for parameter in parameters if parameter.name == name]
    assert found.low is not None and found.high is not None
    read: Reader = number(found.low, found.high, found.unit, whole=isinstance(found.default, int))
    described = f"{meaning}, from {found.low:g} to {found.high:g}"
    return Argument(argument or name, str(found.default), described, read)


FER = (
    Argument(
        "image_topic",
        "",
        f"topics of the images, separated by commas; {_AS_DECLARED}, else camera/image_raw",
        optional(checks.topics),
    ),
    Argument("namespace", "", "namespace of all nodes and topics", checks.namespace),
    Argument(
        "profile",
        PROFILES[0],
        f"how to search and judge: {either(PROFILES)}, or the path of a parameter file",
        parameter_file,
    ),
    Argument(
        "params_file",
        "",
        "more parameters of fer_node, on top of the profile: a path, or the name of a file in the package's config "
        "folder; empty: none",
        optional(parameter_file),
    ),
    Argument(
        "bundle",
        "",
        f"model bundle: {either(SHIPPED)}, which ship, or the folder of one; {_AS_DECLARED}, else {SHIPPED[0]}",
        optional(bundle),
    ),
    Argument(
        "backend",
        "",
        f"what runs the network: {either(BACKENDS)}; {_AS_DECLARED}, else {BACKENDS[0]}",
        optional(checks.choice(BACKENDS)),
    ),
    Argument("respawn", "true", "start fer_node again when it ends: true or false", boolean),
    Argument(
        "fastdds_profile",
        str(CONFIG / "fastdds.xml"),
        f"Fast DDS profile with room for images, an XML file; {NO_PROFILE}: the environment's own",
        fastdds_profile,
    ),
)

WEBCAM = (
    Argument("source", "0", "device (number or /dev/videoN), video file, folder of images, or URL", source),
    _numeric(CAMERA_NODE, "rate", "images a second, at most"),
    Argument(
        "loop", "false", "start a file or folder again at its end: true or false; else launch ends there", boolean
    ),
    Argument("page", "false", "serve a live page on 127.0.0.1 too: true or false", boolean),
    Argument(
        "uploads",
        "false",
        "with the page: analyse pictures, videos and cameras of who opens it: true or false",
        boolean,
    ),
    _numeric(PAGE_NODE, "port", "port of the page; 0 is any that is free", argument="page_port"),
    Argument("image_topic", "camera/image_raw", "topic of the images", checks.topic),
)

PRACTICE = (
    Argument(
        "targets",
        "happy,surprise,sad,angry",
        f"expressions to practise, separated by commas, among {', '.join(EMOTIONS)}",
        choices_of(EMOTIONS),
    ),
    _numeric(PRACTICE_NODE, "hold", "seconds to show an expression without a break"),
    _numeric(PRACTICE_NODE, "timeout", "seconds that one try may take"),
    Argument("log_file", "", "file for a line a trial; empty: none", optional(checks.log_file)),
)

REPLAY = (
    Argument("bag", None, "recording: rosbag2 folder, or .mcap or .db3 file", checks.bag),
    # A bag holds full names, which no namespace changes.
    Argument("image_topic", "/camera/image_raw", "topics in the bag, separated by commas", checks.topics),
    Argument("rate", "1.0", "times the recorded speed, from 0.01 to 100", number(0.01, 100)),
    Argument(
        "delay", "5.0", "seconds for fer_node to load before the bag starts, up to 600", number(0, 600, "seconds")
    ),
    Argument("output", "", "new bag for the answers; empty: none", optional(checks.new_folder)),
)
