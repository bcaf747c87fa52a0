"""A node's thread that does the work: it is fed by callbacks, and takes the node with it when it dies."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

Work = TypeVar("Work")


class Endable(Protocol):
    """A node that can be ended: `runner.run` ends it once `ended` is set, with this exit code."""

    ended: threading.Event
    exit_code: int

    def get_logger(self) -> Any:
        """Return the node's logger."""
        ...


class Worker(Generic[Work]):
    """Takes what is there and processes it, in a thread of its own, from its making until `close`."""

    def __init__(
        self, node: Endable, take: Callable[[], Work], process: Callable[[Work], None], wake: Callable[[], None]
    ) -> None:
        """Start.

        Args:
            node: ended with exit code 1 if the thread dies.
            take: waits for work and returns it; what is empty ends the thread.
            process: does the work.
            wake: makes `take` return at once, now and later.

        """
        self._node = node
        self._take = take
        self._process = process
        self._wake = wake
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._thread.start()

    @property
    def closing(self) -> bool:
        """Whether it was told to end: what is being processed need not be published any more."""
        return self._closing

    def stop(self) -> None:
        """Ask the thread to end, without waiting for it."""
        self._closing = True
        self._wake()

    def close(self, patience: float = 1.0) -> None:
        """End the thread, and wait for that for so many seconds."""
        self.stop()
        self._thread.join(timeout=patience)

    def _run(self) -> None:
        try:
            while work := self._take():
                self._process(work)
        finally:
            if not self._closing:
                self._node.get_logger().fatal("the worker failed; the node ends, so that it can be started again")
                self._node.exit_code = 1
                self._node.ended.set()
