"""`fer-train reproduce`: the paper's tables and figures, each with one command."""

from __future__ import annotations

import argparse
from pathlib import Path

from fer_training.experiments import NAMES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", nargs="+", choices=(*NAMES, "all"), metavar="WHAT", help=", ".join((*NAMES, "all")))
    for name in ("fer2013", "ckplus", "jaffe"):
        parser.add_argument(f"--{name}", type=Path, help=f"where {name} stands; what needs it is left out without it")
    parser.add_argument("--imagenet-weights", type=Path, help="Keras' file; downloaded by Keras when left out")
    parser.add_argument("--stage1", default="", help="a finished first stage: run folder, bundle or 'default'")
    parser.add_argument("--stage1-config", default="paper_stage1_softmax", help="of the first stage, if it is trained")
    parser.add_argument("--ckplus-config", default="ckplus", help="of the second stage")
    parser.add_argument("--jaffe-config", default="jaffe", help="of the second stage")
    parser.add_argument("--protocols", nargs="+", choices=("random", "disjoint"), default=["random", "disjoint"])
    parser.add_argument("--folds", type=int, default=0, help="run only so many folds of each protocol, 0 for all")
    parser.add_argument("--workers", type=int, default=1, help="runs at the same time on this machine")
    parser.add_argument("--ray", default="", help="address of a Ray cluster to run on")
    parser.add_argument("--output", type=Path, required=True, help="reports, runs and pictures; finished runs are kept")


def run(options: argparse.Namespace) -> int:
    """Make the reports; returns 1 if one that was named could not be made at all."""
    from importlib import import_module

    from fer_training.data.dataset import DatasetError
    from fer_training.experiments.first_stage import FirstStage
    from fer_training.experiments.report import Report
    from fer_training.experiments.study import MissingDataError, Study
    from fer_training.models.devices import grow_gpu_memory
    from fer_training.training.config import find_config, load_stage_config
    from fer_training.training.fold_runner import Workers

    grow_gpu_memory()
    for name in ("fer2013", "ckplus", "jaffe"):
        path = getattr(options, name)
        if path is not None and not path.exists():
            raise FileNotFoundError(f"--{name}: expected a data set at {path}, got nothing")
    configs = [load_stage_config(find_config(getattr(options, f"{n}_config"))) for n in ("stage1", "ckplus", "jaffe")]
    study = Study(
        # Workers on other machines have another working directory.
        output=options.output.resolve(),
        first_stage=FirstStage(configs[0], options.stage1, options.imagenet_weights),
        ckplus_config=configs[1],
        jaffe_config=configs[2],
        fer2013=options.fer2013,
        ckplus=options.ckplus,
        jaffe=options.jaffe,
        folds=options.folds,
        protocols=tuple(options.protocols),
        workers=Workers(options.workers, options.ray),
    )
    everything = "all" in options.what
    reports = []
    for name in NAMES if everything else dict.fromkeys(options.what):
        try:
            report = import_module(f"fer_training.experiments.{name}").run(study)
        except (MissingDataError, DatasetError) as error:
            report = Report(name, name, (), missing=(str(error),))
        report.write(options.output)
        reports.append(report)
        print(report.to_markdown())
    if everything:
        (options.output / "README.md").write_text(_index(reports), encoding="utf-8")
    return 0 if everything or all(report.rows for report in reports) else 1


def _index(reports: list) -> str:  # type: ignore[type-arg]
    lines = ["# The paper's tables and figures", ""]
    for report in reports:
        state = "not done" if not report.rows else "in part" if report.missing else "done"
        lines.append(f"- [{report.title}]({report.name}.md): {state}")
    return "\n".join(lines) + "\n"
