"""The first stage: ImageNet's weights to FER-2013 (paper, Section 3.2.2, 'coarse' fine-tuning)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from fer_ros.core.classification.bundle import load_bundle
from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset
from fer_training.data.face_cropping import crops_of
from fer_training.data.ferplus import with_ferplus_votes
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.data.splits import hold_out
from fer_training.evaluation.evaluate import WATCHED
from fer_training.training.config import StageConfig
from fer_training.training.distillation import ViewTeacher, teach
from fer_training.training.initialization import BundleStart, ImageNetStart, Start
from fer_training.training.loop import StageResult, run_stage
from fer_training.training.votes import classes_by_votes

SPEC = DatasetSpec("fer2013")


def train_coarse(
    config: StageConfig,
    fer2013: Path,
    folder: Path,
    ferplus: Path | None = None,
    start: Start | None = None,
    teachers: Sequence[str] = (),
    progress: bool = True,
    whole: bool = False,
) -> StageResult:
    """Train on nine tenths of FER-2013's training split and select on the tenth; the test splits are not read.

    whole: as the paper does, train on the whole split and look at the public test meanwhile. What the best step gives
    there is selected on the public test, and no measure of the model; what the last step gives is one.

    ferplus: votes, needed by a config with vote_weight.  start: where the weights come from, ImageNet if left out.
    teachers: bundles whose answers are learned too, needed by a config with teacher_weight.
    Raises ValueError for what the config needs and is not given, before anything is read.
    """
    needed = {
        "--ferplus FILE": (config.vote_weight or config.teacher_votes) and not ferplus,
        "--teacher BUNDLE": config.teacher_weight and not teachers,
    }
    if any(needed.values()):
        raise ValueError(f"this config needs {' and '.join(option for option, lacks in needed.items() if lacks)}")
    origins = [load_bundle(teacher) for teacher in teachers]
    taught_by = [bundle.id for bundle in origins]
    selected_on = {"validation_split": WATCHED} if whole else {}
    start = start or ImageNetStart()
    adapted = start.adapt(config)
    train, held = paper_faces(fer2013, ferplus) if whole else coarse_faces(fer2013, ferplus)
    if isinstance(start, BundleStart):
        origins.append(start.bundle)
    for bundle in origins:
        if bundle.training.get("validation_digest", held.digest) != held.digest:
            print(f"note: {bundle.id} was selected on other faces: it may know those held out here", file=sys.stderr)
    teacher = None
    if config.teacher_view:
        teacher = ViewTeacher(teachers, train.labels, adapted.preprocess)
        if config.teacher_votes:
            train = replace(train, taught=classes_by_votes(train))
    elif teachers:
        train = replace(train, taught=teach(train, teachers, config.teacher_power, config.teacher_votes))
    return run_stage(
        train,
        held,
        adapted,
        folder,
        lambda network: start.initialise(network, adapted, train),
        progress=progress,
        source={"dataset": asdict(SPEC), "start": start.describe(), "teachers": taught_by, **selected_on},
        teacher=teacher,
    )


def coarse_faces(fer2013: Path, ferplus: Path | None = None) -> tuple[Crops, Crops]:
    """Return the faces that the first stage trains on, and the held-out tenth of them that it selects on."""
    dataset = _read(fer2013).split("train")
    if ferplus is not None:
        dataset = with_ferplus_votes(dataset, ferplus)
    crops = crops_of(dataset)
    train, held = hold_out(dataset)
    return crops.take(train), crops.take(held)


def paper_faces(fer2013: Path, ferplus: Path | None = None) -> tuple[Crops, Crops]:
    """Return the whole training split and the public test: what the paper trains on and watches."""
    dataset = _read(fer2013)
    train = dataset.split("train")
    if ferplus is not None:
        train = with_ferplus_votes(train, ferplus)
    return crops_of(train), crops_of(dataset.split(WATCHED))


def _read(fer2013: Path) -> Dataset:
    dataset = read_dataset(SPEC, fer2013)
    for problem in dataset.problems:
        print(f"note: {problem}", file=sys.stderr)
    return dataset
