"""TensorFlow, loaded without what it prints while it starts, which nobody could act on."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STDERR = 2
# What the drivers of NVIDIA and AMD make, and Windows' way to both.
_GPU_DEVICES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/kfd", "/dev/dxg")
_NOISE = re.compile(
    rb"WARNING: All log messages before absl|[IW]\d{4} \d\d:\d\d:|\d{4}-\d\d-\d\d .*: [IW] |"
    rb"To enable the following instructions: "
)
_SEARCH = re.compile(rb"(E\d{4} \d\d:\d\d:|\d{4}-\d\d-\d\d .*: E ).*(cuda|cudnn|cublas|cufft|rocm|hip)", re.IGNORECASE)


def has_gpu() -> bool:
    """Return whether the machine has a device that a driver of a GPU made."""
    return any(Path(device).exists() for device in _GPU_DEVICES)


def import_tensorflow() -> None:
    """Import TensorFlow and let it look for GPUs; what it prints meanwhile is left out, errors of a GPU are not.

    Raises ModuleNotFoundError where it is not installed.
    """
    with _without_noise():
        import tensorflow as tf

        tf.config.list_physical_devices()


@contextmanager
def _without_noise() -> Iterator[None]:
    try:
        before = os.dup(_STDERR)
    except OSError:  # closed, as a daemon may have it
        yield
        return
    held = os.memfd_create("stderr")
    try:
        os.dup2(held, _STDERR)
        try:
            yield
        finally:
            os.dup2(before, _STDERR)
            text = os.pread(held, os.lseek(held, 0, os.SEEK_END), 0)
            os.write(before, b"".join(line for line in text.splitlines(keepends=True) if not _is_noise(line)))
    finally:
        os.close(held)
        os.close(before)


def _is_noise(line: bytes) -> bool:
    return bool(_NOISE.match(line)) or (not has_gpu() and bool(_SEARCH.match(line)))
