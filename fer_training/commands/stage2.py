"""`fer-train stage2`: fine-tune a first stage on a small data set, fold by fold."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from fer_ros.core.paths import user_path
from fer_training.commands.common import RUN, add_dataset, check_run_output, dataset_spec, lost_classes, read_config
from fer_training.data.files import expect_something
from fer_training.tensorflow_start import import_tensorflow

if TYPE_CHECKING:
    from fer_training.evaluation.predictions import Predictions
    from fer_training.training.initialization import InitialWeights


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--config", required=True, help="a name in fer_training/configs, or a YAML file")
    add_dataset(parser)
    parser.add_argument(
        "--stage1", required=True, help="run folder or bundle to start from, such as 'default', or 'imagenet'"
    )
    parser.add_argument("--imagenet-weights", type=user_path, help="Keras' file, for --stage1 imagenet")
    parser.add_argument(
        "--protocol",
        choices=("random", "disjoint"),
        default="random",
        help="random (default): five groups, as in the paper; disjoint: no person on both sides",
    )
    parser.add_argument("--fold", type=int, help="only this fold, counted from 0, such as for a bundle to ship")
    parser.add_argument("--seed", type=int, help="instead of the config's")
    parser.add_argument("--workers", type=int, default=1, help="folds that run at the same time")
    parser.add_argument("--ray", default="", help="address of a Ray cluster to run the folds on")
    parser.add_argument("--output", type=user_path, required=True, help="one run folder a fold is made here")


def run(options: argparse.Namespace) -> int:
    """Train the folds, and print each result and their mean."""
    from fer_training.data.splits import PROTOCOLS

    config, spec = read_config(options.config, options.seed), dataset_spec(options)
    if spec.name not in PROTOCOLS:
        raise ValueError(f"expected --dataset {' or '.join(PROTOCOLS)}, got {spec.name}: it is the first stage's")
    expect_something(options.path, "--path")
    if options.workers < 1:
        raise ValueError(f"--workers must be at least 1, got {options.workers}")
    check_run_output(options.output, config, 1 if options.fold is not None else 10, (f"*/{RUN}", "folds.*", "faces"))

    import_tensorflow()
    from fer_training.data.face_cropping import read_crops
    from fer_training.data.summary import check_trainable, describe
    from fer_training.models.devices import grow_gpu_memory
    from fer_training.training.cross_validation import CrossValidation
    from fer_training.training.fold_runner import Workers
    from fer_training.training.run_folder import RunFolder

    grow_gpu_memory()
    weights = _initial_weights(options)
    adapted = weights.adapt(config)
    # Before the pictures are read: their faces may take an hour to find.
    for path in sorted(options.output.glob(f"*/{RUN}")):
        RunFolder(path.parent).check_config(adapted)
    preprocess = adapted.preprocess
    dataset, crops = read_crops(
        spec, options.path, preprocess.box_scale, options.output / "faces", level_from=preprocess.level_from
    )
    print(describe(dataset), file=sys.stderr)
    own = "validation" if options.protocol == "random" else None
    check_trainable(dataset, [i for i, sample in enumerate(dataset.samples) if sample.split != own])
    validation = CrossValidation(spec, dataset, crops, PROTOCOLS[spec.name][options.protocol])
    output, workers = options.output.resolve(), Workers(options.workers, options.ray)
    if lost := [name for name in weights.labels() if name not in dataset.labels]:
        print(f"note: {lost_classes(dataset.labels, lost)}", file=sys.stderr)
    wanted = _wanted(options.fold, len(validation.folds))
    for line in validation.unlearned(wanted):
        print(f"note: {line}", file=sys.stderr)
    found = validation.run(config, weights, output, output / "folds.json", wanted=wanted, workers=workers)
    _print_results(found, dataset.name, validation.protocol.label, options.protocol == "random")
    return 0


def _initial_weights(options: argparse.Namespace) -> InitialWeights:
    from fer_training.training.initialization import ImageNetWeights, open_initial_weights

    if options.stage1 == "imagenet":
        return ImageNetWeights(options.imagenet_weights)
    return open_initial_weights(options.stage1)


def _wanted(fold: int | None, count: int) -> slice:
    if fold is None:
        return slice(None)
    if not 0 <= fold < count:
        raise ValueError(f"--fold must be 0 to {count - 1}, got {fold}")
    return slice(fold, fold + 1)


def _print_results(found: dict[str, Predictions], dataset: str, protocol: str, best: bool) -> None:
    """Print the accuracy of each fold, and their mean; `best`: of the best step as well."""
    from fer_training.experiments.report import fold_rows

    for name, predictions in found.items():
        for row in fold_rows(name, protocol, [predictions], None, best=best):
            print(f"{row.what}: {row.ours:.2f} % of {row.n}, {row.protocol}")
    for row in fold_rows(dataset, protocol, list(found.values()), None, best=best):
        deviation = f" ± {row.deviation:.2f}" if row.deviation is not None else ""
        low, high = row.interval or (0.0, 0.0)
        print(f"{row.what}: {row.ours:.2f}{deviation} %, 95 % interval {low:.2f} to {high:.2f}, {row.protocol}")
