"""The second stage: FER-2013's weights to CK+ or JAFFE (paper, Section 3.2.2, where it is called refined fine-tuning).

Its length is counted in steps: JAFFE has five mini-batches an epoch, too few for batch norm's averages to arrive.
In the paper's protocol the fold that is reported also selects the best step, so best and last step are both kept; a
protocol that keeps subjects apart reports the last of a fixed number of steps, which nothing selects.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from fer_training.data.crops import Crops
from fer_training.data.picture_record import keep_record
from fer_training.evaluation.predictions import Predictions
from fer_training.models.mobilenet import build_network, copy_head, renew_head
from fer_training.training.config import StageConfig
from fer_training.training.initialization import InitialWeights
from fer_training.training.loop import run_stage

BEST_LABEL = "best step, selected on the fold"
LAST_LABEL = "last step"


def train_stage2(
    train: Crops,
    validation: Crops,
    config: StageConfig,
    initial_weights: InitialWeights,
    folder: Path,
    progress: bool = True,
    source: dict[str, Any] | None = None,
) -> Predictions:
    """Fine-tune on one fold; a finished run in the folder is taken as it is.

    Args:
        train: faces of the fold's training part.
        validation: faces of its other part.
        config: of the stage; its network takes the shape of the initial weights.
        initial_weights: of the first stage, or ImageNet's.
        folder: of the run.
        progress: whether a bar is shown.
        source: where the faces come from, for the run's records.

    Returns:
        What the best and the last step predict for the validation faces.

    Raises:
        TrainingError, ValueError: see `run_stage`.

    """
    adapted = initial_weights.adapt(config)

    def initialise(network: keras.Model) -> None:
        initial_weights.initialise(network, adapted, train)
        renew_head(network, adapted.seed)
        if adapted.keep_head and (known := initial_weights.labels()):
            first = build_network(adapted.network, len(known))
            initial_weights.initialise(first, adapted, train)
            copy_head(network, first, train.labels, known)

    begins = {"initial_weights": initial_weights.describe(), "initial_labels": list(initial_weights.labels())}
    origin = {**(source or {}), **begins}
    run_stage(train, validation, adapted, folder, initialise, progress=progress, source=origin)
    keep_record(folder, train.pictures, validation.pictures, initial_weights.pictures())
    return Predictions.load(folder)
