"""Answers kept and mistakes among them."""

import cv2
import numpy as np
import pytest

from benchmarks import how_sure
from benchmarks.clips import people
from benchmarks.how_sure import Answer, answer, curve, rows_of, table
from benchmarks.people import make_pipeline
from benchmarks.people_clips import Case
from benchmarks.people_portraits import Portrait

# Four people: three are answered, the least sure of them wrongly, and one is not found.
ANSWERS = [Answer(0.9, True), Answer(0.42, False), Answer(0.0, False), Answer(0.5, True)]


def test_answers_below_the_least_confidence_are_not_counted():
    rows = {row["least"]: (row["answered"], row["wrong"], row["people"]) for row in rows_of(ANSWERS)}
    assert rows[0.0] == (3, 1, 4) and rows[0.4] == (3, 1, 4) and rows[0.45] == (2, 0, 4)
    assert rows[0.8] == (1, 0, 4)


def test_the_curve_goes_from_the_surest_answer_to_all_of_them():
    coverage, risk = curve(ANSWERS)
    assert coverage.tolist() == [0.25, 0.5, 0.75]
    assert risk.tolist() == pytest.approx([0, 0, 1 / 3])


def test_the_table_marks_the_profiles_own_value(tmp_path):
    text = table({"even": rows_of(ANSWERS), "odd": rows_of(ANSWERS[2:3])}, 0.45)
    assert "| **0.45** | 50.0 %, 0.0 % | 0.0 %, - |" in text
    how_sure.plot({"even": ANSWERS, "odd": ANSWERS}, 0.45, tmp_path / "curve.png")
    assert cv2.imread(str(tmp_path / "curve.png")) is not None


def test_a_smiling_stranger_is_answered_and_an_empty_wall_is_not():
    one = people()[0]
    gray = np.asarray(cv2.cvtColor(one.pictures[0].astype(np.uint8), cv2.COLOR_BGR2GRAY), np.uint8)
    pipeline = make_pipeline("default")
    smiling = answer(pipeline, Portrait("smiling", "happy", gray, one.face), Case("upright", 0.5))
    assert smiling.right and smiling.confidence > pipeline.config.smoothing.min_confidence
    wall = np.full_like(gray, 128)
    assert answer(pipeline, Portrait("wall", "happy", wall, one.face), Case("upright", 0.5)) == Answer(0.0, False)
