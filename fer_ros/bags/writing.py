"""New bags: images with answers beside them, or a video with labels made into a bag."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rosbags.interfaces import Connection
from rosbags.rosbag2 import StoragePlugin, Writer, WriterError

from fer_ros.bags.reading import BagError, BagImage
from fer_ros.bags.types import COMPRESSED, EMOTIONS, IMAGE, typestore
from fer_ros.core.classification.bundle import Bundle
from fer_ros.core.geometry import Box
from fer_ros.core.sources import Recorded
from fer_ros.core.types import Frame, TrackedFace

STORAGES = {"sqlite3": StoragePlugin.SQLITE3, "mcap": StoragePlugin.MCAP}
EMOTIONS_TOPIC = "/faces/emotions"
_JPEG_QUALITY = 95


class BagWriter:
    """Writes a new bag. Use it in a `with` statement; what was written stays readable if that ends with an error."""

    def __init__(self, path: Path, storage: str = "mcap") -> None:
        """Make it. storage: one of STORAGES. Raises BagError if there is something there, or it cannot be made."""
        self.types = typestore()
        self._connections: dict[str, Connection] = {}
        try:
            self._writer = Writer(path, version=9, storage_plugin=STORAGES[storage])
            self._writer.open()
        except (WriterError, OSError) as error:
            raise BagError(f"cannot write a bag to {path}: {error}") from None

    def write(self, topic: str, kind: str, recorded: int, raw: bytes) -> None:
        """Add a serialized message of a type. recorded: nanoseconds."""
        if topic not in self._connections:
            self._connections[topic] = self._writer.add_connection(topic, kind, typestore=self.types)
        self._writer.write(self._connections[topic], recorded, raw)

    def write_message(self, topic: str, message: Any, recorded: int) -> None:
        """Add a message made of `types`."""
        kind = str(message.__msgtype__)
        self.write(topic, kind, recorded, bytes(self.types.serialize_cdr(message, kind)))

    def write_answer(self, image: BagImage, frame: Frame, faces: Sequence[TrackedFace], bundle: Bundle) -> None:
        """Add what fer_node would publish for an image, with that image's header."""
        self.write_message(EMOTIONS_TOPIC, self._emotions(image, frame, faces, bundle), image.recorded)

    def _emotions(self, image: BagImage, frame: Frame, faces: Sequence[TrackedFace], bundle: Bundle) -> Any:
        return self.types.types[EMOTIONS](
            header=image.message.header,
            camera=image.camera,
            image_width=frame.width,
            image_height=frame.height,
            labels=list(bundle.labels),
            model_bundle=bundle.id,
            faces=[self._face(face) for face in faces],
        )

    def _face(self, face: TrackedFace) -> Any:
        smoothed = face.smoothed
        nothing = np.empty(0, np.float32)
        return self.types.types["fer_ros/msg/FaceEmotion"](
            track_id=face.track_id,
            bbox=self._box(face.box),
            detection_score=face.score,
            raw_label=face.raw.label,
            raw_confidence=face.raw.confidence,
            raw_probabilities=face.raw.probabilities.array,
            smoothed_label="" if smoothed is None else smoothed.label,
            smoothed_confidence=math.nan if smoothed is None else smoothed.confidence,
            smoothed_probabilities=nothing if smoothed is None else smoothed.probabilities.array,
            state=face.state.value,
            reasons=int(face.reasons),
        )

    def _box(self, box: Box) -> Any:
        types = self.types.types
        point = types["vision_msgs/msg/Point2D"](*box.center)
        center = types["vision_msgs/msg/Pose2D"](position=point, theta=0.0)
        return types["vision_msgs/msg/BoundingBox2D"](center=center, size_x=box.width, size_y=box.height)

    def close(self) -> None:
        """Write the index and the metadata. Raises BagError where the disk refuses."""
        try:
            self._writer.close()
        except OSError as error:
            raise BagError(f"{self._writer.path}: cannot be ended: {error}") from None

    def __enter__(self) -> BagWriter:
        """Return it."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it."""
        self.close()


def make_bag(
    source: Recorded, path: Path, topic: str, storage: str = "mcap", compressed: bool = False
) -> Iterator[float]:
    """Write a video or folder to a new bag, and yield the time of each image, its stamp, in seconds.

    compressed: as JPEG, on a topic that ends in /compressed.
    Raises BagError as BagWriter does, or if the source shows nothing.
    """
    pictures = source.pictures()
    # Before the bag is made: nothing is left behind of a source that shows nothing.
    first = next(pictures, None)
    if first is None:
        raise BagError("; ".join(source.problems()) or f"{source.name}: expected images, got none")
    with contextlib.closing(source), BagWriter(path, storage) as bag:
        for one in itertools.chain([first], pictures):
            nanoseconds = round(one.time * 1e9)
            bag.write_message(topic, image_message(bag, one.picture, nanoseconds, compressed), nanoseconds)
            yield one.time


def image_message(bag: BagWriter, picture: np.ndarray[Any, Any], nanoseconds: int, compressed: bool) -> Any:
    """Return a BGR picture, (H, W, 3) uint8, as a message to write: raw, or as JPEG."""
    types = bag.types.types
    stamp = types["builtin_interfaces/msg/Time"](sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)
    header = types["std_msgs/msg/Header"](stamp=stamp, frame_id="camera")
    if compressed:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        return types[COMPRESSED](header=header, format="jpeg", data=data.ravel())
    height, width = picture.shape[:2]
    data = np.ascontiguousarray(picture).ravel()
    return types[IMAGE](header, height, width, encoding="bgr8", is_bigendian=0, step=3 * width, data=data)
