"""`fer-train stage1`: train the first stage into a run folder, or resume it there."""

from __future__ import annotations

import argparse
import sys

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.paths import user_path
from fer_training.commands.common import add_renamed, check_run_output, read_config
from fer_training.data.files import expect_something, expect_table
from fer_training.tensorflow_start import import_tensorflow


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--config", required=True, help="a name in fer_training/configs, or a YAML file")
    parser.add_argument("--fer2013", type=user_path, required=True, help="CSV file or folder of FER-2013")
    parser.add_argument("--ferplus", type=user_path, help="FER+ votes, for a config with vote_weight")
    parser.add_argument("--imagenet-weights", type=user_path, help="Keras' file; downloaded by Keras when left out")
    parser.add_argument(
        "--init-from",
        help="run folder or bundle with the initial weights, instead of ImageNet's; a wider bundle is pruned to the "
        "config's width",
    )
    parser.add_argument(
        "--teacher",
        action="append",
        default=[],
        help="bundle, for a config with teacher_weight; several are averaged",
    )
    parser.add_argument(
        "--whole-split",
        action="store_true",
        help="train on the whole training split and evaluate on the public test meanwhile, as the paper does; the best "
        "step's accuracy is then selected on it, and no measure of the model",
    )
    parser.add_argument("--seed", type=int, help="instead of the config's")
    parser.add_argument(
        "--output", type=user_path, required=True, help="run folder; an unfinished run there is resumed"
    )
    add_renamed(parser, {"--start": "--init-from"})


def run(options: argparse.Namespace) -> int:
    """Train, and print where the run stands."""
    from fer_training.training.config import check_needs

    config = read_config(options.config, options.seed)
    check_needs(config, options.ferplus, options.teacher)
    for teacher in options.teacher:
        load_bundle(teacher)
    expect_something(options.fer2013, "--fer2013")
    if options.ferplus is not None:
        expect_table(options.ferplus, "--ferplus")
    check_run_output(options.output, config)
    finished = (options.output / "result.json").is_file()

    import_tensorflow()
    from fer_training.models.devices import grow_gpu_memory
    from fer_training.training.initialization import ImageNetWeights, open_initial_weights
    from fer_training.training.stage1 import train_stage1

    grow_gpu_memory()
    imagenet = ImageNetWeights(options.imagenet_weights)
    result = train_stage1(
        config,
        options.fer2013,
        options.output,
        ferplus=options.ferplus,
        initial_weights=open_initial_weights(options.init_from) if options.init_from else imagenet,
        teachers=options.teacher,
        whole_split=options.whole_split,
    )
    if finished:
        print(f"note: the run in {options.output} was finished before: nothing was trained", file=sys.stderr)
    where = "the public test, selected on it," if options.whole_split else "the validation split"
    print(
        f"{options.output}: {100 * result.best_accuracy:.2f} % of {where} at step {result.best_step}, "
        f"{100 * result.last_accuracy:.2f} % at the last step {result.last_step}"
    )
    return 0
