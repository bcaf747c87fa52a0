"""The newest item of each camera: no queue older than one frame."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

Item = TypeVar("Item")


class LatestImages(Generic[Item]):
    """A mailbox with one place a camera, filled by callbacks and emptied by one worker."""

    def __init__(self) -> None:
        """Start empty."""
        self._items: dict[str, Item] = {}
        self._changed = threading.Condition()
        self._closed = False
        self.dropped: dict[str, int] = {}

    def put(self, camera: str, item: Item) -> None:
        """Store a camera's item; one that nobody took is replaced, and counted in `dropped`."""
        with self._changed:
            if camera in self._items:
                self.dropped[camera] = self.dropped.get(camera, 0) + 1
            self._items[camera] = item
            self._changed.notify()

    def take_all(self) -> dict[str, Item]:
        """Wait until there is an item, then take what is there; empty once the mailbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed)
            items, self._items = self._items, {}
            return {} if self._closed else items

    def clear(self) -> None:
        """Forget what nobody has taken yet."""
        with self._changed:
            self._items = {}

    def close(self) -> None:
        """Let the worker go: take_all returns an empty dict from now on."""
        with self._changed:
            self._closed, self._items = True, {}
            self._changed.notify_all()
