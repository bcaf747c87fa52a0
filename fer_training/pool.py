"""Independent runs, one after the other, on several processes, or on a Ray cluster, with the same results."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from tqdm import tqdm

from fer_training.config import StageConfig
from fer_training.crops import Crops
from fer_training.refined import train_refined
from fer_training.run_folder import RESULT, Answers
from fer_training.starts import Start


@dataclass(frozen=True, eq=False)
class Job:
    """One second-stage run on one fold; plain data, so that it travels to other processes."""

    folder: Path
    config: StageConfig
    start: Start
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

    def run(self, jobs: Sequence[Job], progress: bool = True) -> list[Answers]:
        """Run all jobs and return their answers in order. Raises what the first failing job raised."""
        bar = tqdm(total=len(jobs), unit="run", disable=not progress or len(jobs) < 2)
        results = []
        for answers in self._answers(list(jobs)):
            results.append(answers)
            bar.update()
        bar.close()
        return results

    def _answers(self, jobs: list[Job]) -> Iterator[Answers]:
        if self.ray and not all(job.finished for job in jobs):
            yield from _on_ray(jobs, self.ray)
        elif self.processes > 1 and sum(not job.finished for job in jobs) > 1:
            # Forked children would inherit TensorFlow's threads in an unusable state.
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(min(self.processes, len(jobs)), mp_context=context) as pool:
                yield from pool.map(run_job, jobs)
        else:
            yield from map(run_job, jobs)


def run_job(job: Job) -> Answers:
    """Train one fold, or take its finished run."""
    # Names and states of former runs in this process would pile up.
    keras.utils.clear_session(free_memory=False)
    # Each run traces its own functions, which TensorFlow takes for a mistake and warns of.
    tf.get_logger().setLevel(logging.ERROR)
    return train_refined(job.train, job.validation, job.config, job.start, job.folder, False, job.source)


def _on_ray(jobs: list[Job], address: str) -> Iterator[Answers]:
    try:
        import ray
    except ImportError as error:
        raise RuntimeError(f"a Ray cluster was asked for, but the package ray is missing ({error})") from None
    ray.init(None if address == "local" else address, ignore_reinit_error=True, log_to_driver=False)
    try:
        remote: Callable[[Job], Any] = ray.remote(run_job).remote
        for reference in [remote(job) for job in jobs]:
            yield ray.get(reference)
    finally:
        ray.shutdown()
