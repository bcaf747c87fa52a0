"""Recordings of ROS 1, as .bag or in MCAP: their images as ROS 2 has them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from rosbags.interfaces import Connection
from rosbags.rosbag1 import Reader, ReaderError

from fer_ros.bags.types import COMPRESSED, IMAGE, typestore

SUFFIXES = (".bag", ".active")
"""Of ROS 1's own files; the second one is what a recorder that was killed leaves."""
IN_MCAP = {"sensor_msgs/Image": IMAGE, "sensor_msgs/CompressedImage": COMPRESSED}
"""What ROS 1 calls the types of images: in MCAP, a topic says by its type which of the two has serialized it."""


def as_ros2(raw: bytes, kind: str) -> bytes:
    """Return a message that ROS 1 has serialized as ROS 2 does it. kind: IMAGE or COMPRESSED."""
    return bytes(typestore().ros1_to_cdr(raw, kind))


class Ros1Bag:
    """An open .bag file. Its images come out as messages of ROS 2, other topics are listed only."""

    def __init__(self, path: Path) -> None:
        """Open it. Raises ReaderError where it is damaged or was not ended, OSError where there is none."""
        self._reader = Reader(path)
        try:
            self._reader.open()
        except ReaderError as error:
            if "not indexed" in str(error):
                raise ReaderError(
                    f"a recording of ROS 1 that was not ended: rosbag reindex {path.name} (of ROS 1) ends it"
                ) from None
            raise

    @property
    def connections(self) -> list[Connection]:
        """Topics, one for each publisher."""
        return list(self._reader.connections)

    def messages(self, connections: Collection[Connection]) -> Iterator[tuple[Connection, int, bytes]]:
        """Yield topic, time of recording in nanoseconds, and message of each image, in the order of these times."""
        for connection, recorded, raw in self._reader.messages(connections):
            yield connection, recorded, as_ros2(raw, connection.msgtype)

    def close(self) -> None:
        """Close it."""
        self._reader.close()
