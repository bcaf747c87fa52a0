"""One stage of fine-tuning (paper, Section 3.2.2): run, checkpoint, resume, keep the best.

A stage gets training and validation faces and nothing else; test splits are read in evaluation alone.
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
import tensorflow as tf
from tqdm import tqdm

from fer_ros.core.classification.classifier import softmax
from fer_training.data.crops import Crops
from fer_training.evaluation.metrics import Metrics, measure
from fer_training.evaluation.predictions import Floats, Predictions
from fer_training.models.devices import make_deterministic
from fer_training.models.mobilenet import LOGITS, VOTES, build_network, head_sizes
from fer_training.training.batches import BatchMaker, Teacher
from fer_training.training.config import StageConfig
from fer_training.training.run_folder import BEST, LAST, RESULT, RunFolder, read_run_config
from fer_training.training.schedule import learning_rate
from fer_training.training.trainer import Trainer


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
    teacher: Teacher | None = None,
) -> StageResult:
    """Train one stage into a run folder; a folder with a checkpoint of the same config is resumed where it stopped.

    Writes the files that run_folder describes; a finished run is not touched again.

    Args:
        train: the training faces.
        validation: the faces that select the best step.
        config: of the stage.
        folder: of the run.
        initialise: puts the initial weights into the fresh network; not called on resume.
        progress: whether a bar is shown.
        source: where the faces and the initial weights come from, for the run's records.
        teacher: soft targets for a batch, for a config with consistent_teaching.

    Raises:
        TrainingError: the loss is no number.
        ValueError: the folder holds another config or other data.

    """
    make_deterministic()
    run = RunFolder(folder)
    run.claim(config, train, validation, source or {})
    if (run.path / RESULT).exists():
        return StageResult(**json.loads((run.path / RESULT).read_text(encoding="utf-8")))
    trainer = Trainer(config, len(train.labels), 0 if train.votes is None else train.votes.shape[1])
    stage = _Stage(run, trainer, BatchMaker(train, config, teacher), validation)
    stage.begin(initialise)
    stage.train(progress)
    return stage.finish()


class _Stage:
    """A run on its way: what trains, what has been best so far, and where both are kept."""

    def __init__(self, run: RunFolder, trainer: Trainer, maker: BatchMaker, validation: Crops) -> None:
        self._run = run
        self._trainer = trainer
        self._maker = maker
        self._validation = validation
        self._best = Best()
        self._manager = _checkpoints(trainer, self._best, run)

    def begin(self, initialise: Callable[[keras.Model], None]) -> None:
        """Go back to the last checkpoint, or put the initial weights into the fresh network."""
        trainer, train = self._trainer, self._maker.crops
        if self._manager.latest_checkpoint:
            self._manager.checkpoint.restore(self._manager.latest_checkpoint).assert_consumed()
        else:
            initialise(trainer.network)
            trainer.copy_average()
            if trainer.config.center_weight:
                trainer.center_loss.initialise(trainer.features(train), train.targets)
        counts = len(train), len(self._validation)
        self._run.logger().info("at step %d: %d training and %d validation faces", trainer.done, *counts)
        self._run.forget_after(trainer.done)

    def train(self, progress: bool) -> None:
        """Take the steps that are left, with an evaluation every so many of them and after the last."""
        trainer, config = self._trainer, self._trainer.config
        start, losses_so_far = trainer.done, RunningMean()
        with tqdm(total=config.steps, initial=start, disable=not progress, unit="step", mininterval=5) as bar:
            for step, batch in enumerate(trainer.batches(self._maker, start), start=start):
                rate = learning_rate(config.optimizer, step, config.steps)
                losses = trainer.train_step(batch, rate)
                if not math.isfinite(losses["loss"]):
                    raise self._failure(step, f"expected a finite loss, got {losses}")
                losses_so_far.add(losses)
                bar.update()
                if (step + 1) % config.evaluate_steps and step + 1 != config.steps:
                    continue
                row = self._evaluate(step, rate, losses_so_far)
                bar.set_postfix(loss=row["train_loss"], validation=row["validation_accuracy"])

    def _evaluate(self, step: int, rate: float, losses: RunningMean) -> dict[str, float]:
        """Measure the network on the validation faces, and keep what must not be lost; returns the history's row."""
        probabilities = self._probabilities()
        if not np.isfinite(probabilities).all():
            raise self._failure(step, "expected finite predictions after it")
        metrics = measure(self._validation.targets, probabilities, self._validation.labels)
        row = {"step": step + 1, "learning_rate": rate, **losses.row(metrics)}
        self._run.add(row)
        self._run.logger().info("%s", row)
        if self._best.beaten_by(metrics.accuracy, step + 1):
            self._run.save_weights(self._trainer.exported, BEST)
        # Weights first: a run that is killed between the two repeats the evaluation, and loses nothing.
        try:
            self._manager.save()
        except tf.errors.OpError as error:
            raise OSError(f"{self._run.checkpoints}: the checkpoint could not be written: {error.message}") from None
        return row

    def finish(self) -> StageResult:
        """Write the last weights, and what the last and the best ones predict for the validation faces."""
        run, trainer, crops = self._run, self._trainer, self._validation
        run.save_weights(trainer.exported, LAST)
        last = self._probabilities()
        trainer.exported.load_weights(str(run.path / BEST))
        best = self._probabilities()
        accuracy = float((last.argmax(axis=1) == crops.targets).mean())
        result = StageResult(int(self._best.step), float(self._best.accuracy), trainer.done, accuracy)
        run.logger().info("finished: %s", result)
        run.finish(
            dataclasses.asdict(result), Predictions(np.array(crops.names), crops.targets, crops.labels, best, last)
        )
        return result

    def _probabilities(self) -> Floats:
        return softmax(self._trainer.logits(self._validation))

    def _failure(self, step: int, what: str) -> TrainingError:
        """Log what was wrong with a step, and return it as an error that names the step's batch."""
        names, indices = self._maker.crops.names, self._maker.indices(step)
        batch = ", ".join(names[i] for i in indices) if names else f"samples {indices.tolist()}"
        message = f"step {step}: {what}; its batch: {batch}"
        self._run.logger().error(message)
        return TrainingError(message)


