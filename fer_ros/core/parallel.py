"""Independent jobs, one after the other, on several processes, or on a Ray cluster, with the same results."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


def run_jobs(run: Callable[[Job], Result], jobs: Sequence[Job], processes: int = 1, ray: str = "") -> Iterator[Result]:
    """Yield the results of all jobs in their order; function and jobs must travel to other processes.

    processes: how many at a time on this machine; 1 runs them here.  ray: address of a Ray cluster (or 'auto', 'local')
    whose nodes see the same files; '' for none.
    Raises what the first failing job raised, RuntimeError if Ray is asked for and missing.
    """
    if ray:
        yield from _on_ray(run, jobs, ray)
    elif processes > 1 and len(jobs) > 1:
        # Forked children would inherit the threads of TensorFlow and LiteRT in an unusable state.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(processes, len(jobs)), mp_context=context) as pool:
            yield from pool.map(run, jobs)
    else:
        yield from map(run, jobs)


def _on_ray(run: Callable[[Job], Result], jobs: Sequence[Job], address: str) -> Iterator[Result]:
    try:
        import ray
    except ImportError as error:
        raise RuntimeError(f"a Ray cluster was asked for, but the package ray is missing ({error})") from None
    ray.init(None if address == "local" else address, ignore_reinit_error=True, log_to_driver=False)
    try:
        remote: Callable[[Job], Any] = ray.remote(run).remote
        for reference in [remote(job) for job in jobs]:
            yield ray.get(reference)
    finally:
        ray.shutdown()
