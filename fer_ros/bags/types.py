"""Message types of bags: those of Jazzy that rosbags knows, vision_msgs and ours from their definitions."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path

from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

IMAGE, COMPRESSED = "sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage"
EMOTIONS = "fer_ros/msg/FaceEmotionArray"
_SOURCES = Path(__file__).resolve().parents[2]
# Prefixes in which this file may have been installed, from pip's --target to lib/python3.x/site-packages below one.
_AROUND = tuple(map(str, Path(__file__).absolute().parents[2:7]))
# Where the sources keep the definitions, for those who run from them.
_IN_SOURCES = {"fer_ros": _SOURCES / "msg", "vision_msgs": _SOURCES / "wheel_interfaces" / "vision_msgs" / "msg"}


@functools.cache
def typestore() -> Typestore:
    """Return the types of Jazzy with vision_msgs and ours, made once; to be read only.

    Raises FileNotFoundError where a definition is missing.
    """
    store = get_typestore(Stores.ROS2_JAZZY)
    types = {}
    for package in _IN_SOURCES:
        for path in _definitions(package):
            types.update(get_types_from_msg(path.read_text(encoding="utf-8"), f"{package}/msg/{path.stem}"))
    store.register(types)
    return store


def _definitions(package: str) -> list[Path]:
    prefixes = [*os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep), sys.prefix, *_AROUND]
    folders = [Path(prefix) / "share" / package / "msg" for prefix in prefixes if prefix] + [_IN_SOURCES[package]]
    for folder in folders:
        if found := sorted(folder.glob("*.msg")):
            return found
    looked = ", ".join(map(str, folders))
    raise FileNotFoundError(f"expected the message definitions of {package}, got none; looked in {looked}")
