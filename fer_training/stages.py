"""Coarse and refined fine-tuning (paper, Section 3.2.2): run, checkpoint, resume, keep the best.

A stage gets training and validation faces and nothing else; test splits are read in evaluation.py alone.
"""

from __future__ import annotations

import csv
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
import yaml
from tqdm import tqdm

from fer_training.batches import BatchMaker, Crops
from fer_training.config import StageConfig, to_dict
from fer_training.network import LOGITS
from fer_training.schedule import learning_rate
from fer_training.trainer import Trainer

BEST = "best.weights.h5"
LAST = "last.weights.h5"
CONFIG = "config.yaml"
HISTORY = "history.csv"
RESULT = "result.json"


class TrainingError(RuntimeError):
    """Training that cannot go on; the message names the step."""


@dataclass(frozen=True)
class StageResult:
    """Validation accuracy, 0 to 1, at the best step and at the last one."""

    best_step: int
    best_accuracy: float
    last_step: int
    last_accuracy: float


def run_stage(
    train: Crops,
    validation: Crops,
    config: StageConfig,
    folder: Path,
    initialise: Callable[[keras.Model], None],
    progress: bool = True,
) -> StageResult:
    """Train one stage into a run folder; a folder with a checkpoint of the same config is resumed where it stopped.

    initialise: puts the starting weights into the fresh network; not called on resume.
    Writes config.yaml, history.csv, checkpoints/, best.weights.h5, last.weights.h5 and result.json.
    Raises TrainingError if the loss is no number, ValueError if the folder holds another config.
    """
    folder = Path(folder)
    _claim(folder, config)
    vote_classes = 0 if train.votes is None else train.votes.shape[1]
    trainer = Trainer(config, len(train.labels), vote_classes)
    best = (tf.Variable(-1.0, trainable=False), tf.Variable(0, dtype=tf.int64, trainable=False))
    checkpoint = tf.train.Checkpoint(
        network=trainer.network,
        exported=trainer.exported,
        optimizer=trainer.optimizer,
        centers=trainer.center_loss.centers,
        step=trainer.step,
        best=best,
    )
    manager = tf.train.CheckpointManager(checkpoint, str(folder / "checkpoints"), max_to_keep=2)
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint).assert_consumed()
    else:
        initialise(trainer.network)
        trainer.copy_average()
        if config.center_weight:
            trainer.center_loss.initialise(trainer.predict(train)[1], train.targets)
    start = int(trainer.step)
    _forget_after(folder / HISTORY, start)
    accuracy = float(best[0])
    sums: dict[str, float] = {}
    began, counted = time.monotonic(), 0
    bar = tqdm(total=config.steps, initial=start, disable=not progress, unit="step", mininterval=5)
    for step, batch in enumerate(trainer.batches(BatchMaker(train, config), start), start=start):
        losses = trainer.train_step(batch, learning_rate(config.optimizer, step, config.steps))
        if not math.isfinite(losses["loss"]):
            raise TrainingError(f"step {step}: expected a finite loss, got {losses} (batch of step {step})")
        for name, value in losses.items():
            sums[name] = sums.get(name, 0.0) + value
        counted += 1
        bar.update()
        done = step + 1
        if done % config.evaluate_steps and done != config.steps:
            continue
        accuracy, validation_loss = _validate(trainer, validation)
        row = {
            "step": done,
            "learning_rate": learning_rate(config.optimizer, step, config.steps),
            "seconds": round(time.monotonic() - began, 1),
            **{f"train_{name}": round(value / counted, 5) for name, value in sums.items()},
            "validation_loss": round(validation_loss, 5),
            "validation_accuracy": round(accuracy, 5),
        }
        _append(folder / HISTORY, row)
        bar.set_postfix(loss=row["train_loss"], validation=row["validation_accuracy"])
        sums, counted = {}, 0
        if accuracy > float(best[0]):
            best[0].assign(accuracy)
            best[1].assign(done)
            trainer.exported.save_weights(folder / BEST)
        # Weights first: a run that is killed between the two repeats the evaluation, and loses nothing.
        manager.save()
    bar.close()
    trainer.exported.save_weights(folder / LAST)
    result = StageResult(int(best[1]), float(best[0]), int(trainer.step), accuracy)
    (folder / RESULT).write_text(json.dumps(result.__dict__, indent=1) + "\n", encoding="utf-8")
    return result


def _validate(trainer: Trainer, validation: Crops) -> tuple[float, float]:
    """Return accuracy and mean cross-entropy on the validation faces."""
    logits = trainer.predict(validation)[0].astype(np.float64)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    picked = log_probabilities[np.arange(len(validation)), validation.targets]
    return float((logits.argmax(axis=1) == validation.targets).mean()), float(-picked.mean())


def _claim(folder: Path, config: StageConfig) -> None:
    """Write the config into a new run folder, or refuse a folder that holds another one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CONFIG
    mine = to_dict(config)
    if path.exists():
        if yaml.safe_load(path.read_text(encoding="utf-8")) != mine:
            raise ValueError(f"{path}: expected the config of this run, got another one; use a new folder")
    else:
        path.write_text(yaml.safe_dump(mine, sort_keys=False), encoding="utf-8")


def _append(path: Path, row: dict[str, float]) -> None:
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row.keys())
        if new:
            writer.writeheader()
        writer.writerow(row)


def _forget_after(path: Path, step: int) -> None:
    """Drop history rows written after the checkpoint that the run resumes from."""
    if not path.exists():
        return
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    path.unlink()
    for row in rows:
        if int(row["step"]) <= step:
            _append(path, row)  # type: ignore[arg-type]


def load_network(network: keras.Model, folder: Path, which: str = BEST) -> keras.Model:
    """Load a finished run's weights ('best.weights.h5' or 'last.weights.h5') into a network of its shape."""
    path = Path(folder) / which
    if not path.is_file():
        raise FileNotFoundError(f"expected trained weights at {path}, got nothing")
    network.load_weights(str(path))
    return network


__all__ = ["BEST", "LAST", "LOGITS", "StageResult", "TrainingError", "load_network", "run_stage"]
