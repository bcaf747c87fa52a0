"""A process under test: its output is collected, and it can be stopped, continued, killed and measured."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from reliability import ROOT


class Process:
    """Runs a command; `lines` is what it has said so far, `times` when, `began` when it started (monotonic seconds)."""

    def __init__(self, *command: str, env: Mapping[str, str] | None = None) -> None:
        """Start it, in a process group of its own so that what it starts ends with it."""
        self.lines: list[str] = []
        self.times: list[float] = []
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(env or {})},
            start_new_session=True,
        )
        self.pid = self.process.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.times.append(time.monotonic())
            self.lines.append(line.rstrip())

    @property
    def output(self) -> str:
        """Everything it has said so far."""
        return "\n".join(self.lines)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    @property
    def memory(self) -> float:
        """Private memory, MB (a million bytes): a camera's shared segment of 32 MiB is not the node's own."""
        return private_memory(self.pid)

    def says(self, text: str, seconds: float = 60.0, count: int = 1) -> bool:
        """Wait until a text is in its output so many times; returns whether it is."""
        return wait_for(lambda: self.output.count(text) >= count or not self.alive, seconds) and (
            wait_for(lambda: self.output.count(text) >= count, 0.5)
        )

    def forget(self) -> None:
        """Drop what it has said so far, all but the last lines."""
        del self.lines[:-10], self.times[:-10]

    def tell(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def send(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def ended(self, seconds: float = 10.0) -> int | None:
        """Wait for its end, and for the last of its output; returns the exit code, or None if it still runs."""
        try:
            code = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(timeout=2)
        return code

    def stop(self, number: int = signal.SIGINT) -> tuple[int, float]:
        """Ask it to end, and end it with all that it started if it does not; returns the exit code and the seconds."""
        began = time.monotonic()
        if self.alive:
            # Asked first, so that a stopped process finds the request when it goes on.
            self.send(number)
            self.send(signal.SIGCONT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        code = self.process.wait()
        passed = time.monotonic() - began
        self._reader.join(timeout=2)
        return code, passed

    def __enter__(self) -> Process:
        """Nothing more to do: it runs from the start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None):
        """Stop it."""
        self.stop()


def private_memory(pid: int) -> float:
    """Return the anonymous resident memory of a process, MB. Raises FileNotFoundError for one that is gone."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    # A process that has ended and was not waited for has no such field.
    return int(fields.get("RssAnon", "0 kB").split()[0]) * 1024 / 1e6


def ros(executable: str, *words: str, env: Mapping[str, str] | None = None, **parameters: object) -> Process:
    """Start one of the package's executables; `a__b=1` is the parameter a.b."""
    values = [w for name, value in parameters.items() for w in ("-p", f"{name.replace('__', '.')}:={value}")]
    arguments = ["--ros-args", *values, *words] if values or words else []
    return Process(sys.executable, str(ROOT / "scripts" / executable), *arguments, env=env)


def module(name: str, *words: str, env: Mapping[str, str] | None = None) -> Process:
    """Start a module of this package; what it prints comes at once."""
    return Process(sys.executable, "-u", "-m", f"reliability.{name}", *words, env=env)


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    """Poll until a condition holds; returns whether it did within so many seconds.

    They are many because they are no requirement: a slow machine may take them, and only a failure uses them up.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return bool(condition())
