"""What all experiments share: data, initial weights and runs; a run that two of them need is made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset
from fer_training.data.face_cropping import read_crops
from fer_training.data.registry import DatasetSpec
from fer_training.data.splits import PROTOCOLS
from fer_training.evaluation.predictions import Predictions
from fer_training.experiments.datasets import DatasetPaths
from fer_training.experiments.stage1_model import Stage1Model
from fer_training.training.config import StageConfig, find_config, load_stage_config
from fer_training.training.cross_validation import CrossValidation
from fer_training.training.fold_runner import Job, Workers
from fer_training.training.initialization import ImageNetWeights, InitialWeights

SOFTMAX, CENTER = "softmax", "softmax and center loss"
ONE_STAGE, TWO_STAGES = "one stage", "two stages"


@dataclass(frozen=True)
class Study:
    """Everything `fer-train reproduce` was told.

    paths: of the data sets.  ckplus_config, jaffe_config: of the second stage.
    folds: at most so many of each protocol are run; 0 for all.  protocols: 'random', 'disjoint' or both.
    """

    output: Path
    stage1: Stage1Model
    ckplus_config: StageConfig
    jaffe_config: StageConfig
    paths: DatasetPaths
    folds: int = 0
    protocols: tuple[str, ...] = ("random", "disjoint")
    workers: Workers = Workers()
    progress: bool = True
    _cache: dict[DatasetSpec, tuple[Dataset, Crops]] = field(default_factory=dict, compare=False, repr=False)
    _runs: dict[Path, list[Predictions]] = field(default_factory=dict, compare=False, repr=False)

    def crops(self, spec: DatasetSpec) -> tuple[Dataset, Crops]:
        """Return the samples of a data set in which a face was found, with their crops; see read_crops.

        Raises MissingDataError if the data set was not given.
        """
        if spec not in self._cache:
            path = self.paths.find(spec.name)
            self._cache[spec] = read_crops(spec, path, self.stage1.box_scale, self.output / "faces")
        return self._cache[spec]

    def initial_weights(self, stages: str = TWO_STAGES) -> InitialWeights:
        """Return what a run on CK+ or JAFFE starts with: the first stage's weights, or ImageNet's without one."""
        return ImageNetWeights(self.stage1.imagenet) if stages == ONE_STAGE else self.stage1.weights()

    def config(self, name: str, supervision: str, stages: str = TWO_STAGES) -> StageConfig:
        """Return the second stage's config of a data set, with or without center loss.

        One stage alone, from ImageNet, has everything to learn: where the config trains the last blocks only, and for
        a short time, it takes the recipe for every layer.
        """
        config = self.ckplus_config if name == "ckplus" else self.jaffe_config
        if stages == ONE_STAGE and config.trained_blocks:
            config = replace(load_stage_config(find_config("stage2_all_layers")), seed=config.seed)
        return config if supervision == CENTER else replace(config, center_weight=0.0)

    def run(
        self, spec: DatasetSpec, protocol: str, supervision: str = CENTER, stages: str = TWO_STAGES
    ) -> list[Predictions]:
        """Train on every fold of a protocol and return the folds' predictions; finished folds are not run again."""
        folder = self.run_folder(spec, protocol, supervision, stages)
        if folder in self._runs:
            return self._runs[folder]
        validation = CrossValidation(spec, *self.crops(spec), PROTOCOLS[spec.name][protocol])
        found = validation.run(
            self.config(spec.name, supervision, stages),
            self.initial_weights(stages),
            folder,
            self.output / "folds" / f"{'-'.join((*_words(spec), protocol))}.json",
            wanted=slice(self.folds or None),
            workers=self.workers,
            progress=self.progress,
        )
        return self._runs.setdefault(folder, list(found.values()))

    def run_folder(self, spec: DatasetSpec, protocol: str, supervision: str = CENTER, stages: str = TWO_STAGES) -> Path:
        """Return where the folds of such a run stand."""
        words = (*_words(spec), protocol, stages, "center" if supervision == CENTER else SOFTMAX)
        return self.output / "runs" / "-".join(words).replace(" ", "_")

    def run_whole(self, spec: DatasetSpec, crops: Crops, folder: Path) -> Path:
        """Train on all of a data set for a fixed number of steps; returns the run folder. Nothing is selected."""
        # The stage wants a validation set for its curves: some of the very training faces, of which no result is made.
        some = np.random.default_rng(0).permutation(len(crops))[:64]
        source = {"dataset": asdict(spec), "protocol": "all for training"}
        config = self.config(spec.name, CENTER)
        self.workers.run([Job(folder, config, self.initial_weights(), crops, crops.take(some), source)], self.progress)
        return folder

    def notes(self, specs: Sequence[DatasetSpec]) -> tuple[str, ...]:
        """Return what the readers found wrong with these data sets, each once, and how far the folds were run."""
        found = [problem for spec in specs for problem in self.crops(spec)[0].problems]
        if self.folds:
            found.append(f"only the first {self.folds} folds of each protocol were run")
        return tuple(dict.fromkeys(found))


def _words(spec: DatasetSpec) -> tuple[str, ...]:
    return (spec.name, spec.classes, spec.size) if spec.name == "ckplus" else (spec.name,)
