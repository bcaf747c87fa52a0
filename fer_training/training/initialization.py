"""Where a stage's weights come from: ImageNet, a finished run, or a bundle that somebody else made."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import keras

from fer_ros.core.classification.bundle import MANIFEST, SHIPPED, Bundle, load_bundle
from fer_ros.core.classification.preprocessing import PreprocessSpec
from fer_training.data.crops import Crops
from fer_training.data.picture_record import NOTHING, PictureRecord, read_record, record_of
from fer_training.legacy import translate_facts
from fer_training.models.bundle_weights import load_folded_weights
from fer_training.models.channel_pruning import load_pruned_weights
from fer_training.models.mobilenet import (
    LOGITS,
    build_network,
    is_gate,
    load_imagenet_weights,
    transfer_weights,
)
from fer_training.models.network_config import NetworkConfig
from fer_training.training.config import StageConfig, from_dict
from fer_training.training.loop import load_run
from fer_training.training.run_folder import BEST, CONFIG, labels_of, read_run_config


class InitialWeights(Protocol):
    """What a stage's network starts with. Plain data, so that it travels to other processes."""

    def adapt(self, config: StageConfig) -> StageConfig:
        """Give a stage's config the shape of network, and the preprocessing, that the weights were trained with."""
        ...

    def initialise(self, network: keras.Model, config: StageConfig, crops: Crops) -> None:
        """Put the weights into a fresh network; `crops` are the training faces of the new stage."""
        ...

    def labels(self) -> tuple[str, ...]:
        """Return what the outputs of the last layer are called; none where it knows no expressions."""
        ...

    def describe(self) -> str:
        """Name these weights and no others, wherever they stand; for the records of the run that starts there."""
        ...

    def pictures(self) -> PictureRecord | None:
        """Return which pictures they have to do with; None where nothing records it."""
        ...


@dataclass(frozen=True)
class ImageNetWeights:
    """ImageNet's: what the first stage starts with, and the one-stage rows of Table 2."""

    weights: Path | None = None

    def adapt(self, config: StageConfig) -> StageConfig:
        """See InitialWeights.adapt; every layer trains, because ImageNet's know no faces."""
        return replace(config, trained_blocks=0, fixed_statistics=False)

    def initialise(self, network: keras.Model, config: StageConfig, crops: Crops) -> None:
        """See InitialWeights.initialise."""
        load_imagenet_weights(network, config.network, self.weights)

    def labels(self) -> tuple[str, ...]:
        """See InitialWeights.labels."""
        return ()

    def describe(self) -> str:
        """See InitialWeights.describe; the file is not looked into."""
        return "ImageNet"

    def pictures(self) -> PictureRecord | None:
        """See InitialWeights.pictures."""
        return NOTHING


@dataclass(frozen=True)
class RunWeights:
    """The best weights of a finished run."""

    folder: Path

    def adapt(self, config: StageConfig) -> StageConfig:
        """See InitialWeights.adapt."""
        found = read_run_config(self.folder)
        return _with_shape(config, found.network, found.preprocess)

    def initialise(self, network: keras.Model, config: StageConfig, crops: Crops) -> None:
        """See InitialWeights.initialise."""
        transfer_weights(network, load_run(self.folder)[0])

    def labels(self) -> tuple[str, ...]:
        """See InitialWeights.labels."""
        return labels_of(self.folder)

    def describe(self) -> str:
        """See InitialWeights.describe."""
        return f"run {Path(self.folder).name}-{hashlib.sha256((Path(self.folder) / BEST).read_bytes()).hexdigest()[:8]}"

    def pictures(self) -> PictureRecord | None:
        """See InitialWeights.pictures."""
        found = read_record(Path(self.folder))
        return found[0] if found else None


@dataclass(frozen=True)
class BundleWeights:
    """A bundle's float model, whose batch norm was folded into its kernels."""

    location: str

    @property
    def bundle(self) -> Bundle:
        """The bundle, loaded and checked. Raises BundleError."""
        return load_bundle(self.location)

    def adapt(self, config: StageConfig) -> StageConfig:
        """See InitialWeights.adapt; a config with a smaller width, or with squeeze-and-excitation, keeps it.

        Raises:
            ValueError: the bundle does not say what network it holds, or it is one with squeeze-and-excitation.

        """
        bundle = self.bundle
        network = self._network(bundle)
        if network.squeeze:
            raise ValueError(
                f"{self.location}: expected a network without squeeze-and-excitation to start from; start from its run"
            )
        wanted = config.network
        pruned = replace(network, width=min(network.width, wanted.width), squeeze=wanted.squeeze)
        return _with_shape(config, pruned, bundle.spec)

    def initialise(self, network: keras.Model, config: StageConfig, crops: Crops) -> None:
        """See InitialWeights.initialise."""
        bundle = self.bundle
        load = load_pruned_weights if config.network.width < self._network(bundle).width else load_folded_weights
        if not config.network.squeeze:
            load(network, bundle, crops)
            return
        # New gates start open, so that the network begins as the one without them.
        plain = build_network(replace(config.network, squeeze=0), network.output[LOGITS].shape[-1])
        load(plain, bundle, crops)
        transfer_weights(network, plain, missing=is_gate)

    def labels(self) -> tuple[str, ...]:
        """See InitialWeights.labels."""
        return tuple(self.bundle.labels)

    def describe(self) -> str:
        """See InitialWeights.describe."""
        return f"bundle {self.bundle.id}"

    def pictures(self) -> PictureRecord | None:
        """See InitialWeights.pictures."""
        return record_of(self.bundle)

    def _network(self, bundle: Bundle) -> NetworkConfig:
        recorded: Any = translate_facts(bundle.training).get("config")
        if recorded is None:
            raise ValueError(f"{self.location}: expected the trainer's config in the bundle's training facts, got none")
        return from_dict(StageConfig, recorded).network


def open_initial_weights(location: str) -> InitialWeights:
    """Return the weights that a folder or a shipped bundle holds.

    Args:
        location: a run folder, a bundle's folder, or the name of a shipped bundle.

    Raises:
        FileNotFoundError: it is neither run nor bundle.

    """
    if location in SHIPPED:
        return BundleWeights(location)
    # Workers on other machines have another working directory.
    folder = Path(location).expanduser().resolve()
    if (folder / MANIFEST).is_file():
        return BundleWeights(str(folder))
    if (folder / CONFIG).is_file():
        return RunWeights(folder)
    raise FileNotFoundError(f"expected a run folder ({CONFIG}) or a bundle ({MANIFEST}), got {location}")


def _with_shape(config: StageConfig, network: NetworkConfig, spec: PreprocessSpec) -> StageConfig:
    """Keep the stage's own dropout and batch norm; they are no part of the shape."""
    mine = config.network
    shaped = replace(network, dropout=mine.dropout, batch_norm_momentum=mine.batch_norm_momentum)
    return replace(config, network=shaped, preprocess=spec)
