"""What a result must say of its making: machine, versions, date."""

from __future__ import annotations

import datetime
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def describe() -> dict[str, str]:
    """Return machine, cores, how busy they were, versions and date as text."""
    # With the time of day: a plot may join results of one day.
    date = datetime.datetime.now().isoformat(" ", "minutes")
    facts = {"date": date, "cpu": _cpu(), "cores": str(os.cpu_count())}
    # Times of a machine that does other things too count as ratios only.
    facts["load before"] = f"{os.getloadavg()[0]:.1f}"
    facts["python"] = platform.python_version()
    for package in ("opencv-python-headless", "numpy", "ai-edge-litert", "tensorflow"):
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "not installed"
    return facts


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()
