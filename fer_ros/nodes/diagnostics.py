"""How the node is doing, for /diagnostics: rate, age of the results, drops, time of each stage."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
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

    def __len__(self) -> int:
        return len(self._values)

    def percentile(self, share: float) -> float:
        """Return 0 where there is no value."""
        while len(self._values) > 1 and self._values[0][0] < time.monotonic() - _WINDOW:
            self._values.popleft()
        return float(np.percentile([value for _, value in self._values], share)) if self._values else 0.0


@dataclass
class _Camera:
    """What is counted of one camera. steps_back: when its stamps went back, on the monotonic clock."""

    ages: _Recent = field(default_factory=_Recent)
    delays: _Recent = field(default_factory=_Recent)
    processed: int = 0
    last_processed: float = field(default_factory=time.monotonic)
    last_image: float = field(default_factory=time.monotonic)
    last_stamp: float = 0.0
    steps_back: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST))
    refused: Counter[str] = field(default_factory=Counter)


class Statistics:
    """Counts what the node does. Written by its worker and callbacks, read by its timer: every method locks."""

    def __init__(self, cameras: Iterable[str], warn_age: float, error_age: float) -> None:
        """Count for these cameras; ages in seconds from which the 95th percentile is a warning and an error."""
        self._lock = threading.Lock()
        self._cameras: dict[str, _Camera] = {}
        self._stages: dict[str, _Recent] = {}
        self._since = time.monotonic()
        self.limits = (warn_age, error_age)
        self.set_cameras(cameras)

    def set_cameras(self, cameras: Iterable[str]) -> None:
        """Count for these cameras from now on; the counts of those that stay go on."""
        with self._lock:
            self._cameras = {name: self._cameras.get(name) or _Camera() for name in cameras}

    def add_received(self, camera: str, stamp: float) -> None:
        """Count an image that arrived. stamp: seconds, the image's own."""
        with self._lock:
            entry, now = self._cameras[camera], time.monotonic()
            entry.last_image = now
            if stamp < entry.last_stamp:
                entry.steps_back.append(now)
            entry.last_stamp = stamp

    def add_refused(self, camera: str, kind: str) -> bool:
        """Count an image that could not be used; returns whether it is the first of its kind."""
        with self._lock:
            kinds = self._cameras[camera].refused
            # A sender that makes up ever new defects must fill neither the log nor the memory.
            key = kind[:_KIND_LENGTH] if kind[:_KIND_LENGTH] in kinds or len(kinds) < _KINDS else "other"
            kinds[key] += 1
            return kinds[key] == 1

    def add_processed(self, camera: str, age: float, delay: float | None) -> None:
        """Count an image whose results were published.

        Args:
            camera: its topic.
            age: seconds since the image was received.
            delay: seconds since the image's stamp, where clocks agree; None where there is no clock.

        """
        with self._lock:
            entry = self._cameras[camera]
            entry.processed += 1
            entry.last_processed = time.monotonic()
            entry.ages.add(age)
            if delay is not None:
                entry.delays.add(delay)

    def add_timings(self, timings: Mapping[str, float]) -> None:
        """Keep the seconds that each stage of one run took, for the images of all its cameras."""
        with self._lock:
            for name, value in timings.items():
                self._stages.setdefault(name, _Recent()).add(value)

    def silence(self, camera: str) -> float:
        """Return the seconds since the last image, or since the camera is known."""
        with self._lock:
            return time.monotonic() - self._cameras[camera].last_image

    def steps_back(self, camera: str) -> int:
        """Return how often a camera's stamps went back in the last ten seconds."""
        with self._lock:
            steps, now = self._cameras[camera].steps_back, time.monotonic()
            while steps and steps[0] < now - _WINDOW:
                steps.popleft()
            return len(steps)

    def message(
        self,
        node: str,
        stamp: Time,
        dropped: Mapping[str, int],
        values: Mapping[str, str],
        no_image_after: float,
        paused: bool = False,
        problems: Mapping[str, Sequence[str]] | None = None,
    ) -> DiagnosticArray:
        """Return a status for each camera, and start counting the rate anew.

        Args:
            node: its name.
            stamp: of the message.
            dropped: images by camera that were received and overtaken by a newer one.
            values: what else is worth publishing.
            no_image_after: seconds without a processed image from which on that is a warning.
            paused: whether silence is wanted.
            problems: what is wrong, by camera; each is a warning at least.

        """
        with self._lock:
            now = time.monotonic()
            passed, self._since = now - self._since, now
            silence = None if paused else no_image_after
            statuses = []
            for name, entry in self._cameras.items():
                level, text = _level(entry, self.limits, silence, (problems or {}).get(name, ()))
                status = DiagnosticStatus(name=f"{node}: {name}", hardware_id=name, level=level, message=text)
                counts = {**_values(entry, passed, dropped.get(name, 0)), **values, **self._timings()}
                status.values = [KeyValue(key=key, value=value) for key, value in counts.items()]
                statuses.append(status)
        message = DiagnosticArray(status=statuses)
        message.header.stamp = stamp
        return message

    def _timings(self) -> dict[str, str]:
        return {
            f"{name}_p{share}_ms": f"{1e3 * times.percentile(share):.2f}"
            for name, times in self._stages.items()
            for share in (50, 95)
        }


def _level(
    entry: _Camera, limits: tuple[float, float], silence: float | None, problems: Sequence[str]
) -> tuple[bytes, str]:
    """Return how bad it is and why: the age of the results, silence, and what else is wrong."""
    level, texts = DiagnosticStatus.OK, list(problems)
    age, idle = entry.ages.percentile(95), time.monotonic() - entry.last_processed
    warn, error = limits
    if silence is None:
        texts.insert(0, "paused")
    elif idle >= silence:
        level = DiagnosticStatus.WARN
        texts.append(f"no image was processed for {idle:.1f} s")
    elif age > warn:
        level = DiagnosticStatus.ERROR if age > error else DiagnosticStatus.WARN
        texts.append(f"results are {age:.3f} s old")
    return max(level, DiagnosticStatus.WARN if problems else DiagnosticStatus.OK), "; ".join(texts) or "running"


def _values(entry: _Camera, passed: float, dropped: int) -> dict[str, str]:
    """Return a camera's counts, and start counting its rate anew."""
    rate, entry.processed = entry.processed / passed if passed > 0 else 0.0, 0
    return {
        "rate_hz": f"{rate:.1f}",
        "age_p50_ms": f"{1e3 * entry.ages.percentile(50):.1f}",
        "age_p95_ms": f"{1e3 * entry.ages.percentile(95):.1f}",
        "stamp_delay_p50_ms": f"{1e3 * entry.delays.percentile(50):.1f}" if entry.delays else "unknown",
        "stamp_delay_p95_ms": f"{1e3 * entry.delays.percentile(95):.1f}" if entry.delays else "unknown",
        "dropped": str(dropped),
        "refused": ", ".join(f"{kind}: {count}" for kind, count in entry.refused.items()) or "0",
    }
