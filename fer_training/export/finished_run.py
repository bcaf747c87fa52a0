"""What a run reported, by its files alone: of which weights, by which protocol; TensorFlow is not loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fer_training import legacy
from fer_training.data.crops import Crops
from fer_training.data.dataset import NODE
from fer_training.data.files import archive_kind
from fer_training.data.picture_record import NOTHING, PictureRecord, read_record
from fer_training.data.splits import DISJOINT
from fer_training.evaluation.metrics import mean_and_deviation
from fer_training.evaluation.predictions import PREDICTIONS, Predictions

BEST, LAST = "best", "last"
_CONFIG, _DATA, _HISTORY, _RESULT = "config.yaml", "data.json", "history.csv", "result.json"
_WHOLE = "all for training"
_HELD_OUT = "a tenth of the training split for validation"


@dataclass(frozen=True)
class FinishedRun:
    """The records of a finished run.

    data: data.json under today's names, empty for a run without it.  result: the best and the last step.
    """

    folder: Path
    data: dict[str, Any]
    result: dict[str, Any]

    @property
    def labels(self) -> tuple[str, ...]:
        """What the run tells apart; empty for a run without records."""
        return tuple(self.data.get("labels", ()))

    @property
    def protocol(self) -> str:
        """How the validation faces were chosen."""
        watched = self.data.get("validation_split")
        return str(self.data.get("protocol", f"validation on {watched}" if watched else _HELD_OUT))

    @property
    def reported(self) -> str:
        """The step whose number is the run's: BEST or LAST.

        A validation split is there to select the best step, and the paper selects it on the very fold that it reports.
        Where people are kept apart, where the validation faces are a reported split, and where all is for training,
        only the last step was chosen by no face.
        """
        last = self.protocol.startswith((DISJOINT, _WHOLE)) or "validation_split" in self.data
        return LAST if last else BEST

    def facts(self, weights: str) -> dict[str, Any]:
        """Return what a bundle of these weights records: its data, and the number that was reported of them.

        Args:
            weights: BEST or LAST.

        """
        return {"weights": weights, "data": self._data_facts(), "reported": self._number(weights)}

    def _data_facts(self) -> dict[str, Any]:
        spec = self.data.get("dataset", {"name": "fer2013"})
        first = spec["name"] == "fer2013"
        facts = {"name": spec["name"], "protocol": self.protocol, **({"splits": ["train"]} if first else {})}
        if spec.get("whole"):
            facts["found_by"] = Path(spec.get("detector", NODE)).name
        return facts | {name: self.data[name] for name in ("fold", "validation_split") if name in self.data}

    def record(self, weights: str, train: Crops, validation: Crops) -> PictureRecord | None:
        """Return which pictures these weights have to do with; None where the faces do not say of what they are.

        Args:
            weights: BEST or LAST.
            train: the run's training faces.
            validation: its validation faces, which the best step was selected by.

        """
        found = read_record(self.folder)
        if found is not None:
            record = found[0]
        elif train.pictures is None or validation.pictures is None:
            return None
        else:
            # A run of version 0.4 does not say what its initial weights had to do with.
            before = NOTHING.initial if self.data.get("initial_weights") == "ImageNet" else None
            record = PictureRecord(train.pictures, validation.pictures, before)
        return record if weights == BEST else replace(record, selected=NOTHING.selected)

    @property
    def lost_labels(self) -> tuple[str, ...]:
        """What its initial weights told apart and the run does not, as far as that is on record."""
        return tuple(name for name in self.data.get("initial_labels", ()) if name not in self.labels)

    def _number(self, weights: str) -> dict[str, Any]:
        chosen = "chosen because it was the best on these faces" if weights == BEST else "fixed before the training"
        step = self.result.get(f"{weights}_step")
        found = {"weights": weights, "step": step, "protocol": f"{self.protocol}; the {weights} step, {chosen}"}
        if self.protocol.startswith(_WHOLE):
            return found
        found |= _accuracy(self.folder, weights)
        others = [] if "fold" not in self.data else sorted(self.folder.parent.glob(f"*/{_RESULT}"))
        if len(others) > 1:
            every = [_accuracy(path.parent, weights) for path in others]
            mean, deviation = mean_and_deviation([one["accuracy"] for one in every])
            found["folds"] = {
                "count": len(every), "accuracy": round(mean, 5), "deviation": round(deviation, 5),
                "n": sum(one["n"] for one in every),
            }  # fmt: skip
        return found


def open_finished_run(folder: Path) -> FinishedRun:
    """Read the records of a run that has taken all its steps.

    Args:
        folder: of the run.

    Raises:
        FileNotFoundError: there is nothing, or something else.
        ValueError: the run is not finished.

    """
    if not folder.is_dir():
        kind = archive_kind(folder)
        got = f"{kind}: unpack it" if kind else "a file" if folder.exists() else "nothing"
        raise FileNotFoundError(f"expected a run folder with {_CONFIG} at {folder}, got {got}")
    if not (folder / _CONFIG).is_file():
        folds = sorted(path.parent.name for path in folder.glob(f"*/{_CONFIG}"))
        inside = f", but one with runs inside: name one of them, such as {folder / folds[0]}" if folds else ""
        raise FileNotFoundError(f"expected a run folder with {_CONFIG}, got {folder}{inside}")
    path = folder / _RESULT
    if not path.is_file():
        raise ValueError(
            f"{folder}: expected a finished run, got one that stands at step {_steps(folder)}: give the command that "
            "began it again, it goes on from there"
        )
    data = folder / _DATA
    return FinishedRun(
        folder,
        legacy.translate_data(json.loads(data.read_text(encoding="utf-8"))) if data.is_file() else {},
        json.loads(path.read_text(encoding="utf-8")),
    )


def _steps(folder: Path) -> int:
    """Return how far a run has come by its history."""
    path = folder / _HISTORY
    last = path.read_text(encoding="utf-8").splitlines()[-1:] if path.is_file() else []
    return int(last[0].split(",")[0]) if last and last[0][:1].isdigit() else 0


def _accuracy(folder: Path, weights: str) -> dict[str, Any]:
    """Return the accuracy of a step on the run's validation faces, and their number; nothing without predictions."""
    if not any((folder / name).is_file() for name in (PREDICTIONS, legacy.PREDICTIONS)):
        return {}
    found = Predictions.load(folder)
    probabilities = found.best if weights == BEST else found.last
    right = probabilities.argmax(axis=1) == found.targets
    return {"accuracy": round(float(np.mean(right)), 5), "n": len(right)}
