"""What rosbags (0.11) refuses and can be read nevertheless: recordings that were cut off, unknown definitions."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import apsw
from rosbags.interfaces import MessageDefinition, MessageDefinitionFormat
from rosbags.rosbag2 import Reader, storage_mcap

MAGIC = b"\x89MCAP0\r\n"
# A footer that points to no summary (MCAP specification, "Footer"), and the magic behind it.
_END = b"\x02" + (20).to_bytes(8, "little") + bytes(20) + MAGIC

_known_definition = storage_mcap.get_msgdef


def _definition(schema: storage_mcap.Schema | None) -> MessageDefinition:
    try:
        return _known_definition(schema)
    except KeyError:
        return MessageDefinition(MessageDefinitionFormat.NONE, "")


# The recorder writes the encoding 'unknown' for services without dependencies, and '' for types that it does not find
# (rosbag2's local_message_definition_source.cpp). rosbags would refuse the whole bag for one such topic.
storage_mcap.get_msgdef = _definition


_known_string = storage_mcap.read_string


def _string(bio: BinaryIO) -> str:
    """Read a string; rosbags refuses the profile 'ros1', whose images `ros1.as_ros2` makes those of ROS 2."""
    value = _known_string(bio)
    return "ros2" if value == "ros1" else value


storage_mcap.read_string = _string


def _show_known_encodings(database: apsw.Connection) -> None:
    """The same for SQLite: a temporary view stands before the table of definitions; the file is not touched."""
    database.execute(
        "CREATE TEMP VIEW message_definitions AS SELECT id, topic_type, encoded_message_definition, "
        "type_description_hash, CASE encoding WHEN 'ros2idl' THEN encoding ELSE 'ros2msg' END AS encoding "
        "FROM main.message_definitions"
    )


@contextmanager
def _hooked() -> Iterator[None]:
    apsw.connection_hooks.append(_show_known_encodings)
    try:
        yield
    finally:
        apsw.connection_hooks.remove(_show_known_encodings)


class _MendedPath(type(Path())):  # type: ignore[misc]
    """A path whose MCAP files end with a footer, also those that were cut off."""

    def open(self, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        """Open as Path does."""
        if mode == "rb" and self.suffix == ".mcap" and (whole := whole_records(Path(self))) is not None:
            return _Ended(Path(self).open("rb"), whole)
        return super().open(mode, *arguments, **options)


class _Ended(io.RawIOBase):
    """The first bytes of a file, and a footer behind them."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._length = length
        self._position = 0

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def seekable(self) -> bool:
        """Say that it can be read anywhere."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; returns it."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length + len(_END)}[whence]
        # As BytesIO does, but never beyond the end: rosbags takes a shorter way for a truncated record.
        self._position = min(max(0, start + offset), self._length + len(_END))
        return self._position

    def tell(self) -> int:
        """Return the place."""
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes, fewer only at the end."""
        end = self._length + len(_END) if size < 0 else self._position + size
        self._file.seek(self._position)
        data = self._file.read(max(0, min(end, self._length) - self._position))
        after = max(0, self._position + len(data) - self._length)
        if self._position + len(data) >= self._length:
            data += _END[after : max(after, end - self._length)]
        self._position += len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def whole_records(path: Path) -> int | None:
    """Return how many bytes of an MCAP file without an end are whole records; None if it has its end or is none.

    Raises OSError if it cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size >= 2 * len(MAGIC):
            file.seek(-len(MAGIC), os.SEEK_END)
            if file.read() == MAGIC:
                return None
        file.seek(0)
        if file.read(len(MAGIC)) != MAGIC:
            return None
        position = len(MAGIC)
        # A record is its kind (a byte), its length (8 bytes) and its content.
        while len(head := file.read(9)) == 9 and 0 < head[0] <= 0x0F:
            end = position + 9 + int.from_bytes(head[1:], "little")
            if head[0] == 0x02 or end > size:
                break
            position = file.seek(end)
        return position if position > len(MAGIC) else None


def open_reader(path: Path) -> tuple[Reader, str]:
    """Open a bag: a folder with metadata.yaml, or one file of a recording, also one that was not ended.

    Returns it, and why it is not whole, or ''. Raises whatever rosbags raises.
    """
    reader = Reader(_MendedPath(path))
    with _hooked():
        reader.open()
    files = [path] if path.is_file() else sorted(path.glob("*.mcap"))
    cut = [part.name for part in files if part.suffix == ".mcap" and whole_records(part) is not None]
    return reader, f"the end of {', '.join(cut)} is missing" if cut else ""
