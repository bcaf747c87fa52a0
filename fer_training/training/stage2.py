"""The second stage: FER-2013's weights to CK+ or JAFFE (paper, Section 3.2.2, 'refined' fine-tuning).

Its length is counted in steps: JAFFE has five mini-batches an epoch, too few for batch norm's averages to arrive.
In the paper's protocol the fold that is reported also selects the best step, so best and last step are both kept; a
protocol that keeps subjects apart reports the last of a fixed number of steps, which nothing selects.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from fer_training.data.crops import Crops
from fer_training.models.mobilenet import renew_head
from fer_training.training.config import StageConfig
from fer_training.training.initialization import Start
from fer_training.training.loop import run_stage
from fer_training.training.run_folder import Answers

BEST_LABEL = "best step, selected on the fold"
LAST_LABEL = "last step"


def train_refined(
    train: Crops,
    validation: Crops,
    config: StageConfig,
    start: Start,
    folder: Path,
    progress: bool = True,
    source: dict[str, Any] | None = None,
) -> Answers:
    """Fine-tune on one fold from `start`, and return what the best and the last step answered on its other part.

    A finished run in the folder is taken as it is. For errors see run_stage.
    """
    adapted = start.adapt(config)

    def initialise(network: keras.Model) -> None:
        start.initialise(network, adapted, train)
        renew_head(network, adapted.seed)

    run_stage(
        train,
        validation,
        adapted,
        folder,
        initialise,
        progress=progress,
        source={**(source or {}), "start": start.describe()},
    )
    return Answers.load(folder)
