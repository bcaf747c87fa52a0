"""`fer-train stage2`: fine-tune a first stage on a small data set, fold by fold."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from fer_ros.core.paths import user_path
from fer_training.commands.common import add_dataset, dataset_spec
from fer_training.evaluation.predictions import Predictions

if TYPE_CHECKING:
    from fer_training.training.config import StageConfig
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
    import sys

    from fer_training.data.face_cropping import read_crops
    from fer_training.data.splits import PROTOCOLS
    from fer_training.models.devices import grow_gpu_memory
    from fer_training.training.cross_validation import CrossValidation
    from fer_training.training.fold_runner import Workers

    grow_gpu_memory()
    spec = dataset_spec(options)
    if spec.name not in PROTOCOLS:
        raise ValueError(f"expected --dataset {' or '.join(PROTOCOLS)}, got {spec.name}: it is the first stage's")
    config, weights = _config_and_weights(options)
    box_scale = weights.adapt(config).preprocess.box_scale
    dataset, crops = read_crops(spec, options.path, box_scale, options.output / "faces")
    for problem in dataset.problems:
        print(f"note: {problem}", file=sys.stderr)
    validation = CrossValidation(spec, dataset, crops, PROTOCOLS[spec.name][options.protocol])
    output, workers = options.output.resolve(), Workers(options.workers, options.ray)
    wanted = _wanted(options.fold, len(validation.folds))
    found = validation.run(config, weights, output, output / "folds.json", wanted=wanted, workers=workers)
    _print_results(found, dataset.name, validation.protocol.label, options.protocol == "random")
    return 0


def _config_and_weights(options: argparse.Namespace) -> tuple[StageConfig, InitialWeights]:
    from dataclasses import replace

    from fer_training.training.config import find_config, load_stage_config
    from fer_training.training.initialization import ImageNetWeights, open_initial_weights

    config = load_stage_config(find_config(options.config))
    if options.seed is not None:
        config = replace(config, seed=options.seed)
    if options.stage1 == "imagenet":
        return config, ImageNetWeights(options.imagenet_weights)
    return config, open_initial_weights(options.stage1)


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
