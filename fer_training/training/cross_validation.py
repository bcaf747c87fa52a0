"""The second stage on every fold of a data set: what `fer-train stage2` and the paper's tables both run."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset
from fer_training.data.registry import DatasetSpec
from fer_training.data.splits import Fold, Protocol, make_folds, save_folds
from fer_training.evaluation.metrics import measure
from fer_training.evaluation.predictions import Predictions
from fer_training.training.config import StageConfig
from fer_training.training.fold_runner import Job, Workers
from fer_training.training.initialization import InitialWeights
from fer_training.training.run_folder import RESULT

FOLDS = "folds.csv"


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """A data set that a protocol divides into folds.

    spec: which data set.  dataset: its samples in which a face was found.  crops: their faces, in the same order.
    """

    spec: DatasetSpec
    dataset: Dataset
    crops: Crops
    protocol: Protocol

    @cached_property
    def folds(self) -> list[Fold]:
        """The folds. Raises DatasetError if the protocol needs subjects that the data set does not have."""
        return make_folds(self.dataset, self.protocol)

    def unlearned(self, wanted: slice = slice(None)) -> list[str]:
        """Say which folds train without a picture of a class that they validate on."""
        lines = []
        targets, labels = self.dataset.targets(), self.dataset.labels
        for fold in self.folds[wanted]:
            missing = sorted(set(targets[fold.validation].tolist()) - set(targets[fold.train].tolist()))
            if missing:
                lines.append(f"{fold.name} trains without a picture of {', '.join(labels[i] for i in missing)}")
        return lines

    def run(
        self,
        config: StageConfig,
        initial_weights: InitialWeights,
        folder: Path,
        manifest: Path,
        *,
        wanted: slice = slice(None),
        workers: Workers | None = None,
        progress: bool = True,
    ) -> dict[str, Predictions]:
        """Train on folds; finished ones are not run again.

        Args:
            config: of the second stage.
            initial_weights: what each fold starts with.
            folder: gets a run folder for each fold, and folds.csv with all that are finished.
            manifest: JSON file that says which samples validate in which fold.
            wanted: which folds are run.
            workers: who runs them; this process if None.
            progress: whether bars are shown.

        Returns:
            What each of the wanted folds predicts for its validation part, by the fold's name.

        Raises:
            ValueError: the manifest holds other folds, or a run folder another run.

        """
        save_folds(self.dataset, self.protocol, self.folds, manifest)
        chosen = self.folds[wanted]
        jobs = [self._job(fold, config, initial_weights, folder) for fold in chosen]
        predictions = (workers or Workers()).run(jobs, progress)
        done = [folder / fold.name for fold in self.folds if (folder / fold.name / RESULT).is_file()]
        write_folds({path.name: Predictions.load(path) for path in done}, folder / FOLDS)
        return {fold.name: found for fold, found in zip(chosen, predictions, strict=True)}

    def _job(self, fold: Fold, config: StageConfig, initial_weights: InitialWeights, folder: Path) -> Job:
        source = {"dataset": asdict(self.spec), "protocol": self.protocol.label, "fold": fold.name}
        train, validation = self.crops.take(fold.train), self.crops.take(fold.validation)
        return Job(folder / fold.name, config, initial_weights, train, validation, source)


def write_folds(folds: Mapping[str, Predictions], path: Path) -> None:
    """Write one row a fold: its number of predictions, and accuracy, macro precision, recall and F1 of both steps."""
    measures = ("accuracy", "precision", "recall", "f1")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["fold", "n", *(f"{step}_{name}" for step in ("last", "best") for name in measures)])
        for name, found in folds.items():
            steps = [measure(found.targets, p, found.labels) for p in (found.last, found.best)]
            writer.writerow([name, steps[0].n, *(round(getattr(m, key), 5) for m in steps for key in measures)])
