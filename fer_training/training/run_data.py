"""The faces that a finished run was trained and selected on, read again from where the data set stands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from fer_training.data.crops import Crops
from fer_training.data.dataset import DatasetError
from fer_training.data.face_cropping import find_faces
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.training.config import StageConfig
from fer_training.training.run_folder import DATA
from fer_training.training.stage1 import coarse_faces


def faces_of_run(run: Path, config: StageConfig, path: Path) -> tuple[Crops, Crops]:
    """Return the training and the validation faces of a run, by the names in its data.json.

    A first stage without that file was trained on the usual nine tenths of FER-2013.
    Raises DatasetError if the data set at `path` is not the one that the run was made of.
    """
    manifest = Path(run) / DATA
    if not manifest.is_file():
        return coarse_faces(path)
    values = json.loads(manifest.read_text(encoding="utf-8"))
    dataset = read_dataset(DatasetSpec(**values["dataset"]), path)
    reported = values.get("validation_split")
    if values["dataset"]["name"] == "fer2013" and not reported:
        dataset = dataset.split("train")
    elif reported:
        kept = tuple(s for s in dataset.samples if s.split in ("train", reported))
        dataset = replace(dataset, samples=kept)
    labels = tuple(values["labels"])
    if dataset.labels != labels:
        dataset = dataset.with_labels(labels)
    crops = find_faces(dataset, config.preprocess.box_scale).crops
    places = {name: i for i, name in enumerate(crops.names)}
    missing = [name for name in (*values["train"], *values["validation"]) if name not in places]
    if missing:
        raise DatasetError(f"{path}: expected the {len(missing)} faces {missing[0]}, ... of {run}, got others")
    train, validation = (
        crops.take(np.array([places[name] for name in values[part]], np.int64)) for part in ("train", "validation")
    )
    if validation.digest != values["validation_digest"]:
        raise DatasetError(f"{path}: expected the very validation faces of {run}, got other pictures or labels")
    return train, validation
