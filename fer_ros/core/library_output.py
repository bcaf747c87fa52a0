"""What libraries print on the error output by themselves, taken out of it: nobody could act on it, or we tell it."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_STDERR = 2
# What the drivers of NVIDIA, its Jetsons and AMD make, and Windows' way to both.
_GPU_DEVICES = ("/dev/nvidiactl", "/dev/nvidia0", "/dev/nvhost-gpu", "/dev/kfd", "/dev/dxg")
# The start of TensorFlow: what its parts found, and, where there is no GPU, that none of its drivers could be used.
_NEWS = re.compile(
    rb"WARNING: All log messages before absl|[IW]\d{4} \d\d:|\d{4}-\d\d-\d\d [\d:.]+: [IW] |"
    rb"To enable the following instructions: "
)
_NO_GPU = re.compile(rb"(E\d{4} \d\d:|\d{4}-\d\d-\d\d [\d:.]+: E ).*(cuda|cudnn|cublas|cufft|rocm|hip)", re.IGNORECASE)

_one_at_a_time = threading.RLock()


@contextmanager
def lines_taken_out(taken: Callable[[bytes], object]) -> Iterator[list[str]]:
    """Hold back the error output of the whole process, and pass on what others wrote when the block ends.

    Args:
        taken: says of a line, as bytes, whether it is taken out.

    Yields:
        A list that holds the lines which were taken out once the block has ended.

    """
    lines: list[str] = []
    with _one_at_a_time:
        try:
            before = os.dup(_STDERR)
        except OSError:  # closed, as a daemon may have it: nothing can be printed then
            yield lines
            return
        held = os.memfd_create("stderr")
        try:
            os.dup2(held, _STDERR)
            try:
                yield lines
            finally:
                os.dup2(before, _STDERR)
                _sort(held, before, taken, lines)
        finally:
            os.close(held)
            os.close(before)


def _sort(held: int, before: int, taken: Callable[[bytes], object], lines: list[str]) -> None:
    size = os.lseek(held, 0, os.SEEK_END)
    if not size:
        return
    for line in os.pread(held, size, 0).splitlines(keepends=True):
        if taken(line):
            lines.append(line.decode("utf-8", "replace").strip())
        else:
            os.write(before, line)


@contextmanager
def quiet_litert() -> Iterator[None]:
    """Keep LiteRT from telling that it found its own XNNPACK, as it does with the first model of a process."""
    with lines_taken_out(lambda line: line.startswith(b"INFO: ")):
        yield


def has_gpu_device() -> bool:
    """Return whether the machine has a device that a GPU's driver made; TensorFlow itself is not asked."""
    return any(Path(device).exists() for device in _GPU_DEVICES)


@contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Keep TensorFlow's start quiet, also about the GPU that a machine does not have; other errors are passed on."""
    gpu = has_gpu_device()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2" if gpu else "3")
    with lines_taken_out(lambda line: _NEWS.match(line) or (not gpu and _NO_GPU.match(line))):
        yield
