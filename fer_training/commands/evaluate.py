"""`fer-train evaluate`: a bundle against labelled pictures, by the code that the robot runs."""

from __future__ import annotations

import argparse
import json
import shlex
import sys

from fer_ros.core.paths import user_path
from fer_training.commands.common import add_dataset, dataset_spec


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--bundle", default="default", help="folder of a bundle, or 'default' or 'balanced'")
    add_dataset(parser)
    parser.add_argument(
        "--split", default="", help="train, public_test or private_test of fer2013, train, validation or test of class "
        "folders; without it, all of the data set, with a row for each split",
    )  # fmt: skip
    parser.add_argument("--backend", choices=("auto", "litert", "tensorflow"), default="auto")
    parser.add_argument("--precision", choices=("default", "float", "float32", "float16", "int8"), default="default")
    parser.add_argument("--threads", type=int, default=2, help="of LiteRT")
    parser.add_argument("--json", action="store_true", help='print one line, {"accuracy": ..., "n": ...}')
    parser.add_argument(
        "--output", type=user_path, help="folder for report.html, the answer to each picture as CSV, and more"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace an earlier report in the output's folder")


def run(options: argparse.Namespace) -> int:
    """Evaluate, write the report where asked, and print the result."""
    from fer_ros.core.output_folder import check_output_folder
    from fer_training.evaluation.evaluate import evaluate
    from fer_training.evaluation.report import FILES, to_text, write_evaluation

    if options.output is not None:
        check_output_folder(options.output, FILES, options.overwrite)
    evaluation = evaluate(
        options.bundle,
        dataset_spec(options),
        options.path,
        options.split,
        backend=options.backend,
        precision=options.precision,
        threads=options.threads,
    )
    # What is not the answer must not stand among the lines that a program reads.
    told = sys.stderr if options.json else sys.stdout
    print(evaluation.read, file=told)
    print(to_text(evaluation), file=told)
    if options.output is not None:
        command = shlex.join(["fer-train", *sys.argv[1:]])
        print(f"report: {write_evaluation(evaluation, options.output, command)}", file=told)
    if options.json:
        splits = {r.split: {"accuracy": r.accuracy, "n": r.n} for r in evaluation.by_split()}
        several = {"splits": splits} if len(splits) > 1 else {}
        print(json.dumps({"accuracy": evaluation.accuracy, "n": evaluation.n, **several}))
    return 0
