"""How the node is doing, for /diagnostics: rate, age of the answers, drops, time of each stage."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

_WINDOW, _MOST = 10.0, 1000  # seconds that percentiles are taken over, and values at most

_KINDS, _KIND_LENGTH = 20, 60  # kinds of defects that are told apart, and the characters kept of each


class _Recent:
    """The values of the last seconds; the newest one stays until there is another."""

    def __init__(self) -> None:
        self._values: deque[tuple[float, float]] = deque(maxlen=_MOST)

    def add(self, value: float) -> None:
        self._values.append((time.monotonic(), value))

    def percentile(self, share: float) -> float:
        """Return 0 where there is no value."""
        while len(self._values) > 1 and self._values[0][0] < time.monotonic() - _WINDOW:
            self._values.popleft()
        return float(np.percentile([value for _, value in self._values], share)) if self._values else 0.0


@dataclass
class _Camera:
    ages: _Recent = field(default_factory=_Recent)
    delays: _Recent = field(default_factory=_Recent)
    answered: int = 0
    last_answer: float = field(default_factory=time.monotonic)
    last_image: float = field(default_factory=time.monotonic)
    refused: Counter[str] = field(default_factory=Counter)


class Statistics:
    """Counts what the node does. Written by its worker and callbacks, read by its timer: every method locks."""

    def __init__(self, cameras: list[str], warn_age: float, error_age: float) -> None:
        """Watch these cameras; ages in seconds from which the 95th percentile is a warning and an error."""
        self._lock = threading.Lock()
        self._cameras: dict[str, _Camera] = {}
        self._stages: dict[str, _Recent] = {}
        self._since = time.monotonic()
        self.limits = (warn_age, error_age)
        self.watch(cameras)

    def watch(self, cameras: Iterable[str]) -> None:
        """Watch these cameras from now on; those that stay are counted on."""
        with self._lock:
            self._cameras = {name: self._cameras.get(name) or _Camera() for name in cameras}

    def received(self, camera: str) -> None:
        """Note that an image arrived."""
        with self._lock:
            self._cameras[camera].last_image = time.monotonic()

    def refused(self, camera: str, kind: str) -> bool:
        """Note an image that could not be used; returns whether it is the first of its kind."""
        with self._lock:
            kinds = self._cameras[camera].refused
            # A sender that makes up ever new defects must fill neither the log nor the memory.
            key = kind[:_KIND_LENGTH] if kind[:_KIND_LENGTH] in kinds or len(kinds) < _KINDS else "other"
            kinds[key] += 1
            return kinds[key] == 1

    def answered(self, camera: str, age: float, delay: float) -> None:
        """Note an answer. age: seconds since receipt.  delay: seconds since the image's stamp, where clocks agree."""
        with self._lock:
            entry = self._cameras[camera]
            entry.answered += 1
            entry.last_answer = time.monotonic()
            entry.ages.add(age)
            entry.delays.add(delay)

    def staged(self, timings: dict[str, float]) -> None:
        """Note the seconds that each stage of one run took, for the images of all cameras that it answered."""
        with self._lock:
            for name, value in timings.items():
                self._stages.setdefault(name, _Recent()).add(value)

    def silent(self, camera: str) -> float:
        """Return the seconds since the last image, or since the camera is watched."""
        with self._lock:
            return time.monotonic() - self._cameras[camera].last_image

    def message(
        self,
        node: str,
        stamp: Time,
        dropped: Mapping[str, int],
        facts: Mapping[str, str],
        no_image_after: float,
        paused: bool = False,
    ) -> DiagnosticArray:
        """Return a status for each camera, and start counting the rate anew.

        dropped: images by camera that were received and overtaken by a newer one.  facts: what else is worth telling.
        no_image_after: seconds without an answer from which on a camera is not answering.
        """
        with self._lock:
            now = time.monotonic()
            passed, self._since = now - self._since, now
            silence = None if paused else no_image_after
            statuses = [
                self._status(f"{node}: {name}", name, entry, passed, dropped.get(name, 0), facts, silence)
                for name, entry in self._cameras.items()
            ]
        message = DiagnosticArray(status=statuses)
        message.header.stamp = stamp
        return message

    def _status(
        self,
        title: str,
        camera: str,
        entry: _Camera,
        passed: float,
        dropped: int,
        facts: Mapping[str, str],
        silence: float | None,
    ) -> DiagnosticStatus:
        status = DiagnosticStatus(name=title, hardware_id=camera, level=DiagnosticStatus.OK, message="answering")
        age = entry.ages.percentile(95)
        idle = time.monotonic() - entry.last_answer
        warn, error = self.limits
        if silence is None:
            status.message = "paused"
        elif idle >= silence:
            status.level, status.message = DiagnosticStatus.WARN, f"no image was answered for {idle:.1f} s"
        elif age > error:
            status.level, status.message = DiagnosticStatus.ERROR, f"answers are {age:.3f} s old"
        elif age > warn:
            status.level, status.message = DiagnosticStatus.WARN, f"answers are {age:.3f} s old"
        values = {
            "rate_hz": f"{entry.answered / passed:.1f}" if passed > 0 else "0",
            "age_p50_ms": f"{1e3 * entry.ages.percentile(50):.1f}",
            "age_p95_ms": f"{1e3 * age:.1f}",
            "stamp_delay_p50_ms": f"{1e3 * entry.delays.percentile(50):.1f}",
            "stamp_delay_p95_ms": f"{1e3 * entry.delays.percentile(95):.1f}",
            "dropped": str(dropped),
            "refused": ", ".join(f"{kind}: {count}" for kind, count in entry.refused.items()) or "0",
            **facts,
        }
        for name, times in self._stages.items():
            values[f"{name}_p50_ms"] = f"{1e3 * times.percentile(50):.2f}"
            values[f"{name}_p95_ms"] = f"{1e3 * times.percentile(95):.2f}"
        entry.answered = 0
        status.values = [KeyValue(key=key, value=value) for key, value in values.items()]
        return status
