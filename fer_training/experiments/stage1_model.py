"""The model of the first stage, from which the second ones start: given by the user, or trained here on FER-2013."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fer_ros.core.classification.bundle import MANIFEST
from fer_training.data.picture_record import read_record
from fer_training.experiments.datasets import DatasetPaths
from fer_training.export.packaging import package
from fer_training.training.config import StageConfig
from fer_training.training.initialization import (
    BundleWeights,
    ImageNetWeights,
    InitialWeights,
    RunWeights,
    open_initial_weights,
)
from fer_training.training.loop import load_run
from fer_training.training.run_folder import crops_of_run
from fer_training.training.stage1 import train_stage1


@dataclass(frozen=True)
class Stage1Model:
    """Where the first stage comes from.

    config: it is trained with, unless it is given.  output: folder for its run and bundle.  paths: of the data sets.
    given: a run folder, or a bundle's folder or name; '' for none.  imagenet: see load_imagenet_weights.
    progress: whether bars are shown.
    """

    config: StageConfig
    output: Path
    paths: DatasetPaths
    given: str = ""
    imagenet: Path | None = None
    progress: bool = True
    _trained: dict[Path, StageConfig] = field(default_factory=dict, compare=False, repr=False)

    @property
    def box_scale(self) -> float:
        """How much of the detector's box the first stage saw, and so the second one."""
        config = open_initial_weights(self.given).adapt(self.config) if self.given else self.config
        return config.preprocess.box_scale

    def weights(self) -> InitialWeights:
        """Return what the second stage starts with; the first one is trained if need be."""
        return open_initial_weights(self.given) if self.given else RunWeights(self.run_folder())

    def run_folder(self, config: StageConfig | None = None, name: str = "stage1") -> Path:
        """Train a first stage, unless it is there already, and return its folder."""
        folder = self.output / "runs" / name
        wanted = config or self.config
        if self._trained.get(folder) != wanted:
            # Without training where that very stage is finished; another one is refused.
            train_stage1(
                wanted,
                self.paths.find("fer2013"),
                folder,
                initial_weights=ImageNetWeights(self.imagenet),
                progress=self.progress,
            )
            self._trained[folder] = wanted
        return folder

    def bundle(self) -> str:
        """Return the location of the first stage as a bundle, made from its run if need be."""
        weights = self.weights()
        if isinstance(weights, BundleWeights):
            return weights.location
        assert isinstance(weights, RunWeights)
        return str(self.bundle_of(weights.folder))

    def bundle_of(self, run: Path) -> Path:
        """Return the float bundle of a first stage's run, made if it is not there yet."""
        # Named after its weights, too: another run may have a folder of the same name.
        folder = self.output / "bundles" / RunWeights(run).describe().removeprefix("run ")
        if not (folder / MANIFEST).is_file():
            network, config = load_run(run)
            train, validation = crops_of_run(run, config, self.paths.find("fer2013"))
            found = read_record(run)
            record = found[0] if found else None
            package(network, config, train, validation, folder, run.name, ("float32", "int8"), record=record)
        return folder
