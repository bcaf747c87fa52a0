"""The folder of one run: what was asked, on what data and machine, and what came of it.

config.yaml, data.json, environment.json: the stage's config; names of training and validation samples, and where the
weights began; git state, versions and devices of each start and resume.  run.log: what happened, with times.
history.csv, curves.png, tensorboard/: one row per look at the validation set.  best.weights.h5, last.weights.h5,
checkpoints/: the weights.  answers.npz: what the best and the last step answered on the validation set.
metrics.json, result.json: how good that is.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import json
import logging
import platform
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
import yaml

from fer_training.data.crops import Crops
from fer_training.evaluation.metrics import measure
from fer_training.evaluation.plots import save_curves
from fer_training.training.config import StageConfig, from_dict, to_dict

BEST = "best.weights.h5"
LAST = "last.weights.h5"
CONFIG = "config.yaml"
DATA = "data.json"
ENVIRONMENT = "environment.json"
HISTORY = "history.csv"
ANSWERS = "answers.npz"
METRICS = "metrics.json"
RESULT = "result.json"
LOG = "run.log"
# What of the repository decides on a run's weights, seen from here.
_CODE = (".", "../fer_ros/core")
_PACKAGES = ("tensorflow", "keras", "numpy", "opencv-python-headless", "scikit-learn", "scipy", "ai-edge-litert")


@dataclass(frozen=True, eq=False)
class Answers:
    """What a run answered on its N validation faces: (N, K) probabilities of the best and of the last step.

    names: (N,) of the samples.  targets: (N,) label indices.
    """

    names: npt.NDArray[np.str_]
    targets: npt.NDArray[np.int64]
    labels: tuple[str, ...]
    best: npt.NDArray[np.float32]
    last: npt.NDArray[np.float32]

    @classmethod
    def load(cls, folder: Path) -> Answers:
        """Read the answers of a finished run. Raises FileNotFoundError where there are none."""
        with np.load(Path(folder) / ANSWERS) as file:
            labels = tuple(str(name) for name in file["labels"])
            return cls(file["names"], file["targets"], labels, file["best"], file["last"])


class RunFolder:
    """Reads and writes the files of one run."""

    def __init__(self, path: Path) -> None:
        """Remember the folder; nothing is written yet."""
        self.path = Path(path)
        self.checkpoints = self.path / "checkpoints"
        self._board: tf.summary.SummaryWriter | None = None

    def claim(self, config: StageConfig, train: Crops, validation: Crops, source: dict[str, Any]) -> None:
        """Start a new run here, or make sure that the one found here is the same one.

        source: which data set the faces come from, and `start` and `teachers` of the run, for data.json.
        Raises ValueError if the folder holds a run of another config, other data, or another origin.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        path = self.path / CONFIG
        if path.exists() and read_run_config(self.path) != config:
            raise ValueError(f"{path}: expected the config of this run, got another one; use a new folder")
        if not path.exists():
            write_atomically(path, yaml.safe_dump(to_dict(config), sort_keys=False))
        self._claim_data(train, validation, source)
        if not (self.path / RESULT).exists():
            self._note_environment()

    def _claim_data(self, train: Crops, validation: Crops, source: dict[str, Any]) -> None:
        digests = {"train_digest": train.digest, "validation_digest": validation.digest}
        if train.votes is not None:
            digests["votes_digest"] = hashlib.sha256(train.votes.tobytes()).hexdigest()
        path = self.path / DATA
        if path.exists():
            found = json.loads(path.read_text(encoding="utf-8"))
            if {name: found.get(name, digest) for name, digest in digests.items()} != digests:
                raise ValueError(f"{path}: expected the faces that this run began with, got others; use a new folder")
            for name, before in _origin(found).items():
                if source.get(name, before) != before:
                    raise ValueError(f"{path}: expected the {name} {before} of this run, got {source[name]}")
            return
        manifest = {
            **source,
            "labels": list(train.labels),
            **digests,
            "validation": list(validation.names),
            "train": list(train.names),
        }
        write_atomically(path, json.dumps(manifest, indent=0) + "\n")

    def _note_environment(self) -> None:
        """Add this start or resume to the ones before it: a run may go on with other code on another machine."""
        entries = [*_environments(self.path), environment()]
        write_atomically(self.path / ENVIRONMENT, json.dumps(entries, indent=1) + "\n")

    def logger(self) -> logging.Logger:
        """Return a logger that appends to run.log."""
        log = logging.getLogger(f"fer_training.{self.path.resolve()}")
        log.setLevel(logging.INFO)
        log.propagate = False
        if not log.handlers:
            handler = logging.FileHandler(self.path / LOG, encoding="utf-8")
            handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
            log.addHandler(handler)
        return log

    def add(self, row: dict[str, float]) -> None:
        """Append one evaluation to the history and to TensorBoard."""
        path = self.path / HISTORY
        new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, row.keys())
            if new:
                writer.writeheader()
            writer.writerow(row)
        if self._board is None:
            self._board = tf.summary.create_file_writer(str(self.path / "tensorboard"))
        with self._board.as_default():
            for name, value in row.items():
                if name != "step":
                    tf.summary.scalar(name.replace("_", "/", 1), value, step=int(row["step"]))
        self._board.flush()

    def forget_after(self, step: int) -> None:
        """Drop history written after the checkpoint that the run resumes from."""
        path = self.path / HISTORY
        if not path.exists():
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines[1:] if line.endswith("\n") and int(line.split(",")[0]) <= step]
        if kept:
            write_atomically(path, "".join([lines[0], *kept]))
        else:
            path.unlink()

    def save_weights(self, network: keras.Model, name: str) -> None:
        """Write a network's weights; a run that is killed meanwhile leaves the former file whole."""
        temporary = self.path / f"unfinished.{name}"
        network.save_weights(temporary)
        temporary.replace(self.path / name)

    def finish(self, result: dict[str, Any], answers: Answers) -> None:
        """Write what the run came to: answers, metrics and curves, and last of all the result."""
        np.savez_compressed(self.path / ANSWERS, **dataclasses.asdict(answers))
        metrics = {
            "best": measure(answers.targets, answers.best, answers.labels).to_dict(),
            "last": measure(answers.targets, answers.last, answers.labels).to_dict(),
        }
        write_atomically(self.path / METRICS, json.dumps(metrics, indent=1) + "\n")
        save_curves(self.path / HISTORY, self.path / "curves.png")
        write_atomically(self.path / RESULT, json.dumps(result, indent=1) + "\n")
        log = self.logger()
        for handler in list(log.handlers):
            log.removeHandler(handler)
            handler.close()


