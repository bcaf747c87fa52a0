"""A run's records say which weights its number is of; what is no finished run is told without TensorFlow."""

import json
import zipfile

import numpy as np
import pytest

from fer_training.data.splits import DISJOINT, OVERLAPPING
from fer_training.evaluation.predictions import Predictions
from fer_training.export.finished_run import open_finished_run

LABELS = ("happy", "sad")


def write_run(folder, best=8, last=7, **data):
    """Write the records of a run whose best and last step call so many of ten faces right."""
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text("steps: 6\n")
    if data:
        (folder / "data.json").write_text(json.dumps({"labels": LABELS, **data}))
    targets = np.zeros(10, np.int64)
    answers = [np.eye(2, dtype=np.float32)[[0] * right + [1] * (10 - right)] for right in (best, last)]
    Predictions(np.array(["a"] * 10), targets, LABELS, *answers).save(folder)
    (folder / "result.json").write_text(json.dumps({"best_step": 4, "last_step": 6}))
    return folder


def test_the_weights_are_those_of_the_number_that_the_protocol_reports(tmp_path):
    folders = {"dataset": {"name": "folders"}, "fold": "fold0"}
    disjoint = open_finished_run(write_run(tmp_path / "a", protocol=DISJOINT, **folders))
    assert disjoint.reported == "last" and disjoint.facts("last")["reported"] == {
        "weights": "last", "step": 6, "protocol": "subject-disjoint; the last step, fixed before the training",
        "accuracy": 0.7, "n": 10,
    }  # fmt: skip
    chosen = disjoint.facts("best")["reported"]
    assert chosen["accuracy"] == 0.8 and chosen["protocol"] == (
        "subject-disjoint; the best step, chosen because it was the best on these faces"
    )
    assert open_finished_run(write_run(tmp_path / "b", protocol=OVERLAPPING, **folders)).reported == "best"
    assert open_finished_run(write_run(tmp_path / "c")).reported == "best", "a first stage has a validation split"
    whole = open_finished_run(write_run(tmp_path / "d", dataset={"name": "fer2013"}, validation_split="public_test"))
    assert whole.reported == "last" and whole.facts("last")["data"]["validation_split"] == "public_test"
    every = open_finished_run(write_run(tmp_path / "e", protocol="all for training", **folders))
    assert every.reported == "last" and "accuracy" not in every.facts("last")["reported"]


def test_the_mean_over_the_folds_stands_beside_a_folds_own_number(tmp_path):
    for i, last in enumerate((7, 9)):
        write_run(tmp_path / f"fold{i}", last=last, protocol=DISJOINT, dataset={"name": "folders"}, fold=f"fold{i}")
    found = open_finished_run(tmp_path / "fold1").facts("last")["reported"]
    assert found["accuracy"] == 0.9
    assert found["folds"] == {"count": 2, "accuracy": 0.8, "deviation": pytest.approx(0.14142), "n": 20}


def test_an_unfinished_run_is_told_with_how_far_it_is(tmp_path):
    run = write_run(tmp_path / "run")
    (run / "result.json").unlink()
    (run / "history.csv").write_text("step,loss\n2,1.0\n4,0.5\n")
    with pytest.raises(ValueError, match="expected a finished run, got one that stands at step 4: give the command"):
        open_finished_run(run)


def test_what_is_no_run_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected a run folder with config.yaml at .*nowhere, got nothing"):
        open_finished_run(tmp_path / "nowhere")
    with zipfile.ZipFile(tmp_path / "run.zip", "w") as archive:
        archive.writestr("config.yaml", "steps: 6")
    with pytest.raises(FileNotFoundError, match="got a ZIP archive: unpack it"):
        open_finished_run(tmp_path / "run.zip")
    write_run(tmp_path / "folds/fold0")
    with pytest.raises(FileNotFoundError, match="but one with runs inside: name one of them, such as .*folds/fold0"):
        open_finished_run(tmp_path / "folds")
