"""Recording of results, and of images where asked: only with a consent, off the worker's way, and safe against a crash.

A recording is a folder of its own: `consent.txt`, and a rosbag2 in `bag`. How it is written, and why so:
docs/decisions/0010-recording.md.
"""

from __future__ import annotations

import queue
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rclpy.serialization import serialize_message

from fer_ros.core.missing import needs

if TYPE_CHECKING:
    from rosbags.interfaces import Connection

_QUEUE = 64  # messages that may wait for the disk; a raw 640x480 image holds 0.9 MB
_PERIOD = 1.0  # seconds after which what was written is committed: the most that a crash can lose
_BATCH = 8 * 2**20  # bytes after which it is committed anyway, so that SQLite never holds much
_RESERVE = 64 * 2**20  # bytes that stay free on the disk, for the end of the bag and for everybody else
_LAST_WORDS = 0.4  # seconds for what still waits when the node ends
_PATIENCE = 0.7  # seconds that the end of the node waits for the disk


class RecordingError(ValueError):
    """A recording that cannot start; the message says why in one line."""


class NoRecorder:
    """Records nothing, in a recorder's place."""

    images = False

    def __init__(self, reason: str) -> None:
        """Keep why: 'off', or why it was refused."""
        self._reason = reason

    def put(self, topic: str, message: Any, stamp: int) -> None:
        """Do nothing."""

    def diagnostic_values(self) -> dict[str, str]:
        """Return what diagnostics say of it."""
        return {"recording": self._reason}

    def close(self) -> None:
        """Do nothing."""


class Recorder:
    """Records messages to a new bag in a thread of its own, from its making until `close`."""

    def __init__(self, folder: str, consent: str, images: bool, error: Callable[[str], None]) -> None:
        """Start.

        folder: where the recording's own folder is made.  consent: who consented to what; must not be blank.
        images: whether images are wanted too; the caller asks `images`.
        error: logs a line, once, if recording has to stop.
        Raises RecordingError without a consent, without rosbags, or where nothing can be written.
        """
        if not consent.strip():
            raise RecordingError("recording.folder is set, but recording.consent does not say who consented")
        if find_spec("rosbags") is None:
            raise RecordingError(f"recording {needs('rosbags')}")
        self.images = images
        self.started = datetime.now(timezone.utc)
        self.dropped = 0
        self.stopped = ""
        self._recorded = 0
        self._error = error
        self._queue: queue.Queue[tuple[str, Any, int]] = queue.Queue(_QUEUE)
        self._closing = threading.Event()
        self._opened = threading.Event()
        try:
            self.path = _new_folder(Path(folder).expanduser(), self.started)
            (self.path / "consent.txt").write_text(_consent(consent, self.started, images))
        except OSError as reason:
            raise RecordingError(f"cannot record to {folder}: {reason}") from None
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()
        self._opened.wait()
        if self.stopped:
            raise RecordingError(self.stopped)

    def put(self, topic: str, message: Any, stamp: int) -> None:
        """Record a message of a topic, received at a time (nanoseconds); counted as dropped if the disk lags behind."""
        if self.stopped:
            return
        try:
            self._queue.put_nowait((topic, message, stamp))
        except queue.Full:
            self.dropped += 1

    def diagnostic_values(self) -> dict[str, str]:
        """Return what diagnostics say of it."""
        return {
            "recording": f"stopped: {self.stopped}" if self.stopped else str(self.path),
            "recorded": str(self._recorded),
            "recording_dropped": str(self.dropped),
        }

    def close(self) -> None:
        """Write what still waits, for a moment at most, and end the bag."""
        self._closing.set()
        self._thread.join(timeout=_PATIENCE)

    def _run(self) -> None:
        try:
            try:
                bag = _Bag(self.path / "bag")
            finally:
                self._opened.set()
        except (OSError, sqlite3.Error) as reason:
            self.stopped = f"cannot record to {self.path}: {reason}"
            return
        try:
            self._write(bag)
            bag.close()
        except (OSError, sqlite3.Error) as reason:
            self.stopped = f"recording to {self.path} ended: {reason}"
            self._error(f"{self.stopped}; {bag.rescue()} messages are safe")
            # Nobody reads them any more: let go of the images.
            with self._queue.mutex:
                self._queue.queue.clear()

    def _write(self, bag: _Bag) -> None:
        """Write what arrives until the end is asked for and everything is written, or the time for that is over."""
        due = time.monotonic() + _PERIOD
        end = float("inf")
        while time.monotonic() < end:
            try:
                topic, message, stamp = self._queue.get(timeout=0.1)
            except queue.Empty:
                if self._closing.is_set():
                    return
            else:
                bag.write(topic, message, stamp)
                self._recorded += 1
            if time.monotonic() >= due or bag.pending >= _BATCH:
                bag.commit()
                due = time.monotonic() + _PERIOD
            if self._closing.is_set():
                end = min(end, time.monotonic() + _LAST_WORDS)


