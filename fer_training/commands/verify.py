"""`fer-train verify`: every format of a bundle against the network that it was made from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("bundle", help="folder of a bundle, or 'default' or 'balanced'")
    parser.add_argument("--path", type=Path, required=True, help="where the data set of the run stands")
    parser.add_argument(
        "--run",
        type=Path,
        dest="run_folder",
        help="the run it was made of; without it the bundle's recorded accuracy is the measure, on the tenth that is "
        "held out of FER-2013's training split",
    )


def run(options: argparse.Namespace) -> int:
    """Verify, print a line per format, and return 1 if one of them is refused."""
    from fer_ros.core.classification.bundle import load_bundle
    from fer_training.export.verification import verify

    bundle = load_bundle(options.bundle)
    made, answers = bundle.training, None
    recorded = made.get("validation", {})
    if options.run_folder is not None:
        from fer_training.export.packaging import refer
        from fer_training.training.loop import load_run
        from fer_training.training.run_data import faces_of_run

        network, config = load_run(options.run_folder, f"{made.get('weights', 'best')}.weights.h5")
        _, validation = faces_of_run(options.run_folder, config, options.path)
        if made.keys() & {"average", "logit_offsets"}:
            print(f"{options.bundle}: changed after its run; the accuracy that it records is the measure")
            accuracy = recorded["accuracy"]
        else:
            reference = refer(network, config, validation)
            accuracy, answers = reference.raw.accuracy, reference.logits.argmax(axis=1)
    else:
        from fer_training.data.dataset import DatasetError
        from fer_training.training.stage1 import coarse_faces

        try:
            _, validation = coarse_faces(options.path)
        except DatasetError as error:
            raise ValueError(f"{error}; a bundle of another data set needs its --run") from None
        if validation.labels != bundle.labels or recorded.get("n") != len(validation):
            raise ValueError(
                f"{options.bundle}: expected a bundle selected on {len(validation)} faces with labels "
                f"{validation.labels}, got {recorded.get('n')} and {bundle.labels}; name its --run"
            )
        if made.get("validation_digest", validation.digest) != validation.digest:
            print("note: the held-out tenth of this copy is another one: its pictures differ in their pixels")
        accuracy = recorded["accuracy"]
    verdicts = verify(bundle, validation, accuracy, answers)
    for verdict in verdicts:
        print(verdict)
    refused = [v.precision for v in verdicts if not v.passed]
    if refused:
        print(f"fer-train: {', '.join(refused)} refused", file=sys.stderr)
    return 1 if refused else 0
