"""`fer-train verify`: every format of a bundle against the network that it was made from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fer_ros.core.paths import user_path
from fer_training.legacy import translate_facts
from fer_training.tensorflow_start import import_tensorflow

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from fer_ros.core.classification.bundle import Bundle
    from fer_training.data.crops import Crops


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("bundle", help="folder of a bundle, or 'default' or 'balanced'")
    parser.add_argument("--path", type=user_path, required=True, help="where the data set of the run stands")
    parser.add_argument(
        "--run",
        type=user_path,
        dest="run_folder",
        help="the run it was made of; without it the bundle's recorded accuracy is the measure, on the validation "
        "split of FER-2013's training split",
    )


def run(options: argparse.Namespace) -> int:
    """Verify, print a line per format, and return 1 if one of them is refused."""
    from fer_ros.core.classification.bundle import load_bundle
    from fer_training.data.files import expect_something
    from fer_training.export.finished_run import open_finished_run

    # Before TensorFlow is loaded: whoever made a mistake learns of it at once.
    bundle = load_bundle(options.bundle)
    expect_something(options.path, "--path")
    if options.run_folder is not None:
        open_finished_run(options.run_folder)
    from fer_training.export.verification import verify

    if options.run_folder is not None:
        validation, accuracy, predicted = _of_run(bundle, options.run_folder, options.path)
    else:
        (validation, accuracy), predicted = _of_record(bundle, options.path), None
    verdicts = verify(bundle, validation, accuracy, predicted)
    for verdict in verdicts:
        print(verdict)
    refused = [v.precision for v in verdicts if not v.passed]
    others = [v.precision for v in verdicts if v.passed and v.of_another_network]
    if refused:
        print(f"fer-train: {', '.join(refused)} refused", file=sys.stderr)
    if others:
        print(f"fer-train: {', '.join(others)} refused: of another network than this run's", file=sys.stderr)
    return 1 if refused or others else 0


def _of_run(bundle: Bundle, folder: Path, path: Path) -> tuple[Crops, float, npt.NDArray[np.int64] | None]:
    """Return the run's validation faces, and the accuracy and labels that its network predicts for them.

    A bundle that was changed after its run is measured by the accuracy that it records.
    """
    import_tensorflow()
    from fer_training.export.packaging import reference_predictions
    from fer_training.training.loop import load_run
    from fer_training.training.run_folder import crops_of_run

    made = translate_facts(bundle.training)
    network, config = load_run(folder, f"{made.get('weights', 'best')}.weights.h5")
    _, validation = crops_of_run(folder, config, path)
    if made.keys() & {"weight_average", "logit_adjustment"}:
        print(f"{bundle.directory}: changed after its run; the accuracy that it records is the measure")
        return validation, made["validation"]["accuracy"], None
    reference = reference_predictions(network, config, validation)
    return validation, reference.raw.accuracy, reference.logits.argmax(axis=1)


def _of_record(bundle: Bundle, path: Path) -> tuple[Crops, float]:
    """Return the validation faces of a first stage, and the accuracy that the bundle records.

    Raises ValueError for a bundle that was selected on others.
    """
    from fer_training.data.dataset import DatasetError
    from fer_training.data.fer2013_crops import stage1_crops

    made = translate_facts(bundle.training)
    recorded = made.get("validation", {})
    try:
        _, validation = stage1_crops(path)
    except DatasetError as error:
        raise ValueError(f"{error}; a bundle of another data set needs its --run") from None
    if validation.labels != bundle.labels or recorded.get("n") != len(validation):
        raise ValueError(
            f"{bundle.directory}: expected a bundle selected on {len(validation)} faces with labels "
            f"{validation.labels}, got {recorded.get('n')} and {bundle.labels}; name its --run"
        )
    if made.get("validation_digest", validation.digest) != validation.digest:
        print("note: the validation split of this copy is another one: its pictures differ in their pixels")
    return validation, recorded["accuracy"]
