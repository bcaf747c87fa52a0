"""The folder of one run: what was asked, on what data and machine, and what came of it.

config.yaml, data.json, environment.json: the stage's config; names of training and validation samples, and the initial
weights; git state, versions and devices of each start and resume.  run.log: what happened, with times.
history.csv, curves.png, tensorboard/: one row per evaluation.  best.weights.h5, last.weights.h5, checkpoints/: the
weights.  predictions.npz: what the best and the last step predict for the validation faces.
metrics.json, result.json: how good that is.
"""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import yaml

from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset, DatasetError
from fer_training.data.face_cropping import BoxCache, find_faces
from fer_training.data.fer2013_crops import stage1_crops
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.data.summary import describe
from fer_training.evaluation.metrics import measure
from fer_training.evaluation.plots import save_curves
from fer_training.evaluation.predictions import Predictions
from fer_training.legacy import lost_options, translate_config, translate_data
from fer_training.training.config import StageConfig, from_dict, to_dict
from fer_training.training.provenance import ENVIRONMENT, environment, environments

BEST = "best.weights.h5"
LAST = "last.weights.h5"
CONFIG = "config.yaml"
DATA = "data.json"
HISTORY = "history.csv"
METRICS = "metrics.json"
RESULT = "result.json"
LOG = "run.log"


class RunFolder:
    """Reads and writes the files of one run."""

    def __init__(self, path: Path) -> None:
        """Remember the folder; nothing is written yet."""
        self.path = Path(path)
        self.checkpoints = self.path / "checkpoints"
        self._board: tf.summary.SummaryWriter | None = None

    def claim(self, config: StageConfig, train: Crops, validation: Crops, source: dict[str, Any]) -> None:
        """Start a new run here, or make sure that the one found here is the same one.

        Args:
            config: of the stage.
            train: the training faces.
            validation: the validation faces.
            source: which data set the faces come from, and `initial_weights` and `teachers` of the run, for data.json.

        Raises:
            ValueError: the folder holds a run of another config, other data, or another origin.

        """
        self.check_config(config)
        self.path.mkdir(parents=True, exist_ok=True)
        path = self.path / CONFIG
        if not path.exists():
            write_atomically(path, yaml.safe_dump(to_dict(config), sort_keys=False))
        self._claim_data(train, validation, source)
        if not (self.path / RESULT).exists():
            entries = [*environments(self.path), environment()]
            write_atomically(self.path / ENVIRONMENT, json.dumps(entries, indent=1) + "\n")

    def check_config(self, config: StageConfig) -> None:
        """Make sure that a run found here has this config; nothing is written.

        Raises:
            ValueError: it has another one.

        """
        path = self.path / CONFIG
        if not path.exists():
            return
        lost = lost_options(_config_values(path))
        if lost or read_run_config(self.path) != config:
            got = f"one of version 0.4 with {lost[0]}, which is gone" if lost else "another one"
            raise ValueError(f"{path}: expected the config of this run, got {got}; use a new folder")

    def _claim_data(self, train: Crops, validation: Crops, source: dict[str, Any]) -> None:
        digests = {"train_digest": train.digest, "validation_digest": validation.digest}
        if train.votes is not None:
            digests["votes_digest"] = hashlib.sha256(train.votes.tobytes()).hexdigest()
        path = self.path / DATA
        if path.exists():
            found = _read_data(path)
            if {name: found.get(name, digest) for name, digest in digests.items()} != digests:
                raise ValueError(f"{path}: expected the faces that this run began with, got others; use a new folder")
            for name, before in _origin(found).items():
                if not _same_origin(source.get(name, before), before):
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

    def finish(self, result: dict[str, Any], predictions: Predictions) -> None:
        """Write what the run came to: predictions, metrics and curves, and last of all the result."""
        predictions.save(self.path)
        metrics = {
            step: measure(predictions.targets, probabilities, predictions.labels).to_dict()
            for step, probabilities in (("best", predictions.best), ("last", predictions.last))
        }
        write_atomically(self.path / METRICS, json.dumps(metrics, indent=1) + "\n")
        save_curves(self.path / HISTORY, self.path / "curves.png")
        write_atomically(self.path / RESULT, json.dumps(result, indent=1) + "\n")
        log = self.logger()
        for handler in list(log.handlers):
            log.removeHandler(handler)
            handler.close()


