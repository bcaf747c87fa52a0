"""`fer-analyze`: what faces show in pictures, folders, videos and bags, as tables, a timeline and a report."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fer_ros.core.command_parser import CommandParser
from fer_ros.core.missing import needs
from fer_ros.core.paths import user_path
from fer_ros.core.wording import counted

if TYPE_CHECKING:
    from fer_ros.analysis.job import Job, Outcome, Settings
    from fer_ros.analysis.outputs import Output

_NAME = "fer-analyze"
_USAGE, _LEFT_OUT, _INTERRUPTED = 2, 1, 130


def main(arguments: list[str] | None = None) -> int:
    """Analyse the inputs.

    Returns:
        0; 1 if something was left out or could not be written; 2 for a mistake that was found before the work.

    """
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(given)
    try:
        jobs = _plan(options)
    except (ValueError, OSError, RuntimeError) as error:
        return _fail(str(error), _USAGE)
    except ModuleNotFoundError as error:
        return _fail(needs(error.name or str(error), "analysis"), _USAGE)
    except KeyboardInterrupt:
        return _INTERRUPTED
    try:
        return _run(options, jobs, shlex.join([_NAME, *given]))
    except BrokenPipeError:
        # Whoever read the JSON lines has gone: nothing more is to be said to them, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _LEFT_OUT
    except (ValueError, OSError, RuntimeError) as error:
        return _fail(str(error), _LEFT_OUT)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(prog=_NAME, description=(__doc__ or "").split(": ", 1)[1], allow_abbrev=False)
    parser.add_argument(
        "inputs", nargs="+", metavar="INPUT", help="picture, folder of pictures and videos, video, or rosbag2"
    )
    parser.add_argument("--output", type=user_path, help="folder of the tables and the report")
    parser.add_argument("--json", action="store_true", help="print each face as a line of JSON; needs no --output")
    parser.add_argument("--profile", default="default", help="default, robot or paper, or a parameter file of fer_node")
    parser.add_argument("--bundle", help="model bundle: the name of one that ships, or a folder")
    parser.add_argument("--backend", choices=("auto", "litert", "tensorflow"))
    parser.add_argument("--precision", choices=("default", "float", "int8"))
    parser.add_argument("--threads", type=int, help="of the model and OpenCV for each worker; 2, or 1 of several")
    parser.add_argument(
        "--views", type=int, help="shifted and scaled boxes that answer for a face in a still picture: 1 to 9, odd; 9"
    )
    parser.add_argument(
        "--annotated", action="store_true",
        help="also write the pictures and videos with what was found; they show people",
    )  # fmt: skip
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", help="of the tables")
    parser.add_argument("--workers", type=int, default=1, help="inputs that are analysed at the same time")
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier analysis in the output's folder")
    return parser


def _fail(message: str, status: int) -> int:
    print(f"{_NAME}: {message}", file=sys.stderr)
    return status


def _plan(options: argparse.Namespace) -> list[Job]:
    """Find every mistake before the work begins, and return what is to be done."""
    if options.output is None and not options.json:
        raise ValueError("expected --output FOLDER, or --json, got neither")
    if options.annotated and options.output is None:
        raise ValueError("expected --output FOLDER for the annotated pictures, got none")
    if options.workers < 1:
        raise ValueError(f"--workers must be at least 1, got {options.workers}")
    # Imported one after the other: what can be told without the pipeline's libraries is told sooner.
    from fer_ros.analysis.inputs import BAG, find_inputs
    from fer_ros.analysis.tables import check_format

    inputs = find_inputs(options.inputs)
    if options.output is not None:
        check_format(options.format)
    _import_what_is_needed(options.output is not None, any(one.kind == BAG for one in inputs))
    from fer_ros.analysis.job import Job, pipeline_of
    from fer_ros.analysis.outputs import annotated_jobs, check_output

    if options.output is not None:
        check_output(options.output, options.annotated, options.overwrite)
    settings = _settings(options, len(inputs))
    pipeline_of(settings)
    jobs = [Job(one, settings) for one in inputs]
    return annotated_jobs(jobs, options.output) if options.annotated else jobs


def _import_what_is_needed(files: bool, bags: bool) -> None:
    """Raise ModuleNotFoundError now, not after an hour of work."""
    import tqdm  # noqa: F401

    if files:
        import fer_ros.analysis.timeline  # noqa: F401
    if bags:
        import fer_ros.bags.reading  # noqa: F401


def _settings(options: argparse.Namespace, inputs: int) -> Settings:
    """Return what was asked for, or what the parameter file says, as fer_node would take it."""
    from fer_ros.analysis.faces import VIEWS
    from fer_ros.analysis.job import Settings
    from fer_ros.core.classification.views import check_views
    from fer_ros.core.profile import find_profile, read_parameters

    views = VIEWS if options.views is None else options.views
    check_views(views)
    values = read_parameters(find_profile(options.profile))

    def chosen(name: str, parameter: str, default: str) -> str:
        given = getattr(options, name)
        return str(values.get(parameter, default) if given is None else given)

    threads = int(chosen("threads", "threads", "2" if min(options.workers, inputs) == 1 else "1"))
    if threads < 1:
        raise ValueError(f"--threads must be at least 1, got {threads}")
    return Settings(
        options.profile, chosen("bundle", "model_bundle", "default"), chosen("backend", "backend", "auto"),
        chosen("precision", "precision", "default"), threads, views,
    )  # fmt: skip


def _run(options: argparse.Namespace, jobs: Sequence[Job], command: str) -> int:
    """Do the jobs, write what came of them, and return the exit status."""
    from fer_ros.analysis.job import pipeline_of
    from fer_ros.analysis.outputs import Output

    classifier = pipeline_of(jobs[0].settings).classifier
    output = None if options.output is None else Output(options.output, options.format, classifier.labels)
    with ExitStack() as stack:
        if output is not None:
            stack.enter_context(output.faces())
        outcomes, interrupted = _until_interrupted(_outcomes(options, jobs, output))
    left_out = [line for outcome in outcomes for line in outcome.left_out]
    left_out += [f"{job.what.name}: not analysed, interrupted" for job in jobs[len(outcomes) :]]
    told = sys.stderr if options.json else sys.stdout
    if output is not None:
        settings = jobs[0].settings
        facts = {
            "command": command,
            "profile": settings.profile,
            "bundle": f"{settings.bundle} ({classifier.bundle_id})",
            "backend": classifier.name,
            "views of a still face": str(settings.views),
            "made": datetime.now().isoformat(" ", "minutes"),
        }
        files = output.finish(outcomes, left_out, facts)
        print(_summary(outcomes), file=told)
        print(f"report: {files[-1]}", file=told)
    if interrupted:
        print(f"{_NAME}: interrupted: what was read before is written", file=sys.stderr)
        return _INTERRUPTED
    return _LEFT_OUT if left_out else 0


def _until_interrupted(outcomes: Iterator[Outcome]) -> tuple[list[Outcome], bool]:
    """Return what came of the inputs up to the one that Ctrl-C ended, and whether one did."""
    done: list[Outcome] = []
    try:
        for outcome in outcomes:
            done.append(outcome)
    except KeyboardInterrupt:
        # It met the wait for another process, whose input is then among those that were not analysed.
        return done, True
    return done, any(outcome.interrupted for outcome in done)


def _outcomes(options: argparse.Namespace, jobs: Sequence[Job], output: Output | None) -> Iterator[Outcome]:
    """Yield what came of each input, its faces written and printed; the progress goes to a terminal's stderr."""
    from tqdm import tqdm

    from fer_ros.analysis.job import run_job
    from fer_ros.core.parallel import run_jobs

    def sink(row: dict[str, Any]) -> None:
        if output is not None:
            output.add(row)
        if options.json:
            print(json.dumps(row, ensure_ascii=False), flush=True)

    several = options.workers > 1 and len(jobs) > 1
    done = run_jobs(run_job, jobs, options.workers) if several else (_here(job, sink) for job in jobs)
    # None: not where stderr is a file or a pipe.
    for outcome in tqdm(done, total=len(jobs), unit="input", disable=None if len(jobs) > 1 else True):
        for row in outcome.rows:
            sink(row)
        outcome.rows.clear()
        if output is not None:
            output.take_shown(outcome)
        for line in outcome.notes:
            tqdm.write(f"{_NAME}: {line}", file=sys.stderr)
        for line in outcome.left_out:
            tqdm.write(f"{_NAME}: left out: {line}", file=sys.stderr)
        yield outcome
        if outcome.interrupted:
            return


def _here(job: Job, sink: Any) -> Outcome:
    """Do a job in this process, with a bar of its images."""
    from tqdm import tqdm

    from fer_ros.analysis.job import run_job

    with tqdm(unit="image", desc=job.what.path.name, leave=False, disable=None) as bar:

        def tick(count: int) -> None:
            bar.total = count or None
            bar.update()

        return run_job(job, sink, tick)


def _summary(outcomes: Sequence[Outcome]) -> str:
    images = counted(sum(outcome.images for outcome in outcomes), "image")
    faces = counted(sum(outcome.faces for outcome in outcomes), "face")
    left_out = sum(len(outcome.left_out) for outcome in outcomes)
    return f"{counted(len(outcomes), 'input')}, {images}, {faces}" + (f"; {left_out} left out" if left_out else "")


if __name__ == "__main__":
    sys.exit(main())
