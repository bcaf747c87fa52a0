"""What a process uses, read from /proc: CPU time and memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Use:
    """cpu: seconds used on all cores since the start.  memory: resident, MB (a million bytes)."""

    cpu: float
    memory: float


def use_of(pid: int) -> Use:
    """Return what a process uses. Raises FileNotFoundError for a process that is gone."""
    # The name of the program, in brackets, may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return Use((int(fields[11]) + int(fields[12])) / _TICKS, int(fields[21]) * _PAGE / 1e6)
