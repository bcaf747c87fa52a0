"""Independent jobs, one after the other, on several processes, or on a Ray cluster, with the same results."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fer_ros.core.missing import needs

Job = TypeVar("Job")
Result = TypeVar("Result")


def run_jobs(
    run: Callable[[Job], Result],
    jobs: Sequence[Job],
    processes: int = 1,
    ray: str = "",
    prepare: Callable[[], None] | None = None,
) -> Iterator[Result]:
    """Yield the results of all jobs in their order; function and jobs must travel to other processes.

    processes: how many at a time on this machine; 1 runs them here.  ray: address of a Ray cluster (or 'auto', 'local')
    whose nodes see the same files; '' for none.  prepare: called first of all in each other process of this machine.
    Raises what the first failing job raised, RuntimeError if Ray is asked for and missing.
    """
    if ray:
        yield from _on_ray(run, jobs, ray)
    elif processes > 1 and len(jobs) > 1:
        # Forked children would inherit the threads of TensorFlow and LiteRT in an unusable state.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(processes, len(jobs)), mp_context=context, initializer=prepare) as pool:
            # Processes inherit the mask: Ctrl-C while one starts, or waits, must not end it with a traceback.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                results = pool.map(_Interruptible(run), jobs)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            yield from results
    else:
        yield from map(run, jobs)


@dataclass(frozen=True)
class _Interruptible(Generic[Job, Result]):
    """A job's function that Ctrl-C reaches while it runs."""

    run: Callable[[Job], Result]

    def __call__(self, job: Job) -> Result:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        try:
            return self.run(job)
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _on_ray(run: Callable[[Job], Result], jobs: Sequence[Job], address: str) -> Iterator[Result]:
    try:
        import ray
    except ImportError as error:
        raise RuntimeError(
            f"a Ray cluster was asked for, but the package ray is missing: it {needs('ray')} ({error})"
        ) from None
    ray.init(None if address == "local" else address, ignore_reinit_error=True, log_to_driver=False)
    try:
        remote: Callable[[Job], Any] = ray.remote(run).remote
        for reference in [remote(job) for job in jobs]:
            yield ray.get(reference)
    finally:
        ray.shutdown()
