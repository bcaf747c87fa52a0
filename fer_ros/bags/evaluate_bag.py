"""`fer-evaluate-bag`: recorded sessions through the node's own pipeline, against what the people in them showed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fer_ros.bags.missing import remedy
from fer_ros.core.command_parser import CommandParser
from fer_ros.core.paths import user_path

if TYPE_CHECKING:
    from fer_ros.bags.evaluation import Session
    from fer_ros.bags.scoring import Score


@dataclass(frozen=True)
class Job:
    """One bag to evaluate; plain data, so that it travels to other processes.

    parameters: fer_node's parameter file, None for its defaults.  profile: what it is called in the report.
    """

    bag: Path
    labels: Path
    output: Path
    parameters: Path | None
    profile: str
    bundle: str
    backend: str
    precision: str
    threads: int
    topics: tuple[str, ...]
    write_bag: str
    progress: bool


@dataclass(frozen=True)
class Outcome:
    """What came of one bag.

    score: None if nothing was evaluated.  error: why it was not, or not to its end, or ''.
    notes: what is to be known of the answers.
    """

    bag: Path
    folder: Path
    score: Score | None
    error: str
    notes: tuple[str, ...] = ()


def run_job(job: Job) -> Outcome:
    """Evaluate one bag into its folder. A bag that is damaged gives what was read before."""
    # Imported here: the command answers --help and mistakes at once.
    import cv2
    from tqdm import tqdm

    from fer_ros.bags.evaluation import evaluate
    from fer_ros.bags.frame_table import FRAMES, FrameTable
    from fer_ros.bags.labels import read_labels
    from fer_ros.bags.reading import Bag
    from fer_ros.bags.report import write_report
    from fer_ros.bags.scoring import score
    from fer_ros.bags.writing import BagWriter
    from fer_ros.core.classification.bundle import load_bundle
    from fer_ros.core.classification.factory import make_classifier
    from fer_ros.core.pipeline import Pipeline
    from fer_ros.core.profile import pipeline_config, read_parameters

    cv2.setNumThreads(job.threads)
    labels = read_labels(job.labels)
    values = read_parameters(job.parameters) if job.parameters else {}
    bundle = load_bundle(job.bundle)
    classifier = make_classifier(bundle, job.backend, job.precision, job.threads, log=lambda line: None)
    pipeline = Pipeline(classifier, pipeline_config(values))
    with ExitStack() as stack:
        bag = stack.enter_context(Bag(job.bag, job.topics))
        job.output.mkdir(parents=True, exist_ok=True)
        file = stack.enter_context((job.output / FRAMES).open("w", newline="", encoding="utf-8"))
        table = FrameTable(file, classifier.labels, labels)
        writer = stack.enter_context(BagWriter(job.output / "bag", job.write_bag)) if job.write_bag else None
        bar = stack.enter_context(
            tqdm(total=bag.count, unit="image", disable=None if job.progress else True, desc=job.bag.name)
        )

        def told(image, frame, faces, answers) -> None:  # type: ignore[no-untyped-def]
            table.add(answers)
            if writer is not None:
                writer.write(image.camera, image.kind, image.recorded, image.raw)
                if frame is not None:
                    writer.write_answer(image, frame, faces, bundle)
            bar.update()

        began = time.perf_counter()
        session = evaluate(bag, pipeline, labels, told)
        seconds = time.perf_counter() - began
    result = score(session.answers, session.labels, classifier.labels)
    facts = {
        "bag": job.bag.name,
        "labels": job.labels.name,
        "parameters": job.profile or "the node's defaults",
        "model": f"{classifier.bundle_id} on {classifier.name}",
    }
    problem = session.incomplete or _without_images(job, session, result)
    write_report(session, result, facts, seconds, job.output, problem)
    return Outcome(job.bag, job.output, result, problem, tuple(session.notes))


def _without_images(job: Job, session: Session, result: Score) -> str:
    """Say which labels no image of a whole bag has, or ''."""
    from fer_ros.bags.labels import name_labels

    if not session.frames:
        kinds = "; ".join(f"{count} of {session.why[kind]}" for kind, count in session.refused.items()) or "no images"
        return f"{job.bag}: expected images that can be used, got none ({kinds})"
    lost = [interval.label for interval in result.intervals if not interval.frames]
    if not lost:
        return ""
    stamps = ""
    if session.first is not None:
        stamps = f" (stamps {session.first:.3f} to {session.first + session.length:.3f})"
    where = f"{job.labels}: expected labels of the bag's {session.length:.1f} s{stamps}, got "
    if len(lost) == len(result.intervals):
        return f"{where}none there"
    return f"{where}{len(lost)} of {len(result.intervals)} without an image: {name_labels(lost)}"


def _summary(score: Score) -> str:
    def text(share) -> str:  # type: ignore[no-untyped-def]
        return "no" if share.value is None else f"{100 * share.value:.1f} % of {share.total}"

    return (
        f"face found {text(score.coverage)} labelled images; right: {text(score.raw)} images by themselves, "
        f"{text(score.smoothed)} stable answers, {text(score.intervals_right)} labels"
    )


def main(arguments: list[str] | None = None) -> int:
    """Evaluate the bags; returns 0 if all of them were read to their end."""
    parser = CommandParser(prog="fer-evaluate-bag", description=(__doc__ or "").split(": ", 1)[1])
    parser.add_argument(
        "bags", nargs="+", type=user_path, metavar="BAG", help="rosbag2 folder, or .mcap, .db3 or .bag file"
    )
    parser.add_argument(
        "--labels", type=user_path, nargs="+", required=True, help="CSV or YAML; one for all bags, or each's"
    )
    parser.add_argument("--output", type=user_path, required=True, help="folder of the report; one in it for each bag")
    parser.add_argument(
        "--profile", help="default, robot or paper, or a parameter file; fer_node's defaults when left out"
    )
    parser.add_argument("--params-file", type=user_path, help="the same by its path, as fer_node takes it")
    parser.add_argument("--bundle", help="folder of a model bundle; the parameter file's, or the default one")
    parser.add_argument("--backend", choices=("auto", "litert", "tensorflow"))
    parser.add_argument("--precision", choices=("default", "float", "int8"))
    parser.add_argument("--threads", type=int, help="of LiteRT and OpenCV")
    parser.add_argument("--topics", nargs="+", default=[], help="image topics to read; all when left out")
    parser.add_argument(
        "--write-bag", nargs="?", const="mcap", default="", choices=("mcap", "sqlite3"),
        help="also write a bag with the images and /faces/emotions, as mcap or sqlite3",
    )  # fmt: skip
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier report in the output's folder")
    parser.add_argument("--workers", type=int, default=1, help="bags that are evaluated at the same time")
    parser.add_argument("--ray", default="", help="address of a Ray cluster whose nodes see the same files")
    options = parser.parse_args(arguments)
    try:
        return _run(options)
    except (ValueError, OSError, RuntimeError) as error:
        print(f"fer-evaluate-bag: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        print(f"fer-evaluate-bag: {remedy(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    from tqdm import tqdm

    from fer_ros.core.html_report import NAME
    from fer_ros.core.parallel import run_jobs

    jobs = _jobs(options)
    _check_outputs(options, jobs)
    outcomes = []
    done = run_jobs(_safely, jobs, options.workers, options.ray)
    for outcome in tqdm(done, total=len(jobs), unit="bag", disable=True if jobs[0].progress else None):
        outcomes.append(outcome)
        if outcome.error:
            print(f"fer-evaluate-bag: {outcome.error}", file=sys.stderr)
        for note in outcome.notes:
            print(f"{outcome.bag}: {note}")
        if outcome.score is not None:
            print(f"{outcome.bag}: {_summary(outcome.score)}")
    if len(jobs) > 1:
        from fer_ros.bags.report import write_summary

        options.output.mkdir(parents=True, exist_ok=True)
        write_summary([(o.folder.name, o.score, o.error) for o in outcomes], options.output)
    if len(jobs) > 1 or any(outcome.score is not None for outcome in outcomes):
        print(f"report: {options.output / NAME}")
    return 1 if any(outcome.error for outcome in outcomes) else 0


def _check_outputs(options: argparse.Namespace, jobs: Sequence[Job]) -> None:
    """Refuse folders with earlier reports, or without room, before the work.

    A bag that was written before is not replaced even by --overwrite: it may be the only copy of a recording.
    """
    from fer_ros.bags.report import FILES, SUMMARY_FILES
    from fer_ros.core.output_folder import check_output_folder

    if len(jobs) > 1:
        check_output_folder(options.output, SUMMARY_FILES, options.overwrite)
    for job in jobs:
        check_output_folder(job.output, FILES, options.overwrite)
        if job.write_bag and (job.output / "bag").exists():
            raise ValueError(
                f"{job.output / 'bag'}: expected no bag there, got one: remove it, or name another --output"
            )


def _safely(job: Job) -> Outcome:
    """Run a job; one that cannot be done does not keep the others from it."""
    try:
        return run_job(job)
    except (ValueError, OSError) as error:
        return Outcome(job.bag, job.output, None, str(error))


def _parameter_file(options: argparse.Namespace) -> Path | None:
    """Return the file of the profile or of the parameters, None for fer_node's defaults."""
    from fer_ros.core.profile import find_profile

    if options.profile is None:
        return options.params_file  # type: ignore[no-any-return]
    if options.params_file is not None:
        raise ValueError(
            f"expected --profile or --params-file, got both ({options.profile}, {options.params_file}): "
            "--profile takes the path of a parameter file too"
        )
    return find_profile(options.profile)


