"""A table shows the paper's value, ours and the difference."""

import numpy as np
import pytest

from fer_training.evaluation.metrics import mean_and_deviation, wilson_interval
from fer_training.evaluation.predictions import Predictions
from fer_training.experiments.report import Report, Row, fold_rows, to_html

LABELS = ("angry", "happy", "sad")


def one_hot(answers, confidence=0.8):
    rest = (1 - confidence) / 2
    return np.where(np.eye(3)[answers] == 1, confidence, rest)


def predictions(right, n=10):
    targets = np.zeros(n, np.int64)
    return Predictions(np.array(["a"] * n), targets, LABELS, one_hot([0] * n), one_hot([0] * right + [1] * (n - right)))


def test_folds_give_mean_deviation_and_pooled_interval():
    best, last = fold_rows("x", "subject-overlapping", [predictions(8), predictions(10)], 95.0, best=True)
    assert best.ours == 100 and best.difference == pytest.approx(5) and "selected on the fold" in best.protocol
    assert last.ours == pytest.approx(90) and last.deviation == pytest.approx(14.142, abs=0.001) and last.n == 20
    assert last.interval[0] == pytest.approx(100 * wilson_interval(18, 20)[0])
    assert last.paper is None, "the paper's value belongs to the best step"
    assert mean_and_deviation([3.0]) == (3.0, 0.0)


def test_a_report_shows_the_difference_in_every_form(tmp_path):
    Report("t", "T", (Row("ours", "accuracy %", "p", 95.0, 93.5, 1.0, (90.0, 96.0), 40),), missing=("b: no",)).write(
        tmp_path
    )
    assert "| 95.00 | 93.50 ± 1.00 | -1.50 | 90.00 to 96.00 | 40 |" in (tmp_path / "t.md").read_text()
    assert "- not done: b: no" in (tmp_path / "t.md").read_text()
    assert '"difference": -1.5' in (tmp_path / "t.json").read_text()
    assert "95.00,93.50 ± 1.00,-1.50" in (tmp_path / "t.csv").read_text()


def test_the_page_leaves_out_empty_columns_and_pictures_of_people(tmp_path):
    (tmp_path / "a.png").write_bytes(b"chart")
    rows = (Row("ours <b>", "recall %", "p", None, 93.5, n=40),)
    reports = [
        Report("a", "A", rows, ("a note",), ("a.png",)),
        Report("b", "B", (), missing=("needs --jaffe",)),
        Report("c", "C", rows, pictures=("people.png",), people=True),
    ]
    text = to_html(reports, tmp_path, "fer-train reproduce a b c")
    assert "ours &lt;b&gt;" in text and "<td class='number'>93.50</td>" in text and ">difference<" not in text
    assert text.count("<img") == 1 and "Y2hhcnQ=" in text and "not shown here: people.png" in text
    assert "<td>not done</td>" in text and "needs --jaffe" in text and "fer-train reproduce a b c" in text
