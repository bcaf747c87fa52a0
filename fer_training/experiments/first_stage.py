"""The first stage that the second ones start from: given by the user, or trained here on FER-2013."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fer_ros.core.classification.bundle import MANIFEST
from fer_training.export.packaging import package
from fer_training.training.config import StageConfig
from fer_training.training.initialization import BundleStart, ImageNetStart, RunStart, Start, open_start
from fer_training.training.loop import load_run
from fer_training.training.run_data import faces_of_run
from fer_training.training.stage1 import train_coarse

if TYPE_CHECKING:
    from fer_training.experiments.study import Study


@dataclass(frozen=True)
class FirstStage:
    """Where the first stage comes from.

    given: a run folder, or a bundle's folder or name; '' trains with `config`.  imagenet: see load_imagenet_weights.
    """

    config: StageConfig
    given: str = ""
    imagenet: Path | None = None

    @property
    def box_scale(self) -> float:
        """How much of the detector's box the first stage saw, and so the second one."""
        config = open_start(self.given).adapt(self.config) if self.given else self.config
        return config.preprocess.box_scale

    def start(self, study: Study) -> Start:
        """Return the second stage's start, training the first one if need be."""
        return open_start(self.given) if self.given else RunStart(self.run_folder(study))

    def run_folder(self, study: Study, config: StageConfig | None = None, name: str = "stage1") -> Path:
        """Train a first stage in the study's folder, unless it is there already."""
        folder = study.output / "runs" / name
        # Returns at once where that very stage is finished, and refuses another one.
        train_coarse(
            config or self.config,
            study.path("fer2013"),
            folder,
            start=ImageNetStart(self.imagenet),
            progress=study.progress,
        )
        return folder

    def bundle(self, study: Study) -> str:
        """Return the location of the first stage as a bundle, made from its run if need be."""
        start = self.start(study)
        if isinstance(start, BundleStart):
            return start.location
        assert isinstance(start, RunStart)
        return str(bundle_of(study, start.folder))


def bundle_of(study: Study, run: Path) -> Path:
    """Return the float bundle of a first-stage run, made in the study's folder if it is not there yet."""
    # Named after its weights, too: another run may have a folder of the same name.
    folder = study.output / "bundles" / RunStart(run).describe().removeprefix("run ")
    if not (folder / MANIFEST).is_file():
        network, config = load_run(run)
        train, validation = faces_of_run(run, config, study.path("fer2013"))
        package(network, config, train, validation, folder, run.name, ("float32", "int8"))
    return folder
