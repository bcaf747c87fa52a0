"""Coarse and refined fine-tuning (paper, Section 3.2.2): run, checkpoint, resume, keep the best.

A stage gets training and validation faces and nothing else; test splits are read in evaluation.py alone.
"""

from __future__ import annotations

import dataclasses
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf
from tqdm import tqdm

from fer_ros.core.classifier import softmax
from fer_training.batches import BatchMaker
from fer_training.config import StageConfig
from fer_training.crops import Crops
from fer_training.devices import make_deterministic
from fer_training.metrics import measure
from fer_training.network import LOGITS, VOTES, build_network, head_sizes
from fer_training.run_folder import BEST, LAST, RESULT, Answers, RunFolder, read_run_config
from fer_training.schedule import learning_rate
from fer_training.trainer import Trainer


class TrainingError(RuntimeError):
    """Training that cannot go on; the message names the step and its batch."""


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
    source: dict[str, Any] | None = None,
) -> StageResult:
    """Train one stage into a run folder; a folder with a checkpoint of the same config is resumed where it stopped.

    initialise: puts the starting weights into the fresh network; not called on resume.
    source: where the faces come from, for the run's records.
    Writes the files that run_folder describes; a finished run is not touched again.
    Raises TrainingError if the loss is no number, ValueError if the folder holds another config or other data.
    """
    make_deterministic()
    run = RunFolder(folder)
    run.claim(config, train, validation, source or {})
    if (run.path / RESULT).exists():
        return StageResult(**json.loads((run.path / RESULT).read_text(encoding="utf-8")))
    log = run.logger()
    vote_classes = 0 if train.votes is None else train.votes.shape[1]
    trainer = Trainer(config, len(train.labels), vote_classes)
    best = (tf.Variable(-1.0, trainable=False, dtype=tf.float64), tf.Variable(0, dtype=tf.int64, trainable=False))
    checkpoint = tf.train.Checkpoint(
        network=trainer.network,
        exported=trainer.exported,
        optimizer=trainer.optimizer,
        centers=trainer.center_loss.centers,
        randomness=trainer.random_states(),
        step=trainer.step,
        best=best,
    )
    manager = tf.train.CheckpointManager(checkpoint, str(run.checkpoints), max_to_keep=2)
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint).assert_consumed()
        log.info("resumed at step %d", trainer.done)
    else:
        initialise(trainer.network)
        trainer.copy_average()
        if config.center_weight:
            trainer.center_loss.initialise(trainer.predict(train)[1], train.targets)
        log.info("started: %d training and %d validation faces", len(train), len(validation))
    start = trainer.done
    run.forget_after(start)
    maker = BatchMaker(train, config)
    sums: dict[str, float] = {}
    began = time.monotonic()
    bar = tqdm(total=config.steps, initial=start, disable=not progress, unit="step", mininterval=5)
    for step, batch in enumerate(trainer.batches(maker, start), start=start):
        rate = learning_rate(config.optimizer, step, config.steps)
        losses = trainer.train_step(batch, rate)
        if not math.isfinite(losses["loss"]):
            message = f"step {step}: expected a finite loss, got {losses}; its batch: {_describe(maker, step)}"
            log.error(message)
            raise TrainingError(message)
        for name, value in {**losses, "steps": 1}.items():
            sums[name] = sums.get(name, 0.0) + value
        bar.update()
        done = step + 1
        if done % config.evaluate_steps and done != config.steps:
            continue
        metrics = measure(validation.targets, _answer(trainer, validation), validation.labels)
        counted = sums.pop("steps")
        row = {
            "step": done,
            "learning_rate": rate,
            "seconds": round(time.monotonic() - began, 1),
            **{f"train_{name}": round(value / counted, 5) for name, value in sums.items()},
            "validation_loss": round(metrics.nll, 5),
            "validation_accuracy": round(metrics.accuracy, 5),
        }
        run.add(row)
        log.info("step %d: %s", done, row)
        bar.set_postfix(loss=row["train_loss"], validation=row["validation_accuracy"])
        sums = {}
        if metrics.accuracy > float(best[0]):
            best[0].assign(metrics.accuracy)
            best[1].assign(done)
            run.save_weights(trainer.exported, BEST)
        # Weights first: a run that is killed between the two repeats the evaluation, and loses nothing.
        manager.save()
    bar.close()
    run.save_weights(trainer.exported, LAST)
    last = _answer(trainer, validation)
    trainer.exported.load_weights(str(run.path / BEST))
    answers = Answers(
        np.array(validation.names), validation.targets, validation.labels, _answer(trainer, validation), last
    )
    accuracy = float((last.argmax(axis=1) == validation.targets).mean())
    result = StageResult(int(best[1]), float(best[0]), trainer.done, accuracy)
    log.info("finished: %s", result)
    run.finish(dataclasses.asdict(result), answers)
    return result


def _answer(trainer: Trainer, faces: Crops) -> npt.NDArray[np.float32]:
    return softmax(trainer.predict(faces)[0])


def _describe(maker: BatchMaker, step: int) -> str:
    indices = maker.indices(step)
    return ", ".join(maker.crops.names[i] for i in indices) if maker.crops.names else f"samples {indices.tolist()}"


def load_run(folder: Path, which: str = BEST, classes: int | None = None) -> tuple[keras.Model, StageConfig]:
    """Build a run's network in float32 with its trained weights, second head included; and return its config.

    which: BEST or LAST.  classes: number of labels, read from the weights when left out.
    Raises FileNotFoundError if the run has no such weights.
    """
    config = read_run_config(folder)
    path = Path(folder) / which
    if not path.is_file():
        raise FileNotFoundError(f"expected trained weights at {path}, got nothing")
    heads = head_sizes(path)
    network = build_network(config.network, classes or heads[LOGITS], heads.get(VOTES, 0))
    network.load_weights(str(path))
    return network, config
