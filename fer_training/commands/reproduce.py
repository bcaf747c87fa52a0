"""`fer-train reproduce`: the paper's tables and figures, each with one command."""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import TYPE_CHECKING

from fer_ros.core import html_report
from fer_ros.core.output_folder import check_output_folder
from fer_ros.core.paths import user_path
from fer_training.experiments import NAMES
from fer_training.tensorflow_start import import_tensorflow

if TYPE_CHECKING:
    from fer_training.experiments.report import Report
    from fer_training.experiments.study import Study


_ROOM = 500 << 20
"""Bytes that a few runs may need; all of them take more."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", nargs="+", choices=(*NAMES, "all"), metavar="WHAT", help=", ".join((*NAMES, "all")))
    for name in ("fer2013", "ckplus", "jaffe"):
        parser.add_argument(
            f"--{name}", type=user_path, help=f"where {name} stands; what needs it is left out without it"
        )
    parser.add_argument("--imagenet-weights", type=user_path, help="Keras' file; downloaded by Keras when left out")
    parser.add_argument("--stage1", default="", help="a finished first stage: run folder, bundle or 'default'")
    parser.add_argument("--stage1-config", default="paper_stage1_softmax", help="of the first stage, if it is trained")
    parser.add_argument("--ckplus-config", default="ckplus", help="of the second stage")
    parser.add_argument("--jaffe-config", default="jaffe", help="of the second stage")
    parser.add_argument("--protocols", nargs="+", choices=("random", "disjoint"), default=["random", "disjoint"])
    parser.add_argument("--folds", type=int, default=0, help="run only so many folds of each protocol, 0 for all")
    parser.add_argument("--workers", type=int, default=1, help="runs at the same time on this machine")
    parser.add_argument("--ray", default="", help="address of a Ray cluster to run on")
    parser.add_argument(
        "--output", type=user_path, required=True, help="reports, runs and pictures; finished runs are kept"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace earlier reports in the output's folder")


def run(options: argparse.Namespace) -> int:
    """Make the reports; returns 1 if one that was named could not be made at all."""
    _check(options)
    import_tensorflow()
    from fer_training.experiments.report import to_html
    from fer_training.models.devices import grow_gpu_memory

    grow_gpu_memory()
    study = _study(options)
    everything = "all" in options.what
    reports = [_report(name, study) for name in (NAMES if everything else dict.fromkeys(options.what))]
    if everything:
        (options.output / "README.md").write_text(_index(reports), encoding="utf-8")
    page = options.output / html_report.NAME
    page.write_text(to_html(reports, options.output, shlex.join(["fer-train", *sys.argv[1:]])), encoding="utf-8")
    print(f"report: {page}")
    return 0 if everything or all(report.rows for report in reports) else 1


def _check(options: argparse.Namespace) -> None:
    """Refuse what could only fail after hours of work; TensorFlow is not loaded yet."""
    from fer_training.data.files import expect_something

    for name in ("fer2013", "ckplus", "jaffe"):
        path = getattr(options, name)
        if path is not None:
            expect_something(path, f"--{name}")
    # report.html is written last of all: where it is not, the work was interrupted, and goes on.
    check_output_folder(options.output, (html_report.NAME,), options.overwrite, room=_ROOM)


def _study(options: argparse.Namespace) -> Study:
    from fer_training.experiments.datasets import DatasetPaths
    from fer_training.experiments.stage1_model import Stage1Model
    from fer_training.experiments.study import Study
    from fer_training.training.config import find_config, load_stage_config
    from fer_training.training.fold_runner import Workers

    stage1, ckplus, jaffe = (
        load_stage_config(find_config(getattr(options, f"{name}_config"))) for name in ("stage1", "ckplus", "jaffe")
    )
    paths = DatasetPaths(options.fer2013, options.ckplus, options.jaffe)
    # Workers on other machines have another working directory.
    output = options.output.resolve()
    return Study(
        output=output,
        stage1=Stage1Model(stage1, output, paths, options.stage1, options.imagenet_weights),
        ckplus_config=ckplus,
        jaffe_config=jaffe,
        paths=paths,
        folds=options.folds,
        protocols=tuple(options.protocols),
        workers=Workers(options.workers, options.ray),
    )


def _report(name: str, study: Study) -> Report:
    """Make, write and print one report; what kept it from being made stands in it."""
    from importlib import import_module

    from fer_training.data.dataset import DatasetError
    from fer_training.experiments.datasets import MissingDataError
    from fer_training.experiments.report import Report

    try:
        report: Report = import_module(f"fer_training.experiments.{name}").run(study)
    except (MissingDataError, DatasetError) as error:
        report = Report(name, name, (), missing=(str(error),))
    report.write(study.output)
    print(report.to_markdown())
    return report


def _index(reports: list[Report]) -> str:
    lines = ["# The paper's tables and figures", ""]
    for report in reports:
        lines.append(f"- [{report.title}]({report.name}.md): {report.state}")
    return "\n".join(lines) + "\n"