def read_run_config(folder: Path) -> StageConfig:
    """Return the config of a run. Raises FileNotFoundError if the folder holds none."""
    path = Path(folder) / CONFIG
    if not path.is_file():
        raise FileNotFoundError(f"expected a run folder with {CONFIG}, got {folder}")
    return from_dict(StageConfig, yaml.safe_load(path.read_text(encoding="utf-8")))


def origin_of(folder: Path) -> dict[str, Any]:
    """Return what a run started from and who taught it, as far as its records say; empty for a run without any."""
    path = Path(folder) / DATA
    return _origin(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _origin(manifest: dict[str, Any]) -> dict[str, Any]:
    return {name: manifest[name] for name in ("start", "teachers") if name in manifest}


def code_of(folder: Path) -> list[dict[str, Any] | None]:
    """Return the git state of each start and resume of a run, those that differ; empty for a run without records."""
    states: list[dict[str, Any] | None] = []
    for entry in _environments(folder):
        if entry["git"] not in states:
            states.append(entry["git"])
    return states


def _environments(folder: Path) -> list[dict[str, Any]]:
    path = Path(folder) / ENVIRONMENT
    entries = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    # Runs of version 0.3.0 hold only their last start.
    return entries if isinstance(entries, list) else [entries]


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that it is whole or not there."""
    temporary = path.with_name(f"unfinished.{path.name}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


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


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
