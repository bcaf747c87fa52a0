"""A finished run to a bundle: temperature, every format converted and verified, facts for people."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import PRECISIONS, Bundle, write_bundle
from fer_ros.core.classification.classifier import softmax
from fer_ros.core.classification.preprocessing import preprocess_crops
from fer_training.data.crops import Crops
from fer_training.data.picture_record import NAME as RECORD
from fer_training.data.picture_record import PictureRecord, describe_record
from fer_training.evaluation.metrics import Metrics, measure
from fer_training.evaluation.predictions import predict
from fer_training.export.boost import check_boost
from fer_training.export.calibration import fit_temperature
from fer_training.export.convert import convert
from fer_training.export.logit_adjustment import MOST_LOST, add_logit_adjustment, fit_logit_adjustment
from fer_training.export.model_card import NAME as CARD
from fer_training.export.model_card import model_card
from fer_training.export.verification import Verdict, verify
from fer_training.models.mobilenet import LOGITS, network_logits
from fer_training.training.config import StageConfig, to_dict
from fer_training.training.provenance import git_state

CALIBRATION_CROPS = 256


class ExportError(RuntimeError):
    """No format of a network was as good as the network itself."""


@dataclass(frozen=True, eq=False)
class ReferencePredictions:
    """What a Keras network predicts for its validation faces: (N, K) logits, measured before and after calibration."""

    logits: npt.NDArray[np.float32]
    temperature: float
    raw: Metrics
    calibrated: Metrics


@dataclass(frozen=True)
class Draft(Bundle):
    """A bundle in memory: its formats are verified, and those that fail left out, before anything is written."""

    content: dict[str, bytes] = field(default_factory=dict, repr=False)

    def read_model(self, precision: str) -> bytes:
        """See Bundle.read_model."""
        return self.content[precision]


def reference_predictions(network: keras.Model, config: StageConfig, validation: Crops) -> ReferencePredictions:
    """Let a network predict its validation faces, and fit the temperature there."""
    logits = predict(network_logits(network), validation.pixels, config.preprocess)
    temperature = fit_temperature(logits, validation.targets)
    raw, calibrated = (measure(validation.targets, softmax(logits, t), validation.labels) for t in (1.0, temperature))
    return ReferencePredictions(logits, temperature, raw, calibrated)


def boost_recall(
    network: keras.Model, config: StageConfig, validation: Crops, names: Sequence[str], most_lost: float = MOST_LOST
) -> dict[str, Any]:
    """Raise the recall of some labels by logit adjustment in the network's last layer.

    Args:
        network: is changed.
        config: of its run.
        validation: the faces that decide.
        names: of one to three labels.
        most_lost: accuracy on the validation faces that it may cost, 0 to 1.

    Returns:
        Facts for the bundle.

    Raises:
        ValueError: a name is no label of the faces, or the cost is out of range; see fit_logit_adjustment.

    """
    check_boost(names, validation.labels, most_lost)
    logits = predict(network_logits(network), validation.pixels, config.preprocess)
    boosted = [validation.labels.index(name) for name in names]
    adjustment = fit_logit_adjustment(logits, validation.targets, boosted, most_lost)
    add_logit_adjustment(network, adjustment)
    before = measure(validation.targets, softmax(logits), validation.labels)
    return {
        "logit_adjustment": {name: round(float(adjustment[k]), 2) for name, k in zip(names, boosted, strict=True)},
        "before_adjustment": {
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
    record: PictureRecord | None = None,
) -> tuple[Bundle, list[Verdict]]:
    """Write the bundle of a network; a format that is not as good as the network is left out.

    Args:
        network: the trained network.
        config: of its run.
        train: faces that int8 is calibrated on.
        validation: faces that decide on temperature and formats.
        directory: of the new bundle.
        name: of the bundle.
        precisions: formats to try; the first good one becomes the bundle's default.
        facts: added to its training facts.
        record: which pictures the network has to do with.

    Returns:
        The bundle, and a verdict on each format that was tried.

    Raises:
        ExportError: no format is good.
        FileExistsError: the folder holds a bundle.

    """
    if not precisions or set(precisions) - set(PRECISIONS):
        raise ValueError(f"precisions must be among {', '.join(PRECISIONS)}, got {', '.join(precisions) or 'none'}")
    reference = reference_predictions(network, config, validation)
    batch = preprocess_crops(calibration_crops(train).pixels, config.preprocess)
    models = {precision: convert(network, precision, batch) for precision in precisions}
    draft = _draft(models, Path(directory), name, validation.labels, config, reference.temperature)
    verdicts = verify(draft, validation, reference.raw.accuracy, reference.logits.argmax(axis=1))
    good = [v for v in verdicts if v.passed]
    if not good:
        raise ExportError("no format is as good as the network: " + "; ".join(map(str, verdicts)))
    content = None if record is None else record.to_bytes()
    training = {
        **(facts or {}),
        **({} if content is None else {"pictures": describe_record(content)}),
        "config": to_dict(config),
        "faces": {"train": len(train), "validation": len(validation)},
        "validation_digest": validation.digest,
        "validation": _summary(reference),
        "formats": {v.precision: v.to_dict() for v in good},
        "parameters": int(network.count_params()),
        "git": git_state(),
    }
    if content is not None:
        Path(directory).mkdir(parents=True, exist_ok=True)
        (Path(directory) / RECORD).write_bytes(content)
    bundle = _write(draft, [v.precision for v in good], training)
    card = bundle.directory / CARD
    # One that somebody wrote by hand says more.
    if not card.exists():
        card.write_text(model_card(bundle), encoding="utf-8")
    return bundle, verdicts


def _write(draft: Draft, precisions: list[str], training: dict[str, Any]) -> Bundle:
    """Write those formats of a draft, the first of which is the bundle's default."""
    return write_bundle(
        draft.directory,
        name=draft.name,
        labels=draft.labels,
        spec=draft.spec,
        temperature=draft.temperature,
        models={precision: draft.content[precision] for precision in precisions},
        default_precision=precisions[0],
        training=training,
    )


