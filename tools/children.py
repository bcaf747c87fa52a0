"""Processes that end with the one that started them, whichever way that ends."""

from __future__ import annotations

import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PATIENCE = 5.0  # seconds to end in after being asked to
_libc = ctypes.CDLL(None, use_errno=True)


def end_with_parent() -> None:
    """Have the kernel send SIGTERM to this process when its parent ends, also when that is killed."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Children:
    """Processes in sessions of their own: a Ctrl-C reaches them through the one who holds them, in order."""

    def __init__(self) -> None:
        """Hold none yet."""
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start one by the environment's Python."""
        parent = os.getpid()

        def before() -> None:
            end_with_parent()
            if os.getppid() != parent:  # which ended in between
                os._exit(1)

        process = subprocess.Popen(
            [sys.executable, *command], stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=before
        )
        self._running.append(process)
        return process

    def stop(self, *processes: subprocess.Popen[bytes] | None) -> None:
        """Ask processes to end, one after the other, and make them if they do not."""
        for process in processes:
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGINT)
                try:
                    process.wait(_PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def stop_all(self) -> None:
        """End those that still run, all at the same time."""
        for number in (signal.SIGINT, signal.SIGKILL):
            for process in self._running:
                if process.poll() is None:
                    process.send_signal(number)
            end = time.monotonic() + _PATIENCE
            while time.monotonic() < end and any(process.poll() is None for process in self._running):
                time.sleep(0.02)


def first_to_end(
    processes: Sequence[subprocess.Popen[bytes]], stopped: Sequence[int], seconds: float = math.inf
) -> subprocess.Popen[bytes] | None:
    """Wait until one of some processes ends, and return it; None once `stopped` holds something, or after a time."""
    end = time.monotonic() + seconds
    while not stopped and time.monotonic() < end:
        for process in processes:
            if process.poll() is not None:
                return process
        time.sleep(0.05)
    return None
