"""What is wrong for the time being: logged when it begins, and known for as long as it holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable


class Problems:
    """The problems of a node's topics. Every method locks: callbacks, timers and the worker may use it."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        """Start without a problem.

        Args:
            warn: logs a line, such as a logger's `warning`.

        """
        self._warn = warn
        self._lock = threading.Lock()
        self._found: dict[str, dict[str, str]] = {}

    def update(self, topic: str, kind: str, text: str) -> None:
        """Say whether something is wrong now.

        Args:
            topic: the topic that it is about, '' for the whole node.
            kind: what is checked: there is one text of each kind.
            text: what is wrong and what to do; '' if nothing is.

        """
        with self._lock:
            found = self._found.setdefault(topic, {})
            begins = bool(text) and kind not in found
            if text:
                found[kind] = text
            else:
                found.pop(kind, None)
        if begins:
            self._warn(f"{topic}: {text}" if topic else text)

    def of(self, topic: str) -> list[str]:
        """Return what is wrong with a topic, and with the whole node."""
        with self._lock:
            return [*self._found.get("", {}).values(), *self._found.get(topic, {}).values()]

    def keep(self, topics: Iterable[str]) -> None:
        """Forget what is about other topics."""
        with self._lock:
            self._found = {topic: self._found[topic] for topic in ("", *topics) if topic in self._found}
