"""What made a run: the state of the code, versions and devices of each start and resume."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

ENVIRONMENT = "environment.json"
# What of the repository decides on a run's weights, seen from fer_training.
_CODE = (".", "../fer_ros/core")
_PACKAGES = ("tensorflow", "keras", "numpy", "opencv-python-headless", "scikit-learn", "scipy", "ai-edge-litert")


def code_of(folder: Path) -> list[dict[str, Any] | None]:
    """Return the git state of each start and resume of a run, those that differ; empty for a run without records."""
    states: list[dict[str, Any] | None] = []
    for entry in environments(folder):
        if entry["git"] not in states:
            states.append(entry["git"])
    return states


def environment() -> dict[str, Any]:
    """Return the state of the repository, the versions in use and the devices."""
    return {
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "git": git_state(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "devices": [f"{d.device_type} {d.name}" for d in tf.config.list_logical_devices()],
        "precision": keras.config.dtype_policy().name,
    }


def git_state() -> dict[str, Any] | None:
    """Return commit and cleanness of the repository that this code stands in, or None outside of one."""
    here = Path(__file__).resolve().parents[1]

    def git(*arguments: str) -> str:
        run = subprocess.run(["git", "-C", str(here), *arguments], capture_output=True, text=True, check=True)
        return run.stdout.strip()

    try:
        return {"commit": git("rev-parse", "HEAD"), "clean": not git("status", "--porcelain", "--", *_CODE)}
    except (OSError, subprocess.CalledProcessError):
        return None


def environments(folder: Path) -> list[dict[str, Any]]:
    """Return what is recorded of each start and resume of a run; empty for a run without records."""
    path = Path(folder) / ENVIRONMENT
    entries = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    # Runs of version 0.3.0 hold only their last start.
    return entries if isinstance(entries, list) else [entries]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
