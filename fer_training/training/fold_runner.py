"""Independent runs, one after the other, on several processes, or on a Ray cluster, with the same results."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tqdm import tqdm

from fer_ros.core.parallel import run_jobs
from fer_training.data.crops import Crops
from fer_training.evaluation.predictions import Predictions
from fer_training.models.devices import grow_gpu_memory
from fer_training.tensorflow_start import import_tensorflow
from fer_training.training.config import StageConfig
from fer_training.training.initialization import InitialWeights
from fer_training.training.run_folder import RESULT
from fer_training.training.stage2 import train_stage2


@dataclass(frozen=True, eq=False)
class Job:
    """One second-stage run on one fold; plain data, so that it travels to other processes."""

    folder: Path
    config: StageConfig
    initial_weights: InitialWeights
    train: Crops
    validation: Crops
    source: dict[str, Any] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether its run needs no more than to be read."""
        return (self.folder / RESULT).is_file()


@dataclass(frozen=True)
class Workers:
    """Who runs the jobs.

    processes: how many at a time on this machine; 1 runs them here.  ray: address of a Ray cluster (or 'auto', 'local')
    whose nodes see the same run folders and data; '' for none.
    """

    processes: int = 1
    ray: str = ""

    def run(self, jobs: Sequence[Job], progress: bool = True) -> list[Predictions]:
        """Run all jobs and return their predictions in order. Raises what the first failing job raised."""
        bar = tqdm(total=len(jobs), unit="run", disable=not progress or len(jobs) < 2)
        results = []
        for predictions in self._start(list(jobs)):
            results.append(predictions)
            bar.update()
        bar.close()
        return results

    def _start(self, jobs: list[Job]) -> Iterator[Predictions]:
        waiting = sum(not job.finished for job in jobs)
        # What is finished needs no more than to be read, here.
        processes, ray = (self.processes, self.ray) if waiting else (1, "")
        return run_jobs(run_job, jobs, processes if waiting > 1 else 1, ray, import_tensorflow)


def run_job(job: Job) -> Predictions:
    """Train one fold, or take its finished run."""
    # Names and states of former runs in this process would pile up.
    keras.utils.clear_session(free_memory=False)
    # Each run traces its own functions, which TensorFlow takes for a mistake and warns of.
    tf.get_logger().setLevel(logging.ERROR)
    grow_gpu_memory()
    return train_stage2(job.train, job.validation, job.config, job.initial_weights, job.folder, False, job.source)
