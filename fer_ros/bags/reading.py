"""The images of a rosbag2 in the order in which they were recorded."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import apsw
from rosbags.interfaces import Connection
from rosbags.rosbag1 import ReaderError as Ros1Error
from rosbags.rosbag2 import ReaderError
from rosbags.serde import SerdeError
from rosbags.typesys.store import Typestore

from fer_ros.bags.parts import UNPACKING_ERROR, Recording, open_recording, plain
from fer_ros.bags.ros1 import IN_MCAP, as_ros2
from fer_ros.bags.types import COMPRESSED, IMAGE, typestore
from fer_ros.core.compressed_formats import unreadable

# What rosbags lets through from the formats below it when a file is damaged.
_DAMAGE = (
    ReaderError, Ros1Error, SerdeError, apsw.Error, sqlite3.Error, struct.error, zlib.error, EOFError, OSError,
    ValueError, TypeError, KeyError, IndexError, AssertionError, RuntimeError, MemoryError, OverflowError,
    UNPACKING_ERROR,
)  # fmt: skip


class BagError(ValueError):
    """A bag that cannot be read, or not to its end; the message says why in one line."""


@dataclass(frozen=True, eq=False)
class BagImage:
    """One recorded image. message: duck-typed, as core.images reads it.  raw: the serialized message.

    camera: its topic.  stamp: seconds, the header's.  recorded: nanoseconds, when the recorder got it.
    """

    camera: str
    stamp: float
    recorded: int
    message: Any
    raw: bytes
    kind: str

    @property
    def compressed(self) -> bool:
        """Whether it is a sensor_msgs/CompressedImage."""
        return self.kind == COMPRESSED


class Bag:
    """An open bag, of which only topics of images are read. Use it in a `with` statement.

    A recording that was cut off is read as far as its records are whole; one of several files without metadata.yaml in
    the order of their times.
    cameras: topics that are read.  skipped: (topic, type) of the others.  count: images in all, as the bag says.
    """

    def __init__(self, path: Path, topics: Sequence[str] = ()) -> None:
        """Open a bag: a folder, with metadata.yaml or without, or a .mcap or .db3 file, or a .bag of ROS 1.

        topics: those to read, all topics of images if empty.
        Raises BagError if there is no bag, it is damaged, or holds none of the topics.
        """
        self.path = path
        self._types: Typestore = typestore()
        self._reader: Recording
        self._open = True
        try:
            # FileNotFoundError is a kind of OSError, so this names a missing bag as well.
            self._reader, self._cut = open_recording(path, _DAMAGE)
        except _DAMAGE as error:
            raise BagError(f"{path}: expected a rosbag2, got {_line(error)}") from None
        images = [c for c in self._reader.connections if IN_MCAP.get(c.msgtype, c.msgtype) in (IMAGE, COMPRESSED)]
        self._connections = [c for c in images if not topics or c.topic in topics]
        read = {c.topic for c in self._connections}
        self.cameras = tuple(sorted(read))
        self.skipped = tuple(
            sorted({(c.topic, c.msgtype) for c in self._reader.connections if c not in self._connections})
        )
        self.count = sum(c.msgcount for c in self._connections)
        missing = sorted(set(topics) - read)
        if not self._connections or missing:
            self.close()
            wanted = ", ".join(missing) or "topics of sensor_msgs/Image or CompressedImage"
            got = ", ".join(f"{topic} ({kind})" for topic, kind in self.skipped) or "no topics"
            # Video and depth have types of their own, with a way to images.
            ways = {way for topic, kind in self.skipped if (not topics or topic in topics) and (way := _way(kind))}
            got += "".join(f"; {way}" for way in sorted(ways))
            raise BagError(f"{path}: expected {wanted}, got {got}{self._cut and f'; {self._cut}'}")

    def images(self) -> Iterator[BagImage]:
        """Yield the images in the order of recording. Raises BagError where the bag is damaged or cut off."""
        messages = self._reader.messages(self._connections)
        while True:
            try:
                item = next(messages, None)
                if item is None:
                    break
                image = self._image(*item)
            except _DAMAGE as error:
                raise BagError(f"{self.path}: damaged: {_line(error)}") from None
            yield image
        if self._cut:
            raise BagError(f"{self.path}: damaged: {self._cut}")

    def _image(self, connection: Connection, recorded: int, packed: bytes) -> BagImage:
        raw, kind = plain(bytes(packed)), connection.msgtype
        if kind in IN_MCAP:
            kind = IN_MCAP[kind]
            raw = as_ros2(raw, kind)
        message: Any = self._types.deserialize_cdr(raw, kind)
        stamp = message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
        return BagImage(connection.topic, stamp, recorded, message, raw, kind)

    def close(self) -> None:
        """Close it; may be called twice."""
        if self._open:
            self._open = False
            with contextlib.suppress(*_DAMAGE):
                self._reader.close()

    def __enter__(self) -> Bag:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


def _way(kind: str) -> str:
    """Say what a type of messages is that holds video or depth, and what to do instead, or ''."""
    what, instead = unreadable(kind)
    return what and f"{what}: {instead}"


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return os.fsencode(text)[:300].decode("utf-8", "replace")
