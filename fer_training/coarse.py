"""The first stage: ImageNet's weights to FER-2013 (paper, Section 3.2.2, 'coarse' fine-tuning)."""

from __future__ import annotations

import sys
from pathlib import Path

from fer_training.config import StageConfig
from fer_training.datasets.fer2013 import read_fer2013
from fer_training.datasets.ferplus import with_ferplus_votes
from fer_training.faces import crops_of
from fer_training.folds import hold_out
from fer_training.network import load_imagenet_weights
from fer_training.stages import StageResult, run_stage


def train_coarse(
    config: StageConfig, fer2013: Path, folder: Path, ferplus: Path | None = None, imagenet: Path | None = None
) -> StageResult:
    """Train on nine tenths of FER-2013's training split and select on the tenth; the test splits are not read."""
    dataset = read_fer2013(fer2013)
    for problem in dataset.problems:
        print(f"note: {problem}", file=sys.stderr)
    dataset = dataset.split("train")
    if ferplus is not None:
        dataset = with_ferplus_votes(dataset, ferplus)
    crops = crops_of(dataset)
    train, held = hold_out(dataset)
    return run_stage(
        crops.take(train),
        crops.take(held),
        config,
        folder,
        lambda network: load_imagenet_weights(network, config.network, imagenet),
    )
