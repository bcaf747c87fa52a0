"""A model bundle: a folder that holds everything a classifier needs, and refuses to be half of it.

bundle.json            labels, PreprocessSpec, temperature, SHA-256 of each model file, training facts
model.float16.tflite   logits of a (N, size, size, 1) float32 batch; weights stored as float16
model.int8.tflite      its full-integer twin, where its accuracy holds
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fer_ros.core.classification.preprocessing import PreprocessSpec
from fer_ros.core.emotions import check_labels
from fer_ros.core.suggestions import did_you_mean

FORMAT = 1
MANIFEST = "bundle.json"
PRECISIONS = ("float32", "float16", "int8")
DEFAULT = "default"
SHIPPED = (DEFAULT, "balanced")
"""Names of the bundles that come with the package."""
MAX_MANIFEST, MAX_MODEL = 2**20, 2**29
"""Bytes; larger files are refused before they are read."""
_MODELS = Path(__file__).resolve().parents[2] / "models"


class BundleError(ValueError):
    """A bundle that is refused; the message names the file, what was expected and what was found."""


@dataclass(frozen=True)
class Bundle:
    """A checked bundle.

    Attributes:
        directory: where its files are.
        name: as its maker gave it.
        labels: K expressions, in the order of EMOTIONS.
        spec: how a face becomes the network's input.
        temperature: logits are divided by it before the softmax, so that confidences are calibrated.
        models: file name of each precision that the bundle holds, among PRECISIONS.
        hashes: SHA-256 of each of these files.
        default_precision: what its maker measured to be the better choice.
        training: facts about its making, for people.

    """

    directory: Path
    name: str
    labels: tuple[str, ...]
    spec: PreprocessSpec
    temperature: float
    models: MappingProxyType[str, str]
    hashes: MappingProxyType[str, str]
    default_precision: str
    training: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def id(self) -> str:
        """Name and a hash over everything that changes an answer: weights, labels, preprocessing, temperature."""
        return f"{self.name}-{_identity(self.labels, self.spec, self.temperature, dict(self.hashes))[:8]}"

    def read_model(self, precision: str) -> bytes:
        """Return a model file's bytes, checked against its SHA-256 before anything parses them.

        Args:
            precision: one of `models`.

        Raises:
            BundleError: the precision is not in the bundle, or the file is missing or was changed.

        """
        if precision not in self.models:
            raise BundleError(f"{self.directory}: expected precision {' or '.join(self.models)}, got {precision!r}")
        path = self.directory / self.models[precision]
        data = _read(path, MAX_MODEL, f"the {precision} model")
        found = hashlib.sha256(data).hexdigest()
        if found != self.hashes[precision]:
            raise BundleError(f"{path}: expected SHA-256 {self.hashes[precision]}, got {found}")
        return data


def load_bundle(location: str | Path = DEFAULT) -> Bundle:
    """Load a bundle and check all its model files.

    Args:
        location: a folder, or the name of a bundle that ships.

    Raises:
        BundleError: something is missing, was changed, or does not fit.

    """
    name = str(location) or DEFAULT
    directory = _MODELS / name if name in SHIPPED else Path(location).expanduser()
    if not directory.exists():
        raise BundleError(
            f"expected a bundle's folder, or {' or '.join(SHIPPED)}, which ship; there is no {directory}"
            f"{did_you_mean(name, SHIPPED)}"
        )
    manifest = directory / MANIFEST
    try:
        bundle = _parse(directory, json.loads(_read(manifest, MAX_MANIFEST, "a bundle's manifest").decode("utf-8")))
    except BundleError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise BundleError(f"{manifest}: {type(error).__name__}: {error}") from None
    for precision in bundle.models:
        bundle.read_model(precision)
    return bundle


def _read(path: Path, limit: int, what: str) -> bytes:
    """Read a regular file; raises BundleError for one over the limit, and for a device or pipe: it might never end."""
    try:
        if not path.is_file():
            raise BundleError(f"{path}: expected {what}, got {'no regular file' if path.exists() else 'nothing'}")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise BundleError(f"{path}: expected {what}, got {error.strerror}") from None
    if len(data) > limit:
        raise BundleError(f"{path}: expected {what} of at most {limit} bytes, got more")
    return data


def _parse(directory: Path, values: Any) -> Bundle:
    if not isinstance(values, dict):
        raise BundleError(f"{directory}: expected a JSON object, got {type(values).__name__}")
    if values.get("format") != FORMAT:
        raise BundleError(f"{directory}: expected bundle format {FORMAT}, got {values.get('format')!r}")
    models: dict[str, str] = {}
    hashes: dict[str, str] = {}
    for precision, entry in dict(values["models"]).items():
        file = entry["file"]
        if precision not in PRECISIONS:
            raise BundleError(f"{directory}: expected precisions among {PRECISIONS}, got {precision!r}")
        if not isinstance(file, str) or Path(file).name != file or file in ("", ".", "..") or not file.isprintable():
            raise BundleError(f"{directory}: expected a plain file name, got {file!r}")
        models[precision], hashes[precision] = file, str(entry["sha256"])
    preferred = values["default_precision"]
    if preferred not in models:
        raise BundleError(f"{directory}: expected default_precision among {sorted(models)}, got {preferred!r}")
    temperature = values["temperature"]
    if not isinstance(temperature, (int, float)) or not (math.isfinite(temperature) and temperature > 0):
        raise BundleError(f"{directory}: expected a positive temperature, got {temperature!r}")
    return Bundle(
        directory=directory,
        name=str(values["name"]),
        labels=check_labels(values["labels"]),
        spec=PreprocessSpec.from_dict(values["preprocess"]),
        temperature=float(temperature),
        models=MappingProxyType(models),
        hashes=MappingProxyType(hashes),
        default_precision=preferred,
        training=dict(values.get("training", {})),
    )


def write_bundle(
    directory: Path,
    *,
    name: str,
    labels: tuple[str, ...],
    spec: PreprocessSpec,
    temperature: float,
    models: dict[str, bytes],
    default_precision: str,
    training: dict[str, Any],
) -> Bundle:
    """Write a new bundle folder from model bytes, one per precision, and return it loaded and checked.

    Raises FileExistsError if the folder holds a bundle already, BundleError if what was written does not fit.
    """
    if (directory / MANIFEST).exists():
        raise FileExistsError(f"{directory} already holds a bundle; choose another folder")
    directory.mkdir(parents=True, exist_ok=True)
    entries = {}
    for precision, data in models.items():
        file = f"model.{precision}.tflite"
        (directory / file).write_bytes(data)
        entries[precision] = {"file": file, "sha256": hashlib.sha256(data).hexdigest()}
    manifest = {
        "format": FORMAT,
        "name": name,
        "labels": list(labels),
        "preprocess": spec.to_dict(),
        "temperature": temperature,
        "models": entries,
        "default_precision": default_precision,
        "training": training,
    }
    # The manifest comes last: a folder without it is no bundle.
    (directory / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return load_bundle(directory)


def _identity(labels: tuple[str, ...], spec: PreprocessSpec, temperature: float, hashes: dict[str, str]) -> str:
    known = spec.to_dict()
    if known["level_from"] == PreprocessSpec.level_from:
        # Bundles of 0.4 have no such entry, and keep the id under which runs and recordings name them.
        del known["level_from"]
    values = [labels, known, temperature, hashes]
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
