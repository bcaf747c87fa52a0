"""FER+ (Barsoum et al. 2016): ten annotators' votes for FER-2013's pictures, as soft labels.

Two forms are read: Microsoft's `fer2013new.csv`, whose rows follow `fer2013.csv`, and a table keyed by file name.
FER+ defines its classes differently from FER-2013 (the majorities agree on about 62 %): it is a second supervision,
never the truth of FER-2013.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from fer_ros.core.emotions import EMOTIONS, canonical
from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.data.files import expect_table
from fer_training.data.pixel_table import USAGES
from fer_training.data.table import read_table

VOTED = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
# Of a table whose rows were sorted anew 17.8 % agree, of the right one 62 to 64 %.
_LEAST_AGREEMENT = 0.4
_ORDER = [EMOTIONS.index(canonical(name)) for name in VOTED]


def with_ferplus_votes(dataset: Dataset, path: Path) -> Dataset:
    """Return FER-2013 with `votes`, (8,) over EMOTIONS, on each sample that FER+ has; the others keep None.

    Args:
        dataset: all of FER-2013, or some splits of it.
        path: the table; votes for 'unknown' and 'not a face' are left out.

    Raises:
        DatasetError: the table is missing, or does not fit the data set.

    """
    path = expect_table(path, "FER+")
    rows = list(read_table(path, VOTED))
    if not rows:
        raise DatasetError(f"{path}: expected rows of votes, got none")
    if "file" in rows[0]:
        table = {row["file"]: _distribution(row, path) for row in rows}
    else:
        _check_rows(rows, dataset, path)
        table = {f"row_{number:05d}": _distribution(row, path) for number, row in enumerate(rows)}
    samples = tuple(replace(sample, votes=table.get(sample.name)) for sample in dataset.samples)
    if not any(sample.votes is not None for sample in samples):
        raise DatasetError(f"{path}: expected the names of {dataset.name}'s files, got {next(iter(table))} and such")
    _check_agreement(samples, dataset, path)
    return replace(dataset, samples=samples)


def _check_agreement(samples: tuple[Sample, ...], dataset: Dataset, path: Path) -> None:
    """Raise DatasetError where so few majorities agree with the labels that the votes must be of other pictures."""
    voted = [(sample.votes, dataset.labels[sample.label]) for sample in samples if sample.votes is not None]
    agreeing = sum(EMOTIONS[int(votes.argmax())] == label for votes, label in voted)
    # The whole interval: a few pictures that happen to disagree prove nothing.
    if binomtest(agreeing, len(voted)).proportion_ci(0.99, "wilson").high < _LEAST_AGREEMENT:
        raise DatasetError(
            f"{path}: expected votes whose majority is {dataset.name}'s label of about 62 % of the pictures, got "
            f"{100 * agreeing / len(voted):.1f} % of {len(voted)}: these are the votes of other pictures; its rows "
            "must follow those of fer2013.csv, or name the files"
        )


def _check_rows(rows: list[dict[str, str]], dataset: Dataset, path: Path) -> None:
    """Raise DatasetError where a row is of another split than the picture of its number, or is not there."""
    for sample in dataset.samples:
        if not sample.name.startswith("row_"):
            continue
        number = int(sample.name.removeprefix("row_"))
        if number >= len(rows):
            raise DatasetError(f"{path}: expected a row for each of {dataset.name}'s pictures, got {len(rows)}")
        usage = rows[number].get("Usage", "").lower()
        if usage in USAGES and USAGES[usage] != sample.split:
            raise DatasetError(
                f"{path}, row {number + 1}: expected the votes of a picture of {sample.split}, got one of {usage}; "
                "its rows must follow those of fer2013.csv"
            )


def _distribution(row: dict[str, str], path: Path) -> npt.NDArray[np.float32] | None:
    votes = np.zeros(len(EMOTIONS), np.float64)
    try:
        votes[_ORDER] = [float(row[name]) for name in VOTED]
    except ValueError as error:
        raise DatasetError(f"{path}: expected numbers of votes, got {error}") from None
    total = votes.sum()
    if not np.isfinite(total) or votes.min() < 0:
        raise DatasetError(f"{path}: expected numbers of votes, got {votes[_ORDER].tolist()}")
    return (votes / total).astype(np.float32) if total > 0 else None
