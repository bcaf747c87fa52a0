"""`fer-train export`: the network whose number a run reported, as a bundle for the robot."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_ros.core.paths import user_path
from fer_training.commands.common import add_renamed, lost_classes
from fer_training.tensorflow_start import import_tensorflow

if TYPE_CHECKING:
    import keras

    from fer_ros.core.classification.bundle import Bundle
    from fer_training.data.crops import Crops
    from fer_training.export.finished_run import FinishedRun
    from fer_training.training.config import StageConfig


_PREFERENCE = ("float16", "int8")
"""The formats that are tried where nobody names others."""
_ROOM = 100 << 20
"""Bytes that the largest bundle and what is made on the way may need."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--run", type=user_path, required=True, dest="run_folder", help="folder of a finished run")
    parser.add_argument("--path", type=user_path, required=True, help="where the run's data set stands")
    parser.add_argument("--output", type=user_path, required=True, help="folder of the new bundle")
    parser.add_argument("--name", help="the bundle's name; the output folder's when left out")
    parser.add_argument(
        "--weights", choices=("best", "last"), help="the step whose number was reported when left out: the last one "
        "where people were kept apart, else the best one",
    )  # fmt: skip
    parser.add_argument(
        "--precisions", nargs="+", default=list(_PREFERENCE), help="float32, float16, int8; the first is preferred"
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
    # Before TensorFlow is loaded: whoever made a mistake learns of it at once.
    finished = _check(options)
    if finished.lost_labels:
        print(f"note: {lost_classes(finished.labels, finished.lost_labels)}", file=sys.stderr)
    import_tensorflow()
    from fer_training.export.packaging import boost_recall, package, save_savedmodel
    from fer_training.training.loop import load_run
    from fer_training.training.provenance import code_of
    from fer_training.training.run_folder import crops_of_run, origin_of

    weights = options.weights or finished.reported
    network, config = load_run(options.run_folder, f"{weights}.weights.h5")
    train, validation = crops_of_run(options.run_folder, config, options.path)
    facts: dict[str, Any] = {**finished.facts(weights), **origin_of(options.run_folder)}
    facts["trained_with"] = code_of(options.run_folder)
    if options.average:
        _average(network, config, train, options.average, options.share, facts.get("initial_weights"))
        facts["weight_average"] = {"initial_weights": Path(options.average).name, "share": options.share}
    if options.boost_recall:
        facts |= boost_recall(network, config, validation, options.boost_recall, options.boost_cost / 100)
    if options.average or options.boost_recall:
        # The number was another network's.
        del facts["reported"]
    name, precisions = options.name or options.output.name, tuple(options.precisions)
    # What adjusts the answers on the validation faces learns from them too.
    record = finished.record("best" if options.boost_recall else weights, train, validation)
    bundle, verdicts = package(network, config, train, validation, options.output, name, precisions, facts, record)
    if options.savedmodel is not None:
        save_savedmodel(network, options.savedmodel)
    for verdict in verdicts:
        print(verdict)
    print(_preferred(bundle, precisions))
    print(f"weights of the {weights} step: {_told(facts)}")
    print(f"{options.output}: {bundle.id}, temperature {bundle.temperature:.3f}, {', '.join(bundle.models)}")
    return 0


def _check(options: argparse.Namespace) -> FinishedRun:
    """Refuse what could only fail later, and return the run's records."""
    from fer_ros.core.classification.bundle import PRECISIONS
    from fer_ros.core.emotions import EMOTIONS
    from fer_ros.core.output_folder import check_output_folder
    from fer_training.data.files import expect_something
    from fer_training.export.boost import check_boost
    from fer_training.export.finished_run import open_finished_run

    finished = open_finished_run(options.run_folder)
    expect_something(options.path, "--path")
    unknown = sorted(set(options.precisions) - set(PRECISIONS))
    if unknown:
        raise ValueError(f"--precisions: expected some of {', '.join(PRECISIONS)}, got {', '.join(unknown)}")
    if options.boost_recall:
        check_boost(options.boost_recall, finished.labels or EMOTIONS[:7], options.boost_cost / 100)
    check_output_folder(options.output, ("bundle.json", "model.*.tflite"), None, "bundle", _ROOM)
    if options.savedmodel is not None:
        check_output_folder(options.savedmodel, ("*",), None, "SavedModel", _ROOM)
    return finished


def _told(facts: dict[str, Any]) -> str:
    """Say which number was reported of these weights."""
    found = facts.get("reported")
    if found is None:
        return "changed after the run, so its number is not theirs"
    if "accuracy" not in found:
        return str(found["protocol"])
    return f"{100 * found['accuracy']:.2f} % of {found['n']} validation faces right ({found['protocol']})"


def _preferred(bundle: Bundle, precisions: tuple[str, ...]) -> str:
    """Say which format a node runs if nobody names one, and why."""
    why = "the first of --precisions that is as good as the network"
    if precisions == _PREFERENCE and bundle.default_precision == "float16":
        why += "; its numbers are nearest to it. int8 is smaller and faster: --precisions int8 float16 prefers that"
    return f"default format: {bundle.default_precision}, {why}"


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