def _jobs(options: argparse.Namespace) -> list[Job]:
    from fer_ros.core.profile import pipeline_config, read_parameters

    bags, labels = options.bags, options.labels
    if len(labels) not in (1, len(bags)):
        raise ValueError(f"expected one label file, or one for each of the {len(bags)} bags, got {len(labels)}")
    parameters = _parameter_file(options)
    values = read_parameters(parameters) if parameters else {}
    if parameters:
        pipeline_config(values)

    def chosen(name: str, parameter: str, default: str) -> str:
        given = getattr(options, name)
        return str(values.get(parameter, default) if given is None else given)

    # Resolved: the last part of a path such as `sessions/..` would lead out of the output's folder.
    folders = [options.output] if len(bags) == 1 else [options.output / bag.resolve().stem for bag in bags]
    if len(set(folders)) < len(folders):
        raise ValueError(f"expected bags of different names, got {', '.join(bag.name for bag in bags)}")
    return [
        Job(
            bag, mine, folder, parameters, options.profile or (parameters.name if parameters else ""),
            chosen("bundle", "model_bundle", "default"), chosen("backend", "backend", "auto"),
            chosen("precision", "precision", "default"), int(chosen("threads", "threads", "2")),
            tuple(options.topics), options.write_bag, not options.ray and (len(bags) == 1 or options.workers == 1),
        )
        for bag, mine, folder in zip(bags, labels * len(bags) if len(labels) == 1 else labels, folders, strict=True)
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
