"""A finished run to a bundle: temperature, every format converted and verified, facts for people."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fer_ros.core.classification.bundle import PRECISIONS, Bundle, write_bundle
from fer_ros.core.classification.classifier import softmax
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.data.crops import Crops
from fer_training.evaluation.metrics import Metrics, measure
from fer_training.export.calibration import fit_temperature
from fer_training.export.convert import convert
from fer_training.export.logit_adjustment import MOST_LOST, add_offsets, fit_offsets
from fer_training.export.verification import Verdict, verify
from fer_training.models.mobilenet import LOGITS
from fer_training.training.config import StageConfig, to_dict
from fer_training.training.run_folder import git_state

CALIBRATION_FACES = 256


class ExportError(RuntimeError):
    """No format of a network was as good as the network itself."""


@dataclass(frozen=True, eq=False)
class Reference:
    """What a Keras network answers on its validation faces: (N, K) logits, measured before and after calibration."""

    logits: npt.NDArray[np.float32]
    temperature: float
    raw: Metrics
    calibrated: Metrics


def refer(network: keras.Model, config: StageConfig, validation: Crops) -> Reference:
    """Let a network answer on its validation faces, and fit the temperature there."""
    logits = _logits(network, config, validation)
    temperature = fit_temperature(logits, validation.targets)
    raw, calibrated = (measure(validation.targets, softmax(logits, t), validation.labels) for t in (1.0, temperature))
    return Reference(logits, temperature, raw, calibrated)


def _logits(network: keras.Model, config: StageConfig, faces: Crops) -> npt.NDArray[np.float32]:
    predict = tf.function(lambda batch: network(batch, training=False)[LOGITS])
    parts = []
    for start in range(0, len(faces), 256):
        batch = preprocess_crops(faces.pixels[start : start + 256], config.preprocess)
        parts.append(predict(tf.constant(batch)).numpy())
    return np.concatenate(parts)


def raise_recall(
    network: keras.Model, config: StageConfig, validation: Crops, names: Sequence[str], most_lost: float = MOST_LOST
) -> dict[str, Any]:
    """Raise the recall of these labels by offsets in the network's last layer; returns facts for the bundle.

    most_lost: accuracy on the validation faces that it may cost, 0 to 1.
    Raises ValueError for a name that is no label of the faces, or a cost out of range; see fit_offsets.
    """
    unknown = sorted(set(names) - set(validation.labels))
    if unknown:
        raise ValueError(f"expected names among {', '.join(validation.labels)}, got {', '.join(unknown)}")
    if not 0 <= most_lost < 1:
        raise ValueError(f"the cost must be 0 to below 1, got {most_lost}")
    logits = _logits(network, config, validation)
    offsets = fit_offsets(logits, validation.targets, [validation.labels.index(name) for name in names], most_lost)
    add_offsets(network, offsets)
    before = measure(validation.targets, softmax(logits), validation.labels)
    return {
        "logit_offsets": {name: round(float(offsets[validation.labels.index(name)]), 2) for name in names},
        "before_offsets": {
            "accuracy": round(before.accuracy, 5),
            "recall": {c.name: round(c.recall, 4) for c in before.classes if c.name in names},
        },
    }


def package(
    network: keras.Model,
    config: StageConfig,
    train: Crops,
    validation: Crops,
    directory: Path,
    name: str,
    precisions: tuple[str, ...] = ("float16", "int8"),
    facts: dict[str, Any] | None = None,
) -> tuple[Bundle, list[Verdict]]:
    """Write the bundle of a network; a format that is not as good as the network is left out.

    train: faces that int8 is calibrated on.  validation: faces that decide on temperature and formats.
    precisions: formats to try, the first good one becomes the bundle's default.  facts: added to its training facts.
    Raises ExportError if no format is good, FileExistsError if the folder holds a bundle.
    """
    if not precisions or set(precisions) - set(PRECISIONS):
        raise ValueError(f"precisions must be among {', '.join(PRECISIONS)}, got {', '.join(precisions) or 'none'}")
    reference = refer(network, config, validation)
    faces = preprocess_crops(calibration_faces(train).pixels, config.preprocess)
    models = {precision: convert(network, precision, faces) for precision in precisions}
    common: dict[str, Any] = {
        "name": name,
        "labels": validation.labels,
        "spec": config.preprocess,
        "temperature": reference.temperature,
    }
    with tempfile.TemporaryDirectory() as folder:
        trial = write_bundle(Path(folder), models=models, default_precision=precisions[0], training={}, **common)
        verdicts = verify(trial, validation, reference.raw.accuracy, reference.logits.argmax(axis=1))
    good = [v.precision for v in verdicts if v.passed]
    if not good:
        raise ExportError("no format is as good as the network: " + "; ".join(map(str, verdicts)))
    training = {
        **(facts or {}),
        "config": to_dict(config),
        "faces": {"train": len(train), "validation": len(validation)},
        "validation_digest": validation.digest,
        "validation": {
            "accuracy": round(reference.raw.accuracy, 5),
            "n": reference.raw.n,
            "recall": {c.name: round(c.recall, 4) for c in reference.raw.classes},
            "ece_before": round(reference.raw.ece, 4),
            "ece": round(reference.calibrated.ece, 4),
        },
        "formats": {v.precision: v.to_dict() for v in verdicts if v.passed},
        "parameters": int(network.count_params()),
        "git": git_state(),
    }
    kept = {precision: models[precision] for precision in good}
    bundle = write_bundle(Path(directory), models=kept, default_precision=good[0], training=training, **common)
    return bundle, verdicts


def calibration_faces(train: Crops, count: int = CALIBRATION_FACES) -> Crops:
    """Return training faces that set the ranges of the integer model: always the same ones, spread over the set."""
    return train.take(np.random.default_rng(0).permutation(len(train))[:count])


def save_savedmodel(network: keras.Model, directory: Path) -> None:
    """Write a TensorFlow SavedModel whose `serve` maps (N, size, size, 1) float32 to (N, K) logits.

    Raises FileExistsError if there is something at `directory` already.
    """
    if Path(directory).exists():
        raise FileExistsError(f"{directory} exists already; choose another folder")
    keras.Model(network.input, network.output[LOGITS]).export(str(directory), verbose=False)
