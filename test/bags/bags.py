"""Small real bags of both storages, made by rosbags' own writer."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from fer_ros.bags.types import COMPRESSED, IMAGE
from fer_ros.bags.writing import BagWriter

CAMERA = "/camera/image_raw"
START = 1000.0  # seconds: the first stamp


def write_bag(
    path: Path,
    pictures: list[np.ndarray],
    storage: str = "mcap",
    topics: tuple[str, ...] = (CAMERA,),
    still: tuple[str, ...] = (),
) -> Path:
    """Write BGR pictures, ten a second, on each topic; one that ends in /compressed gets PNG.

    still: topics whose images all have the stamp 0.
    """
    with BagWriter(path, storage) as bag:
        for number, picture in enumerate(pictures):
            for topic in topics:
                stamp = START + number / 10
                message = image(bag, picture, 0 if topic in still else stamp, topic)
                bag.write_message(topic, message, round(stamp * 1e9))
    return path


def image(bag: BagWriter, picture: np.ndarray, stamp: float, topic: str = CAMERA):
    """Return a BGR picture as a message of rosbags' types."""
    types = bag.types.types
    time = types["builtin_interfaces/msg/Time"](sec=int(stamp), nanosec=round(stamp % 1 * 1e9))
    header = types["std_msgs/msg/Header"](stamp=time, frame_id="optical")
    if topic.endswith("/compressed"):
        return types[COMPRESSED](header=header, format="png", data=cv2.imencode(".png", picture)[1].ravel())
    height, width = picture.shape[:2]
    data = np.ascontiguousarray(picture).ravel()
    return types[IMAGE](header, height, width, encoding="bgr8", is_bigendian=0, step=3 * width, data=data)
