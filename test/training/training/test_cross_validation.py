"""Every fold has its run and its row; how a data set is divided is written down."""

import csv
import json

import numpy as np
from look_alike import tiny_config, tiny_crops

from fer_training.data.dataset import Dataset, Sample
from fer_training.data.face_cropping import crops_of
from fer_training.data.registry import DatasetSpec
from fer_training.data.splits import Protocol
from fer_training.evaluation.predictions import Predictions
from fer_training.training.cross_validation import CrossValidation, write_folds
from fer_training.training.initialization import ImageNetWeights


def test_only_the_wanted_folds_run_and_the_table_has_all_that_are_finished(tmp_path, imagenet_weights):
    crops = tiny_crops(28)
    samples = tuple(Sample(n, p, int(t)) for n, p, t in zip(crops.names, crops.pixels, crops.targets, strict=True))
    dataset = Dataset("x", crops.labels, samples, cropped=True)
    validation = CrossValidation(DatasetSpec("folders"), dataset, crops, Protocol("halves", "random", parts=2))

    def run(wanted):
        config, weights = tiny_config(steps=2), ImageNetWeights(imagenet_weights)
        return validation.run(config, weights, tmp_path, tmp_path / "folds.json", wanted=wanted, progress=False)

    first = run(slice(1))
    assert list(first) == ["fold0"] and not (tmp_path / "fold1").exists()
    second = run(slice(1, 2))
    assert list(second) == ["fold1"]
    names = [*first["fold0"].names, *second["fold1"].names]
    assert sorted(names) == sorted(crops.names), "each sample is validated once"
    assert json.loads((tmp_path / "folds.json").read_text())["folds"]["fold1"] == list(second["fold1"].names)
    _, *rows = csv.reader((tmp_path / "folds.csv").read_text().splitlines())
    assert [row[:2] for row in rows] == [["fold0", "14"], ["fold1", "14"]]


def test_a_row_has_the_last_step_before_the_best(tmp_path):
    targets, right, wrong = np.array([0, 1]), np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32)[::-1]
    found = Predictions(np.array(["a", "b"]), targets, ("happy", "sad"), best=right, last=wrong)
    write_folds({"f": found}, tmp_path / "folds.csv")
    header, row = csv.reader((tmp_path / "folds.csv").read_text().splitlines())
    assert header[2] == "last_accuracy" and header[6] == "best_accuracy" and (row[2], row[6]) == ("0.0", "1.0")


def test_a_fold_that_trains_without_a_class_is_named():
    pixels = [np.full((9, 9), i, np.uint8) for i in range(6)]
    samples = tuple(Sample(f"s{i}", p, int(i == 5), subject=f"p{i // 2}") for i, p in enumerate(pixels))
    dataset = Dataset("x", ("happy", "sad"), samples, cropped=True)
    protocol = Protocol("people", "one_subject")
    validation = CrossValidation(DatasetSpec("folders"), dataset, crops_of(dataset), protocol)
    assert validation.unlearned() == ["p2 trains without a picture of sad"]
    assert validation.unlearned(slice(2)) == []
