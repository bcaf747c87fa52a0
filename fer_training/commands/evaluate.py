"""`fer-train evaluate`: a bundle against one split, by the code that the robot runs."""

from __future__ import annotations

import argparse
import json

from fer_ros.core.paths import user_path
from fer_training.commands.common import add_dataset, dataset_spec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--bundle", default="default", help="folder of a bundle, or 'default' or 'balanced'")
    add_dataset(parser)
    parser.add_argument(
        "--split", default="", help="fer2013: train, public_test or private_test; without it, all of the data set"
    )
    parser.add_argument("--backend", choices=("auto", "litert", "tensorflow"), default="auto")
    parser.add_argument("--precision", choices=("default", "float", "float32", "float16", "int8"), default="default")
    parser.add_argument("--threads", type=int, default=2, help="of LiteRT")
    parser.add_argument("--json", action="store_true", help='print one line, {"accuracy": ..., "n": ...}')
    parser.add_argument("--output", type=user_path, help="folder for the report: Markdown, CSV, JSON and pictures")


def run(options: argparse.Namespace) -> int:
    """Evaluate, write the report where asked, and print the result."""
    from fer_training.evaluation.evaluate import evaluate
    from fer_training.evaluation.report import to_text, write_evaluation

    evaluation = evaluate(
        options.bundle,
        dataset_spec(options),
        options.path,
        options.split,
        backend=options.backend,
        precision=options.precision,
        threads=options.threads,
    )
    if options.output is not None:
        write_evaluation(evaluation, options.output)
    if options.json:
        print(json.dumps({"accuracy": evaluation.accuracy, "n": evaluation.n}))
    else:
        print(to_text(evaluation))
    return 0