def _draft(
    models: dict[str, bytes],
    directory: Path,
    name: str,
    labels: tuple[str, ...],
    config: StageConfig,
    temperature: float,
) -> Draft:
    return Draft(
        directory=directory,
        name=name,
        labels=labels,
        spec=config.preprocess,
        temperature=temperature,
        models=MappingProxyType({precision: f"{precision}, not written yet" for precision in models}),
        hashes=MappingProxyType({precision: hashlib.sha256(data).hexdigest() for precision, data in models.items()}),
        default_precision=next(iter(models)),
        content=models,
    )


def _summary(reference: ReferencePredictions) -> dict[str, Any]:
    """Return how good the network is on its validation faces, for the bundle's training facts."""
    return {
        "accuracy": round(reference.raw.accuracy, 5),
        "n": reference.raw.n,
        "recall": {c.name: round(c.recall, 4) for c in reference.raw.classes},
        "ece_before": round(reference.raw.ece, 4),
        "ece": round(reference.calibrated.ece, 4),
    }


def calibration_crops(train: Crops, count: int = CALIBRATION_CROPS) -> Crops:
    """Return training faces that set the ranges of the integer model: always the same ones, spread over the set."""
    return train.take(np.random.default_rng(0).permutation(len(train))[:count])


def save_savedmodel(network: keras.Model, directory: Path) -> None:
    """Write a TensorFlow SavedModel whose `serve` maps (N, size, size, 1) float32 to (N, K) logits.

    Raises:
        FileExistsError: there is something at `directory` already.

    """
    if Path(directory).exists():
        raise FileExistsError(f"{directory} exists already; choose another folder")
    keras.Model(network.input, network.output[LOGITS]).export(str(directory), verbose=False)
