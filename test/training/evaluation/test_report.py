"""A report says what was not measured, and what each picture was taken for."""

import csv

import numpy as np
import pytest
from page.browser import Browser, find_chromium

from fer_ros.core.geometry import Box
from fer_training.evaluation.evaluate import Evaluation, Missed
from fer_training.evaluation.metrics import measure
from fer_training.evaluation.report import FILES, class_rows, split_rows, to_text, warnings, write_evaluation

LABELS = ("happy", "sad", "fear")
CHROMIUM = find_chromium()


def evaluation(splits=("train", "train", "test"), learned=True):
    """Three faces, of which the last is taken for another, and a picture in which none was found."""
    probabilities = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.7, 0.3, 0.0]], np.float32)
    targets = np.array([0, 0, 1])
    return Evaluation(
        measure(targets, probabilities, LABELS),
        (Missed("wall.jpg", 1, splits[-1]),),
        {"bundle": "b", "backend": "litert", "dataset": "<mine>", "split": "all"},
        ("<mine>: no face found in 1 of 4 pictures (wall.jpg)",),
        ("a.jpg", "b.jpg", "c.jpg"),
        targets,
        probabilities,
        splits,
        (Box(1, 2, 31, 42), None, None),
        learned={"train": "the bundle has learned from it"} if learned else {},
    )


def test_a_class_without_pictures_has_dashes_in_the_report_and_no_part_in_the_mean():
    metrics = measure(np.array([0, 0, 1]), np.eye(3)[[0, 0, 1]], LABELS)
    rows = class_rows(metrics)
    assert rows[2] == ("fear", "0", "-", "-", "-")
    assert rows[3] == ("mean of classes", "3", "100.00", "100.00", "100.00")


def test_splits_have_a_row_each_and_what_was_learned_from_is_no_measure():
    rows = split_rows(evaluation())
    assert rows[0][:3] == ("train", "2", "100.00") and rows[0][4] == "the bundle has learned from it"
    assert rows[1][:3] == ("test", "2", "0.00") and rows[1][4] == ""
    (told,) = warnings(evaluation())
    assert told.startswith("train: the bundle has learned from it, so 100.00 % is no measure; the number above mixes")
    assert "note: train: the bundle has learned from it" in to_text(evaluation())


def test_one_split_that_is_new_to_the_bundle_needs_no_table():
    one = evaluation(("test", "test", "test"))
    assert split_rows(one) == [] and warnings(one) == []
    assert "accuracy 50.00 % of 4 pictures, 1 of them without a found face (counted as wrong)" in to_text(one)


def test_each_picture_has_a_row_with_its_box_and_probabilities_by_name(tmp_path):
    assert write_evaluation(evaluation(), tmp_path / "out") == tmp_path / "out/report.html"
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FILES)
    with (tmp_path / "out/pictures.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4, "as many as are counted"
    assert rows[0] == {
        "file": "a.jpg", "split": "train", "truth": "happy", "label": "happy", "right": "1", "happy": "0.90000",
        "sad": "0.10000", "fear": "0.00000", "left": "1", "top": "2", "right_edge": "31", "bottom": "42", "note": "",
    }  # fmt: skip
    assert [row["right"] for row in rows] == ["1", "1", "0", "0"] and rows[2]["label"] == "happy"
    assert rows[3]["file"] == "wall.jpg" and rows[3]["truth"] == "sad" and rows[3]["note"] == "no face found"
    assert rows[3]["label"] == rows[3]["happy"] == rows[3]["left"] == ""


@pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install chromium")
def test_the_report_opens_by_itself_and_shows_what_was_measured(tmp_path):
    report = write_evaluation(evaluation(), tmp_path / "out", "fer-train evaluate --dataset <mine>")
    report = report.rename(tmp_path / "report.html")
    browser = Browser(CHROMIUM, tmp_path / "profile")
    try:
        browser.resize(390, 800)
        browser.open(report.as_uri())
        loaded = "document.images.length == 2 && [...document.images].every((image) => image.naturalWidth > 0)"
        assert browser.shows(loaded), "no file beside it is needed"
        assert browser.ask("document.documentElement.scrollWidth") <= 390
        shown = browser.ask("document.body.innerText")
        for text in ("b on <mine> all", "wall.jpg", "No measure of the model", "fer-train evaluate --dataset <mine>"):
            assert text in shown
        assert browser.errors == []
    finally:
        browser.close()