def read_run_config(folder: Path) -> StageConfig:
    """Return the config of a run, one of version 0.4 as well.

    Raises:
        FileNotFoundError: the folder holds none.
        ValueError: it is no config of a stage; the message names the file.

    """
    path = Path(folder) / CONFIG
    if not path.is_file():
        raise FileNotFoundError(f"expected a run folder with {CONFIG}, got {folder}")
    values = _config_values(path)
    for option in lost_options(values):
        print(f"note: {path}: {option} was asked for by version 0.4, and is left out here", file=sys.stderr)
    try:
        return from_dict(StageConfig, translate_config(values))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def origin_of(folder: Path) -> dict[str, Any]:
    """Return a run's initial weights and teachers, as far as its records say; empty for a run without any."""
    path = Path(folder) / DATA
    return _origin(_read_data(path)) if path.is_file() else {}


def labels_of(folder: Path) -> tuple[str, ...]:
    """Return what a run tells apart. Raises FileNotFoundError for a run that has neither records nor predictions."""
    path = Path(folder) / DATA
    labels = _read_data(path).get("labels") if path.is_file() else None
    return Predictions.load(folder).labels if labels is None else tuple(labels)


def crops_of_run(folder: Path, config: StageConfig, path: Path) -> tuple[Crops, Crops]:
    """Return the training and the validation faces of a run, by the names in its data.json.

    A first stage without that file was trained on the usual nine tenths of FER-2013's training split.

    Args:
        folder: of the run.
        config: of the run.
        path: where its data set stands.

    Raises:
        DatasetError: the data set is not the one that the run was made of.

    """
    manifest = Path(folder) / DATA
    if not manifest.is_file():
        return stage1_crops(path)
    values = _read_data(manifest)
    dataset = _dataset_of_run(values, path)
    # Where the second stage of several folds remembers its faces; searched again without it.
    faces = Path(folder).parent / "faces"
    cache, spec = BoxCache(faces if faces.is_dir() else None), config.preprocess
    found = find_faces(dataset, spec.box_scale, cache, spec.level_from)
    print(describe(replace(dataset, problems=(*dataset.problems, *found.problems(dataset)))), file=sys.stderr)
    crops = found.crops
    places = {name: i for i, name in enumerate(crops.names)}
    missing = [name for name in (*values["train"], *values["validation"]) if name not in places]
    if missing:
        raise DatasetError(f"{path}: expected the {len(missing)} faces {missing[0]}, ... of {folder}, got others")
    train, validation = (
        crops.take(np.array([places[name] for name in values[part]], np.int64)) for part in ("train", "validation")
    )
    if validation.digest != values["validation_digest"]:
        raise DatasetError(f"{path}: expected the very validation faces of {folder}, got other pictures or labels")
    return train, validation


def _dataset_of_run(values: dict[str, Any], path: Path) -> Dataset:
    dataset = read_dataset(DatasetSpec(**values["dataset"]), path)
    reported = values.get("validation_split")
    if values["dataset"]["name"] == "fer2013" and not reported:
        dataset = dataset.split("train")
    elif reported:
        dataset = replace(dataset, samples=tuple(s for s in dataset.samples if s.split in ("train", reported)))
    labels = tuple(values["labels"])
    return dataset if dataset.labels == labels else dataset.with_labels(labels)


def _origin(manifest: dict[str, Any]) -> dict[str, Any]:
    return {name: manifest[name] for name in ("initial_weights", "teachers") if name in manifest}


def _same_origin(now: Any, before: Any) -> bool:
    """Return whether two records name the same weights; a run's folder may have another name meanwhile."""
    runs = [str(one).rpartition("-")[2] for one in (now, before) if str(one).startswith("run ")]
    return runs[0] == runs[1] if len(runs) == 2 else bool(now == before)


def _config_values(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _read_data(path: Path) -> dict[str, Any]:
    return translate_data(json.loads(path.read_text(encoding="utf-8")))


def write_atomically(path: Path, text: str) -> None:
    """Write a text file so that it is whole or not there."""
    temporary = path.with_name(f"unfinished.{path.name}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
