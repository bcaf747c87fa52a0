"""A bag, whatever its recorder left of it: with its metadata, or files alone, read in the order of their times."""

from __future__ import annotations

import heapq
import shutil
import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from rosbags.interfaces import Connection
from rosbags.rosbag2 import Reader, ReaderError

from fer_ros.bags.recovery import open_reader
from fer_ros.bags.ros1 import SUFFIXES as ROS1_SUFFIXES
from fer_ros.bags.ros1 import Ros1Bag

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STORAGES = (".mcap", ".db3")
_COMPRESSED = ".zstd"  # behind the storage's, where the recorder compressed whole files
_FRAME = b"\x28\xb5\x2f\xfd"  # begins compressed data (RFC 8878); a serialized message begins with a zero
_LARGEST_MESSAGE = 512 * 1024 * 1024  # bytes

UNPACKING_ERROR = zstd.ZstdError
Message = tuple[Connection, int, bytes]


class Recording(Protocol):
    """What is read of a bag, whether by its metadata or without it."""

    @property
    def connections(self) -> list[Connection]:
        """Topics, one for each file that holds it."""
        ...

    def messages(self, connections: Collection[Connection]) -> Iterator[Message]:
        """Yield topic, time of recording in nanoseconds, and serialized message, in the order of these times."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def open_recording(path: Path, damage: tuple[type[Exception], ...]) -> tuple[Recording, str]:
    """Open a bag: a folder, with metadata.yaml or without, or one file, a .bag of ROS 1 too.

    Args:
        path: of the folder or file.
        damage: what a damaged file raises.

    Returns:
        The bag, and why it is not whole, or ''.

    Raises:
        OSError: there is no such bag, or nothing in the folder.
        Exception: whatever rosbags raises for one that is damaged; where there are several files, those that can be
            read are.

    """
    if path.is_dir() and not _has_metadata(path):
        files = sorted(file for file in path.iterdir() if _is_storage(file))
        if not files:
            raise FileNotFoundError("a folder without metadata.yaml, .mcap and .db3 files")
        return _open_parts(files, damage)
    if path.is_file() and path.suffix in ROS1_SUFFIXES:
        return Ros1Bag(path), ""
    if path.is_file() and path.suffix == _COMPRESSED:
        return _open_parts([path], damage)
    try:
        return open_reader(path)
    except ReaderError as error:
        if path.is_dir() and "metadata" in str(error).lower():
            raise ReaderError(f"{error} (ros2 bag reindex {path} writes metadata.yaml anew)") from None
        raise


def _has_metadata(path: Path) -> bool:
    """Return whether a bag's description is there; it is written last, and empty where the disk was full."""
    file = path / "metadata.yaml"
    return file.exists() and file.stat().st_size > 0


def _is_storage(file: Path) -> bool:
    inner = file.with_suffix("") if file.suffix == _COMPRESSED else file
    return file.is_file() and inner.suffix in STORAGES


def _open_parts(files: list[Path], damage: tuple[type[Exception], ...]) -> tuple[Recording, str]:
    """Open the files of a recording; those that cannot be opened are named. Raises if that is true of all."""
    parts, cuts = _Parts(), []
    for file in files:
        try:
            cut = parts.add(file)
        except damage as error:
            if len(files) == 1:
                parts.close()
                raise
            cut = f"{file.name} cannot be read ({' '.join(str(error).split())})"
        if cut:
            cuts.append(cut)
    if not parts.readers:
        parts.close()
        raise ReaderError("; ".join(cuts))
    return parts, "; ".join(cuts)


class _Parts:
    """The files of one recording as one bag, in the order of the times of their messages."""

    def __init__(self) -> None:
        self.readers: list[Reader] = []
        self._stack = ExitStack()

    def add(self, file: Path) -> str:
        """Open one more file; returns why it is not whole, or ''."""
        reader, cut = open_reader(self._unpacked(file))
        self.readers.append(reader)
        self._stack.callback(reader.close)
        written_ahead = file.with_name(f"{file.name}-wal")
        if not cut and written_ahead.exists() and written_ahead.stat().st_size:
            cut = f"the last messages of {file.name} are in {written_ahead.name}: sqlite3 {file.name} vacuum adds them"
        return cut

    def _unpacked(self, file: Path) -> Path:
        """Return the file, or where it was compressed as a whole a temporary one."""
        if file.suffix != _COMPRESSED:
            return file
        folder = self._stack.enter_context(TemporaryDirectory())
        plain = Path(folder) / file.stem
        with zstd.open(file, "rb") as source, plain.open("wb") as target:
            shutil.copyfileobj(source, target)
        return plain

    @property
    def connections(self) -> list[Connection]:
        return [connection for reader in self.readers for connection in reader.connections]

    def messages(self, connections: Collection[Connection]) -> Iterator[Message]:
        wanted = {id(connection) for connection in connections}
        streams = []
        for reader in self.readers:
            if mine := [connection for connection in reader.connections if id(connection) in wanted]:
                streams.append(reader.messages(mine))
        return heapq.merge(*streams, key=lambda message: message[1])

    def close(self) -> None:
        with suppress(OSError):  # of the temporary folder
            self._stack.close()


def plain(raw: bytes) -> bytes:
    """Return a serialized message; one that the recorder compressed by itself is unpacked.

    Raises ValueError for one that would be larger than any image.
    """
    if raw[:4] != _FRAME:
        return raw
    unpacked = zstd.ZstdDecompressor().decompress(raw, _LARGEST_MESSAGE)
    if len(unpacked) == _LARGEST_MESSAGE:
        raise ValueError(f"expected messages of fewer than {_LARGEST_MESSAGE} bytes, got a larger one")
    return unpacked
