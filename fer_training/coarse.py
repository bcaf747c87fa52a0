"""The first stage: ImageNet's weights to FER-2013 (paper, Section 3.2.2, 'coarse' fine-tuning)."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

from fer_training.config import StageConfig
from fer_training.crops import Crops
from fer_training.datasets.ferplus import with_ferplus_votes
from fer_training.datasets.registry import DatasetSpec, read_dataset
from fer_training.faces import crops_of
from fer_training.folds import hold_out
from fer_training.network import load_imagenet_weights
from fer_training.stages import StageResult, run_stage

SPEC = DatasetSpec("fer2013")


def train_coarse(
    config: StageConfig,
    fer2013: Path,
    folder: Path,
    ferplus: Path | None = None,
    imagenet: Path | None = None,
    progress: bool = True,
) -> StageResult:
    """Train on nine tenths of FER-2013's training split and select on the tenth; the test splits are not read.

    ferplus: votes, needed by a config with vote_weight.  imagenet: see load_imagenet_weights.
    """
    train, held = coarse_faces(fer2013, ferplus)
    return run_stage(
        train,
        held,
        config,
        folder,
        lambda network: load_imagenet_weights(network, config.network, imagenet),
        progress=progress,
        source={"dataset": asdict(SPEC)},
    )


def coarse_faces(fer2013: Path, ferplus: Path | None = None) -> tuple[Crops, Crops]:
    """Return the faces that the first stage trains on, and the held-out tenth of them that it selects on."""
    dataset = read_dataset(SPEC, fer2013)
    for problem in dataset.problems:
        print(f"note: {problem}", file=sys.stderr)
    dataset = dataset.split("train")
    if ferplus is not None:
        dataset = with_ferplus_votes(dataset, ferplus)
    crops = crops_of(dataset)
    train, held = hold_out(dataset)
    return crops.take(train), crops.take(held)
