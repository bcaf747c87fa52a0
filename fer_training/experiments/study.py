"""What all experiments share: data, starts and runs; a run that two of them need is made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset
from fer_training.data.face_cropping import BoxCache, find_faces
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.data.splits import PROTOCOLS, make_folds, save_folds
from fer_training.experiments.first_stage import FirstStage
from fer_training.experiments.report import write_folds
from fer_training.training.config import StageConfig
from fer_training.training.fold_runner import Job, Workers
from fer_training.training.initialization import ImageNetStart, Start
from fer_training.training.run_folder import Answers

ASK = {
    "fer2013": "Kaggle, 'Challenges in Representation Learning: Facial Expression Recognition Challenge' (fer2013.csv)",
    "ckplus": "the Affect Analysis Group of the University of Pittsburgh (jeffcohn.net/Resources), on signing terms",
    "jaffe": "its authors, on zenodo.org (record 3451524), on agreeing to its terms",
}
"""Where each data set is to be had."""
SOFTMAX, CENTER = "softmax", "softmax and center loss"
ONE_STAGE, TWO_STAGES = "one stage", "two stages"


class MissingDataError(RuntimeError):
    """A data set that an experiment needs and was not given."""


@dataclass(frozen=True)
class Study:
    """Everything `fer-train reproduce` was told.

    fer2013, ckplus, jaffe: where the data sets stand; None if they are not at hand.
    folds: at most so many of each protocol are run; 0 for all.  protocols: 'random', 'disjoint' or both.
    ckplus_config, jaffe_config: of the second stage.
    """

    output: Path
    first_stage: FirstStage
    ckplus_config: StageConfig
    jaffe_config: StageConfig
    fer2013: Path | None = None
    ckplus: Path | None = None
    jaffe: Path | None = None
    folds: int = 0
    protocols: tuple[str, ...] = ("random", "disjoint")
    workers: Workers = Workers()
    progress: bool = True
    _cache: dict[DatasetSpec, tuple[Dataset, Crops]] = field(default_factory=dict, compare=False, repr=False)

    def path(self, name: str) -> Path:
        """Return where a data set stands. Raises MissingDataError saying which one is missing and where to ask."""
        path = {"fer2013": self.fer2013, "ckplus": self.ckplus, "jaffe": self.jaffe}[name]
        if path is None:
            raise MissingDataError(f"needs --{name}; to be had from {ASK[name]}")
        return path

    def faces(self, spec: DatasetSpec) -> tuple[Dataset, Crops]:
        """Return the samples of a data set in which a face was found, with the faces; problems are in the data set."""
        if spec not in self._cache:
            dataset = read_dataset(spec, self.path(spec.name))
            found = find_faces(dataset, self.first_stage.box_scale, BoxCache(self.output / "faces"))
            samples = tuple(dataset.samples[i] for i in found.kept)
            problems = (*dataset.problems, *found.problems(dataset))
            self._cache[spec] = replace(dataset, samples=samples, problems=problems), found.crops
        return self._cache[spec]

    def start(self, stages: str = TWO_STAGES) -> Start:
        """Return where a run on CK+ or JAFFE starts: from the first stage, or from ImageNet without one."""
        if stages == ONE_STAGE:
            return ImageNetStart(self.first_stage.imagenet)
        return self.first_stage.start(self)

    def config(self, name: str, supervision: str) -> StageConfig:
        """Return the second stage's config of a data set, with or without center loss."""
        config = self.ckplus_config if name == "ckplus" else self.jaffe_config
        return config if supervision == CENTER else replace(config, center_weight=0.0)

    def run(
        self, spec: DatasetSpec, protocol: str, supervision: str = CENTER, stages: str = TWO_STAGES
    ) -> list[Answers]:
        """Train on every fold of a protocol and return the folds' answers; finished folds are not run again."""
        dataset, crops = self.faces(spec)
        rules = PROTOCOLS[spec.name][protocol]
        folds = make_folds(dataset, rules)
        parts = (spec.classes, spec.size) if spec.name == "ckplus" else ()
        key = "-".join((spec.name, *parts, protocol))
        save_folds(dataset, rules, folds, self.output / "folds" / f"{key}.json")
        start, config = self.start(stages), self.config(spec.name, supervision)
        folder = self.run_folder(spec, protocol, supervision, stages)
        jobs = [
            Job(
                folder / fold.name,
                config,
                start,
                crops.take(fold.train),
                crops.take(fold.validation),
                {"dataset": asdict(spec), "protocol": rules.label, "fold": fold.name},
            )
            for fold in (folds[: self.folds] if self.folds else folds)
        ]
        answers = self.workers.run(jobs, self.progress)
        write_folds([job.folder.name for job in jobs], answers, folder / "folds.csv")
        return answers

    def run_folder(self, spec: DatasetSpec, protocol: str, supervision: str = CENTER, stages: str = TWO_STAGES) -> Path:
        """Return where the folds of such a run stand."""
        parts = (spec.classes, spec.size) if spec.name == "ckplus" else ()
        words = (spec.name, *parts, protocol, stages, "center" if supervision == CENTER else SOFTMAX)
        return self.output / "runs" / "-".join(words).replace(" ", "_")

    def run_whole(self, spec: DatasetSpec, dataset: Dataset, crops: Crops, folder: Path) -> Path:
        """Train on all of a data set for a fixed number of steps; returns the run folder. Nothing is selected."""
        # The stage wants a validation set for its curves: some of the very training faces, of which no result is made.
        some = np.random.default_rng(0).permutation(len(crops))[:64]
        source = {"dataset": asdict(spec), "protocol": "all for training"}
        job = Job(folder, self.config(spec.name, CENTER), self.start(), crops, crops.take(some), source)
        self.workers.run([job], self.progress)
        return folder

    def notes(self, specs: Sequence[DatasetSpec]) -> tuple[str, ...]:
        """Return what the readers found wrong with these data sets, each once, and how far the folds were run."""
        found = [problem for spec in specs for problem in self.faces(spec)[0].problems]
        if self.folds:
            found.append(f"only the first {self.folds} folds of each protocol were run")
        return tuple(dict.fromkeys(found))
