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

_WINDOW = 300  # answers that percentiles are taken over: ten seconds at 30 images a second

_KINDS, _KIND_LENGTH = 20, 60  # kinds of defects that are told apart, and the characters kept of each


@dataclass
class _Camera:
    ages: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    delays: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    answered: int = 0
    last_image: float = field(default_factory=time.monotonic)
    refused: Counter[str] = field(default_factory=Counter)


class Statistics:
    """Counts what the node does. Written by its worker and callbacks, read by its timer: every method locks."""

    def __init__(self, cameras: list[str], warn_age: float, error_age: float) -> None:
        """Watch these cameras; ages in seconds from which the 95th percentile is a warning and an error."""
        self._lock = threading.Lock()
        self._cameras: dict[str, _Camera] = {}
        self._stages: dict[str, deque[float]] = {}
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
            entry.ages.append(age)
            entry.delays.append(delay)

    def staged(self, timings: dict[str, float]) -> None:
        """Note the seconds that each stage of one run took."""
        with self._lock:
            for name, value in timings.items():
                self._stages.setdefault(name, deque(maxlen=_WINDOW)).append(value)

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
        paused: bool = False,
    ) -> DiagnosticArray:
        """Return a status for each camera, and start counting the rate anew.

        dropped: images by camera that were never answered.  facts: what else is worth telling, by name.
        """
        with self._lock:
            now = time.monotonic()
            passed, self._since = now - self._since, now
            statuses = [
                self._status(f"{node}: {name}", name, entry, passed, dropped.get(name, 0), facts, paused)
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
        paused: bool,
    ) -> DiagnosticStatus:
        status = DiagnosticStatus(name=title, hardware_id=camera, level=DiagnosticStatus.OK, message="answering")
        age = _percentile(entry.ages, 95)
        warn, error = self.limits
        if paused:
            status.message = "paused"
        elif not entry.answered:
            status.level, status.message = DiagnosticStatus.WARN, "no image was answered in the last period"
        elif age > error:
            status.level, status.message = DiagnosticStatus.ERROR, f"answers are {age:.3f} s old"
        elif age > warn:
            status.level, status.message = DiagnosticStatus.WARN, f"answers are {age:.3f} s old"
        values = {
            "rate_hz": f"{entry.answered / passed:.1f}" if passed > 0 else "0",
            "age_p50_ms": f"{1e3 * _percentile(entry.ages, 50):.1f}",
            "age_p95_ms": f"{1e3 * age:.1f}",
            "stamp_delay_p50_ms": f"{1e3 * _percentile(entry.delays, 50):.1f}",
            "stamp_delay_p95_ms": f"{1e3 * _percentile(entry.delays, 95):.1f}",
            "dropped": str(dropped),
            "refused": ", ".join(f"{kind}: {count}" for kind, count in entry.refused.items()) or "0",
            **facts,
        }
        for name, times in self._stages.items():
            values[f"{name}_p50_ms"] = f"{1e3 * _percentile(times, 50):.2f}"
            values[f"{name}_p95_ms"] = f"{1e3 * _percentile(times, 95):.2f}"
        entry.answered = 0
        status.values = [KeyValue(key=key, value=value) for key, value in values.items()]
        return status


def _percentile(values: deque[float], share: float) -> float:
    return float(np.percentile(list(values), share)) if values else 0.0
