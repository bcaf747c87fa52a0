"""The faces of FER-2013 that the first stage trains on and is selected on."""

from __future__ import annotations

import sys
from pathlib import Path

from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset
from fer_training.data.face_cropping import crops_of
from fer_training.data.fer2013 import WATCHED, read_fer2013
from fer_training.data.ferplus import with_ferplus_votes
from fer_training.data.splits import hold_out
from fer_training.data.summary import check_trainable, describe


def stage1_crops(fer2013: Path, ferplus: Path | None = None) -> tuple[Crops, Crops]:
    """Return the training faces of the first stage and its validation split.

    The validation split is a tenth of FER-2013's training split, always the same one; no test split is read.

    Args:
        fer2013: CSV file or folder of FER-2013.
        ferplus: table of votes, which the faces then carry.

    Raises:
        DatasetError: one of them is missing or unfit, or a class has no picture to train on.

    """
    dataset = _with_votes(_read(fer2013).split("train"), ferplus)
    train, validation = hold_out(dataset)
    check_trainable(dataset, train)
    crops = crops_of(dataset)
    return crops.take(train), crops.take(validation)


def paper_stage1_crops(fer2013: Path, ferplus: Path | None = None) -> tuple[Crops, Crops]:
    """Return the whole training split, and the split that the paper watches meanwhile; see `stage1_crops`."""
    dataset = _read(fer2013)
    train = dataset.split("train")
    check_trainable(train, range(len(train.samples)))
    return crops_of(_with_votes(train, ferplus)), crops_of(dataset.split(WATCHED))


def _with_votes(dataset: Dataset, ferplus: Path | None) -> Dataset:
    return dataset if ferplus is None else with_ferplus_votes(dataset, ferplus)


def _read(fer2013: Path) -> Dataset:
    dataset = read_fer2013(fer2013)
    print(describe(dataset), file=sys.stderr)
    return dataset
