"""Table 1: how many pictures each class has in FER-2013, CK+ (last frame) and JAFFE."""

from __future__ import annotations

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.dataset import Dataset, DatasetError
from fer_training.data.fer2013 import SPLITS
from fer_training.data.registry import DatasetSpec, read_dataset
from fer_training.experiments.datasets import MissingDataError
from fer_training.experiments.report import Report, Row
from fer_training.experiments.study import Study

PAPER = {
    "fer2013": (4593, 547, 5121, 8989, 6077, 4002, 6198, 0),
    "ckplus": (45, 59, 25, 69, 28, 83, 327, 18),
    "jaffe": (30, 30, 31, 31, 31, 30, 30, 0),
}
NOTES = (
    "FER-2013 has 4,953 angry pictures; the paper prints 4,593. It has 35,887 in all; the paper's text says 36,887",
    "JAFFE's files hold 29 disgust and 32 fear; the paper prints 30 and 31",
)


def run(study: Study) -> Report:
    """Count the classes of the data sets that are at hand."""
    rows: list[Row] = []
    missing, problems = [], []
    for name, paper in PAPER.items():
        try:
            dataset = _read(name, study)
        except MissingDataError as error:
            missing.append(f"{name}: {error}")
            continue
        absent = [split for split in SPLITS if name == "fer2013" and split not in {s.split for s in dataset.samples}]
        problems += [f"FER-2013: the copy at hand has no {split}" for split in absent]
        counts = dataset.counts()
        problems += dataset.problems
        rows += [
            Row(f"{dataset.name}, {emotion}", "pictures", "", number, counts.get(emotion, 0))
            for emotion, number in zip(EMOTIONS, paper, strict=True)
        ]
    return Report("table1", "Table 1: classes of the data sets", tuple(rows), (*NOTES, *problems), (), tuple(missing))


def _read(name: str, study: Study) -> Dataset:
    path = study.paths.find(name)
    try:
        return read_dataset(DatasetSpec(name), path)
    except DatasetError:
        if name != "ckplus":
            raise
        # The common copy in class folders has no neutral faces.
        return read_dataset(DatasetSpec(name, "7_no_neutral"), path)
