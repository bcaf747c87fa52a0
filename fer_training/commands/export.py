"""`fer-train export`: a run's best network as a bundle for the robot."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_ros.core.paths import user_path
from fer_training.commands.common import add_renamed

if TYPE_CHECKING:
    import keras

    from fer_training.data.crops import Crops
    from fer_training.training.config import StageConfig


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--run", type=user_path, required=True, dest="run_folder", help="folder of a finished run")
    parser.add_argument("--path", type=user_path, required=True, help="where the run's data set stands")
    parser.add_argument("--output", type=user_path, required=True, help="folder of the new bundle")
    parser.add_argument("--name", help="the bundle's name; the output folder's when left out")
    parser.add_argument("--weights", choices=("best", "last"), default="best")
    parser.add_argument(
        "--precisions", nargs="+", default=["float16", "int8"], help="float32, float16, int8; the first is preferred"
    )
    parser.add_argument(
        "--boost-recall", nargs="+", default=[], metavar="LABEL", help="of classes that are missed, by logit adjustment"
    )
    parser.add_argument(
        "--boost-cost", type=float, default=0.5, help="points of validation accuracy that it may cost (default 0.5)"
    )
    parser.add_argument("--average", metavar="INITIAL", help="average with the run's initial weights: a run or bundle")
    parser.add_argument("--share", type=float, default=0.25, help="of INITIAL in the average, default 0.25")
    parser.add_argument("--savedmodel", type=user_path, help="write a TensorFlow SavedModel into this folder as well")
    add_renamed(parser, {"--raise-recall": "--boost-recall", "--recall-cost": "--boost-cost"})


def run(options: argparse.Namespace) -> int:
    """Export, and print what was kept and what was refused."""
    from fer_training.export.packaging import boost_recall, package, save_savedmodel
    from fer_training.training.loop import load_run
    from fer_training.training.provenance import code_of
    from fer_training.training.run_folder import crops_of_run, origin_of

    network, config = load_run(options.run_folder, f"{options.weights}.weights.h5")
    train, validation = crops_of_run(options.run_folder, config, options.path)
    facts: dict[str, Any] = {"weights": options.weights, **origin_of(options.run_folder)}
    facts["trained_with"] = code_of(options.run_folder)
    if options.average:
        _average(network, config, train, options.average, options.share, facts.get("initial_weights"))
        facts["weight_average"] = {"initial_weights": Path(options.average).name, "share": options.share}
    if options.boost_recall:
        facts |= boost_recall(network, config, validation, options.boost_recall, options.boost_cost / 100)
    name, precisions = options.name or options.output.name, tuple(options.precisions)
    bundle, verdicts = package(network, config, train, validation, options.output, name, precisions, facts)
    if options.savedmodel is not None:
        save_savedmodel(network, options.savedmodel)
    for verdict in verdicts:
        print(verdict)
    print(f"{options.output}: {bundle.id}, temperature {bundle.temperature:.3f}, {', '.join(bundle.models)}")
    return 0


def _average(
    network: keras.Model, config: StageConfig, train: Crops, location: str, share: float, recorded: str | None
) -> None:
    """Move a run's network towards its initial weights. Raises ValueError for any others than those on record."""
    from fer_training.models.mobilenet import LOGITS, build_network
    from fer_training.models.weight_averaging import average_weights
    from fer_training.training.initialization import open_initial_weights

    weights = open_initial_weights(location)
    if recorded is not None and weights.describe() != recorded:
        raise ValueError(f"--average: expected the run's initial weights, {recorded}, got {location}")
    before = build_network(config.network, network.output[LOGITS].shape[-1])
    weights.initialise(before, config, train)
    average_weights(network, before, share)
