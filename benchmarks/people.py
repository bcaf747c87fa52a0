"""Everyone in the room: how many people are found, followed and named, and how many faces are seen where nobody is.

python -m benchmarks.people --portraits DIR [--people 200] [--frames 8] [--profiles paper default robot] [--json]
    [--save]   (200 people: about ten minutes on two cores; --people 60 for a quick look)

DIR holds portraits of one person each and labels.csv (file, expression). Each portrait becomes a short clip in every
case of benchmarks/people_clips.py. The data has no boxes: where the face is in a portrait is what several detectors
agree on, see benchmarks/people_portraits.py, and people whom none of them sees count as missed. False faces are
counted beside these people and on pictures without people (benchmarks/people_empty.py), from several views of each.
What is printed and saved are figures: nothing shows a portrait.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2

from benchmarks.clips import RATE
from benchmarks.people_clips import CASES, Case, clip
from benchmarks.people_empty import PICTURES, view
from benchmarks.people_matching import false_faces, people, run
from benchmarks.people_portraits import Portrait, choose, read_labels, read_portrait
from benchmarks.people_report import Result, figures, table
from benchmarks.profiles import PROFILES, load_profile
from benchmarks.report import Results, parse_size
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.parallel import run_jobs
from fer_ros.core.pipeline import Pipeline

# People of a job: as many as the largest case shows at once.
_TOGETHER = 8


@dataclass(frozen=True)
class Job:
    """A part of the work, for one process.

    portraits: path and expression of each of these people; none for views without people.
    pictures: names of those of which so many views are shown.
    """

    profiles: tuple[str, ...]
    frames: int
    size: tuple[int, int]
    portraits: tuple[tuple[Path, str], ...] = ()
    pictures: tuple[str, ...] = ()
    views: int = 0


@dataclass(frozen=True)
class Done:
    """What a job came to. agreeing: how many detectors see the face of each portrait."""

    results: tuple[Result, ...]
    agreeing: tuple[int, ...] = ()


@cache
def make_pipeline(profile: str) -> Pipeline:
    """Make a profile's pipeline as the node would, on one thread: the processes share the cores."""
    cv2.setNumThreads(1)
    config, others = load_profile(profile)
    bundle = load_bundle(others.get("model_bundle", "default"))
    return Pipeline(make_classifier(bundle, "litert", others.get("precision", "default"), 1, lambda _: None), config)


def work(job: Job) -> Done:
    """Do a job. Raises what reading its portraits raises."""
    cv2.setNumThreads(1)
    portraits = [read_portrait(path, expression) for path, expression in job.portraits]
    results: list[Result] = []
    for case in CASES if portraits else ():
        for start in range(0, len(portraits), case.people):
            results += measure(job, case, portraits[start : start + case.people])
    for name in job.pictures:
        for number in range(job.views):
            results += measure_view(job, name, number)
    return Done(tuple(results), tuple(portrait.agreeing for portrait in portraits))


def measure(job: Job, case: Case, portraits: Sequence[Portrait]) -> Iterator[Result]:
    """Yield what each profile makes of these people in a case."""
    scenes = list(clip(portraits, case, job.frames, job.size))
    for profile in job.profiles:
        pipeline = make_pipeline(profile)
        published = run(pipeline, scenes, RATE, pipeline.config.tracker.enabled)
        yield Result(
            case.name,
            profile,
            tuple(portrait.name for portrait in portraits),
            tuple(people(published, scenes, [portrait.expression for portrait in portraits])),
            false_faces(published, scenes),
        )


def measure_view(job: Job, name: str, number: int) -> Iterator[Result]:
    """Yield what each profile makes of a view without people."""
    scenes = list(view(name, number, job.frames, job.size))
    for profile in job.profiles:
        pipeline = make_pipeline(profile)
        published = run(pipeline, scenes, RATE, pipeline.config.tracker.enabled)
        yield Result(name, profile, (), (), false_faces(published, scenes))


def jobs_of(folder: Path, options: argparse.Namespace) -> list[Job]:
    """Return the parts of the work. Raises what reading labels.csv raises."""
    rows = choose(read_labels(folder), options.people)
    common = (tuple(options.profiles), options.frames, options.size)
    parts = [rows[start : start + _TOGETHER] for start in range(0, len(rows), _TOGETHER)]
    jobs = [Job(*common, tuple((folder / name, expression) for name, expression in part)) for part in parts]
    return jobs + [Job(*common, pictures=(name,), views=options.views) for name in PICTURES]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--portraits", type=Path, required=True, help="folder with pictures and labels.csv")
    parser.add_argument("--people", type=int, default=200, help="so many of them, chosen at random with a fixed seed")
    parser.add_argument("--frames", type=int, default=8, help="of each clip")
    parser.add_argument("--size", type=parse_size, default=(640, 480), help="of the frames, WIDTHxHEIGHT")
    parser.add_argument("--views", type=int, default=13, help="of each picture without people")
    parser.add_argument("--profiles", nargs="+", default=list(PROFILES), choices=PROFILES)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON, and the tables to stderr")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/people.*")
    options = parser.parse_args()
    for name in ("people", "frames", "views", "processes"):
        if getattr(options, name) < 1:
            parser.error(f"expected --{name} of at least 1, got {getattr(options, name)}")
    try:
        jobs = jobs_of(options.portraits, options)
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    results = Results("people", "People", {})
    with_people: list[Result] = []
    empty: list[Result] = []
    agreeing: Counter[int] = Counter()
    for number, (job, done) in enumerate(zip(jobs, run_jobs(work, jobs, options.processes)), 1):
        (with_people if job.portraits else empty).extend(done.results)
        agreeing.update(done.agreeing)
        print(f"\rpart {number} of {len(jobs)}", end="" if number < len(jobs) else "\n", file=sys.stderr, flush=True)
    results.data.update(
        bundle=make_pipeline(options.profiles[0]).classifier.bundle_id,
        people=sum(agreeing.values()),
        frames=options.frames,
        size=options.size,
        rate=RATE,
        profiles=options.profiles,
        untracked=[name for name in options.profiles if not make_pipeline(name).config.tracker.enabled],
        agreeing={str(number): agreeing[number] for number in range(5)},
        **figures(with_people, empty, options.profiles, RATE),
    )
    with contextlib.redirect_stdout(sys.stderr if options.json else sys.stdout):
        results.finish(table(results.data), options.save)
    if options.json:
        print(json.dumps({"made": results.made, **results.data}, indent=1))


if __name__ == "__main__":
    main()