class Best(tf.Module):
    """The best validation accuracy so far and its step; part of the checkpoint."""

    def __init__(self) -> None:
        """Start below any accuracy."""
        super().__init__()
        self.accuracy = tf.Variable(-1.0, trainable=False, dtype=tf.float64)
        self.step = tf.Variable(0, trainable=False, dtype=tf.int64)

    def beaten_by(self, accuracy: float, step: int) -> bool:
        """Take over a better accuracy; returns whether it was one."""
        better = accuracy > float(self.accuracy)
        if better:
            self.accuracy.assign(accuracy)
            self.step.assign(step)
        return better


class RunningMean:
    """Mean losses since the last evaluation."""

    def __init__(self) -> None:
        """Start counting."""
        self._began = time.monotonic()
        self._sums: dict[str, float] = {}
        self._steps = 0

    def add(self, losses: dict[str, float]) -> None:
        """Count one step's losses."""
        self._steps += 1
        for name, value in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + value

    def row(self, metrics: Metrics) -> dict[str, float]:
        """Return seconds, mean losses and the validation set's results, and start anew; the clock goes on."""
        means = {f"train_{name}": round(total / self._steps, 5) for name, total in self._sums.items()}
        self._sums, self._steps = {}, 0
        return {
            "seconds": round(time.monotonic() - self._began, 1),
            **means,
            "validation_loss": round(metrics.nll, 5),
            "validation_accuracy": round(metrics.accuracy, 5),
        }


def _checkpoints(trainer: Trainer, best: Best, run: RunFolder) -> tf.train.CheckpointManager:
    """Return the manager of everything that a resumed run needs."""
    checkpoint = tf.train.Checkpoint(
        network=trainer.network,
        exported=trainer.exported,
        optimizer=trainer.optimizer,
        centers=trainer.center_loss.centers,
        randomness=trainer.random_states(),
        step=trainer.step,
        best=best,
    )
    return tf.train.CheckpointManager(checkpoint, str(run.checkpoints), max_to_keep=2)


def load_run(folder: Path, which: str = BEST) -> tuple[keras.Model, StageConfig]:
    """Build a run's network in float32 with its trained weights, second head included; and return its config.

    Args:
        folder: of the run.
        which: BEST or LAST.

    Raises:
        FileNotFoundError: the run has no such weights.

    """
    config = read_run_config(folder)
    path = Path(folder) / which
    if not path.is_file():
        raise FileNotFoundError(f"expected trained weights at {path}, got nothing")
    heads = head_sizes(path)
    network = build_network(config.network, heads[LOGITS], heads.get(VOTES, 0))
    network.load_weights(str(path))
    return network, config