def start_recording(folder: str, consent: str, images: bool, log: Any) -> Recorder | NoRecorder:
    """Start to record if a folder is given. Where that cannot be, it is logged, and nothing is recorded.

    Args:
        folder: as `Recorder` takes it; '' for no recording.
        consent: who consented to what.
        images: whether images are wanted too.
        log: a node's logger.

    """
    if not folder:
        return NoRecorder("off")
    try:
        recorder = Recorder(folder, consent, images, log.error)
    except RecordingError as error:
        log.error(f"nothing is recorded: {error}")
        return NoRecorder(f"refused: {error}")
    what = "results and images" if images else "results"
    log.info(f"recording {what} to {recorder.path} since {recorder.started:%Y-%m-%dT%H:%M:%SZ}; consent: {consent}")
    return recorder


class _Bag:
    """A rosbag2 in SQLite, used by one thread: all that was committed can be read whatever happens next."""

    def __init__(self, path: Path) -> None:
        """Make it. Raises OSError or sqlite3.Error where nothing can be written."""
        # rosbags is an optional extra, imported by those who record.
        from rosbags.rosbag2 import StoragePlugin, Writer

        from fer_ros.bags.types import typestore

        self.pending = 0  # bytes since the last commit
        self._folder = path.parent
        self._types = typestore()
        self._connections: dict[str, Connection] = {}
        self._check_room()
        self._writer = Writer(path, version=9, storage_plugin=StoragePlugin.SQLITE3)
        self._writer.open()
        storage: Any = self._writer.storage
        self._database: sqlite3.Connection = storage.conn
        # Nothing reaches the file before a commit, so a crash leaves no half-written page there.
        self._database.execute("PRAGMA cache_spill = OFF")
        self.commit()

    def write(self, topic: str, message: Any, stamp: int) -> None:
        """Add a message; stamp in nanoseconds."""
        if topic not in self._connections:
            kind = f"{type(message).__module__.split('.')[0]}/msg/{type(message).__name__}"
            self._connections[topic] = self._writer.add_connection(topic, kind, typestore=self._types)
        data = serialize_message(message)
        self._writer.write(self._connections[topic], stamp, data)
        self.pending += len(data)

    def commit(self) -> None:
        """Make safe what was written. Raises OSError when the disk is nearly full."""
        self._database.commit()
        self.pending = 0
        self._safe = dict(self._writer.counts), self._writer.min_timestamp, self._writer.max_timestamp
        self._check_room()

    def close(self) -> None:
        """Commit and write the metadata."""
        self._writer.close()

    def rescue(self) -> int:
        """End the bag with what was committed, after an error; returns the number of its messages."""
        writer = self._writer
        counts, writer.min_timestamp, writer.max_timestamp = self._safe
        writer.connections = [connection for connection in writer.connections if connection.id in counts]
        writer.counts = counts
        try:
            self._database.rollback()
            writer.close()
        except (OSError, sqlite3.Error):
            # No room for the metadata, which `ros2 bag reindex` makes anew; the messages are in the file.
            writer.abort()
        return sum(counts.values())

    def _check_room(self) -> None:
        free = shutil.disk_usage(self._folder).free
        if free < _RESERVE:
            raise OSError(f"only {free / 2**20:.0f} MiB are free on the disk, expected {_RESERVE / 2**20:.0f}")


def _new_folder(parent: Path, now: datetime) -> Path:
    """Make a folder named after the time, which only its owner may read."""
    parent.mkdir(parents=True, exist_ok=True)
    number = 0
    while True:
        path = parent / f"{now:%Y%m%dT%H%M%SZ}{f'_{number}' if number else ''}"
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            number += 1
        else:
            return path


def _consent(consent: str, started: datetime, images: bool) -> str:
    what = "camera images and the faces found in them" if images else "the faces found (no images)"
    return (
        f"Consent: {consent.strip()}\n"
        f"Recording started: {started:%Y-%m-%dT%H:%M:%SZ} (UTC)\n"
        f"Recorded: {what}: places, expressions with their probabilities, times, track ids.\n"
        "Whoever withdraws the consent: delete this folder.\n"
    )
