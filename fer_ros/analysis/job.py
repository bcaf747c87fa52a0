"""One input from its first image to its last; plain data in and out, so that it can be done by another process."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2

from fer_ros.analysis.annotated import AnnotatedWriter
from fer_ros.analysis.expressions import Summary
from fer_ros.analysis.faces import follow
from fer_ros.analysis.inputs import Input
from fer_ros.analysis.reading import Reading
from fer_ros.analysis.report import MOST_SHOWN
from fer_ros.core.loading import load_pipeline
from fer_ros.core.pipeline import Pipeline
from fer_ros.core.wording import counted

Sink = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Settings:
    """What every input is analysed with; see `load_pipeline` and `Pipeline.look`."""

    profile: str
    bundle: str
    backend: str
    precision: str
    threads: int
    views: int


@dataclass(frozen=True)
class Job:
    """One input to analyse.

    Attributes:
        what: the input.
        settings: those of all inputs.
        annotated: folder of annotated pictures, None to draw none.
        name: of this input's annotated video, or of the folder of its pictures.

    """

    what: Input
    settings: Settings
    annotated: Path | None = None
    name: str = ""


@dataclass
class Outcome:
    """What came of one input.

    Attributes:
        what: the input.
        summary: how long each face showed each expression.
        rows: the faces as dicts, where they were not given to a sink.
        images: how many were analysed.
        faces: rows in all.
        seconds: that it took.
        left_out: what could not be read, with its name and why.
        notes: what is worth a word though nothing is missing.
        shown: annotated pictures for the report, with captions.
        shown_left_off: how many others were written.
        interrupted: by Ctrl-C.

    """

    what: Input
    summary: Summary = field(default_factory=Summary)
    rows: list[dict[str, Any]] = field(default_factory=list)
    images: int = 0
    faces: int = 0
    seconds: float = 0.0
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    shown: list[tuple[str, bytes]] = field(default_factory=list)
    shown_left_off: int = 0
    interrupted: bool = False


@lru_cache(maxsize=1)
def pipeline_of(settings: Settings) -> Pipeline:
    """Return the pipeline of these settings, made once in each process. Raises what `load_pipeline` raises."""
    # Before the detectors are made: they take as many helpers as OpenCV has threads.
    cv2.setNumThreads(settings.threads)
    return load_pipeline(
        settings.profile,
        bundle=settings.bundle,
        backend=settings.backend,
        precision=settings.precision,
        threads=settings.threads,
    )


def run_job(job: Job, sink: Sink | None = None, tick: Callable[[int], None] | None = None) -> Outcome:
    """Analyse one input. What cannot be read is left out and named; Ctrl-C gives what was read before.

    Args:
        job: the input.
        sink: gets each face as soon as it is known; else the outcome holds them.
        tick: called after each image with the number of images to expect, 0 where that is not known.

    Raises:
        OSError: an annotated picture cannot be written.

    """
    outcome = Outcome(job.what)
    take = outcome.rows.append if sink is None else sink
    began = time.perf_counter()
    reading = Reading(job.what, outcome.left_out.append)
    try:
        with ExitStack() as stack:
            writer: AnnotatedWriter | None = None
            for analyzed in follow(reading, pipeline_of(job.settings), job.settings.views):
                outcome.images += 1
                outcome.faces += len(analyzed.rows)
                outcome.summary.add(analyzed.camera, analyzed.time, analyzed.rows)
                for row in analyzed.rows:
                    take(row.as_dict())
                if job.annotated is not None:
                    if writer is None:
                        writer = stack.enter_context(AnnotatedWriter(job.annotated, job.name, reading.rate, MOST_SHOWN))
                        outcome.shown = writer.shown
                    writer.add(analyzed)
                    outcome.shown_left_off = writer.left_off
                if tick is not None:
                    tick(reading.count)
    except KeyboardInterrupt:
        outcome.interrupted = True
        outcome.left_out.append(f"{job.what.name}: interrupted after {counted(outcome.images, 'image')}")
    outcome.notes = reading.notes
    outcome.summary.finish()
    outcome.seconds = time.perf_counter() - began
    return outcome
