"""The first stage: ImageNet's weights to FER-2013 (paper, Section 3.2.2, where it is called coarse fine-tuning)."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from fer_ros.core.classification.bundle import Bundle, load_bundle
from fer_training.data.crops import Crops
from fer_training.data.fer2013 import WATCHED
from fer_training.data.fer2013_crops import paper_stage1_crops, stage1_crops
from fer_training.data.picture_record import keep_record
from fer_training.data.registry import DatasetSpec
from fer_training.legacy import translate_facts
from fer_training.training.batches import Teacher
from fer_training.training.config import StageConfig, check_needs
from fer_training.training.distillation import ConsistentTeacher, classes_by_votes, distillation_targets
from fer_training.training.initialization import BundleWeights, ImageNetWeights, InitialWeights
from fer_training.training.loop import StageResult, run_stage
from fer_training.training.run_folder import RunFolder

SPEC = DatasetSpec("fer2013")
_IMAGENET = ImageNetWeights()


def train_stage1(
    config: StageConfig,
    fer2013: Path,
    folder: Path,
    *,
    ferplus: Path | None = None,
    initial_weights: InitialWeights = _IMAGENET,
    teachers: Sequence[str] = (),
    whole_split: bool = False,
    progress: bool = True,
) -> StageResult:
    """Train on nine tenths of FER-2013's training split and select on the tenth; the test splits are not read.

    Args:
        config: of the stage.
        fer2013: CSV file or folder of FER-2013.
        folder: of the run; an unfinished run there is resumed.
        ferplus: table of votes, needed by a config with vote_weight or votes_exponent.
        initial_weights: what the network starts with.
        teachers: bundles whose predictions are learned too, needed by a config with teacher_weight.
        whole_split: as the paper does, train on the whole split and evaluate on the public test meanwhile. The best
            step's accuracy is then selected on the public test, and no measure of the model; the last step's is one.
        progress: whether a bar is shown.

    Raises:
        ValueError: the config needs what is not given; nothing was read then. For others see `run_stage`.

    """
    check_needs(config, ferplus, teachers)
    bundles = [load_bundle(teacher) for teacher in teachers]
    adapted = initial_weights.adapt(config)
    # Before the data are read.
    RunFolder(folder).check_config(adapted)
    train, validation = (paper_stage1_crops if whole_split else stage1_crops)(fer2013, ferplus)
    begun = [initial_weights.bundle] if isinstance(initial_weights, BundleWeights) else []
    _note_other_selections([*bundles, *begun], validation)
    train, teacher = _with_teachers(train, adapted, teachers)
    source: dict[str, Any] = {
        "dataset": asdict(SPEC),
        "initial_weights": initial_weights.describe(),
        "teachers": [bundle.id for bundle in bundles],
        **({"validation_split": WATCHED} if whole_split else {}),
    }
    result = run_stage(
        train,
        validation,
        adapted,
        folder,
        lambda network: initial_weights.initialise(network, adapted, train),
        progress=progress,
        source=source,
        teacher=teacher,
    )
    keep_record(folder, train.pictures, validation.pictures, initial_weights.pictures())
    return result


def _note_other_selections(bundles: Iterable[Bundle], validation: Crops) -> None:
    """Say which bundles may have been trained on the validation faces."""
    for bundle in bundles:
        digest = translate_facts(bundle.training).get("validation_digest", validation.digest)
        if digest != validation.digest:
            told = f"note: {bundle.id} was selected on other faces: it may know those of this validation split"
            print(told, file=sys.stderr)


def _with_teachers(train: Crops, config: StageConfig, teachers: Sequence[str]) -> tuple[Crops, Teacher | None]:
    """Return the training faces with their soft targets, and who is asked for each batch."""
    if config.consistent_teaching:
        if config.votes_exponent:
            train = replace(train, soft_targets=classes_by_votes(train))
        return train, ConsistentTeacher(teachers, train.labels, config.preprocess)
    if not teachers:
        return train, None
    soft_targets = distillation_targets(train, teachers, config.teacher_exponent, config.votes_exponent)
    return replace(train, soft_targets=soft_targets), None
