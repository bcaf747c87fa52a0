"""`fer-train export`: a run's best network as a bundle for the robot."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--run", type=Path, required=True, dest="run_folder", help="folder of a finished run")
    parser.add_argument("--path", type=Path, required=True, help="where the run's data set stands")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new bundle")
    parser.add_argument("--name", help="the bundle's name; the output folder's when left out")
    parser.add_argument("--weights", choices=("best", "last"), default="best")
    parser.add_argument(
        "--precisions", nargs="+", default=["float16", "int8"], help="float32, float16, int8; the first is preferred"
    )
    parser.add_argument("--raise-recall", nargs="+", default=[], metavar="LABEL", help="of classes that are missed")
    parser.add_argument(
        "--recall-cost", type=float, default=0.5, help="points of validation accuracy that it may cost (default 0.5)"
    )
    parser.add_argument("--average", metavar="START", help="average with what the run started from: a run or bundle")
    parser.add_argument("--share", type=float, default=0.25, help="of START in the average, chosen on validation faces")
    parser.add_argument("--savedmodel", type=Path, help="write a TensorFlow SavedModel into this folder as well")


def run(options: argparse.Namespace) -> int:
    """Export, and print what was kept and what was refused."""
    from fer_training.export.packaging import package, raise_recall, save_savedmodel
    from fer_training.models.mobilenet import build_network
    from fer_training.models.weight_averaging import average_weights
    from fer_training.training.initialization import open_start
    from fer_training.training.loop import load_run
    from fer_training.training.run_data import faces_of_run
    from fer_training.training.run_folder import code_of, origin_of

    network, config = load_run(options.run_folder, f"{options.weights}.weights.h5")
    train, validation = faces_of_run(options.run_folder, config, options.path)
    name = options.name or options.output.name
    facts: dict[str, Any] = {"weights": options.weights, **origin_of(options.run_folder)}
    facts["trained_with"] = code_of(options.run_folder)
    if options.average:
        begun = facts.get("start")
        if begun is not None and open_start(options.average).describe() != begun:
            raise ValueError(f"--average: expected what the run started from, {begun}, got {options.average}")
        before = build_network(config.network, len(validation.labels))
        open_start(options.average).initialise(before, config, train)
        average_weights(network, before, options.share)
        facts["average"] = {"start": Path(options.average).name, "share": options.share}
    if options.raise_recall:
        facts |= raise_recall(network, config, validation, options.raise_recall, options.recall_cost / 100)
    bundle, verdicts = package(
        network,
        config,
        train,
        validation,
        options.output,
        name,
        tuple(options.precisions),
        facts,
    )
    if options.savedmodel is not None:
        save_savedmodel(network, options.savedmodel)
    for verdict in verdicts:
        print(verdict)
    print(f"{options.output}: {bundle.id}, temperature {bundle.temperature:.3f}, {', '.join(bundle.models)}")
    return 0
