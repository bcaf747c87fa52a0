"""Metrics agree with numbers worked out by hand; temperature calibrates and changes no answer."""

import numpy as np
import pytest

from fer_ros.core.classification.classifier import softmax
from fer_training.evaluation.metrics import calibration_bins, mean_and_deviation, measure, wilson_interval
from fer_training.evaluation.plots import save_confusion, save_reliability
from fer_training.evaluation.report import class_rows
from fer_training.experiments.report import Report, Row, fold_rows
from fer_training.export.calibration import fit_temperature
from fer_training.training.run_folder import Answers

LABELS = ("angry", "happy", "sad")


def one_hot(answers, confidence=0.8):
    rest = (1 - confidence) / 2
    return np.where(np.eye(3)[answers] == 1, confidence, rest)


def test_accuracy_precision_recall_and_f1_by_hand():
    metrics = measure(np.array([0, 0, 0, 1, 1, 2]), one_hot([0, 0, 1, 1, 1, 0]), LABELS)
    assert metrics.accuracy == pytest.approx(4 / 6) and metrics.n == 6
    assert metrics.confusion.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert metrics.precision == pytest.approx((2 / 3 + 2 / 3 + 0) / 3)
    assert metrics.recall == pytest.approx((2 / 3 + 1 + 0) / 3)
    assert metrics.f1 == pytest.approx((2 / 3 + 0.8 + 0) / 3)
    p, r = metrics.precision, metrics.recall
    assert metrics.f1_of_means == pytest.approx(2 * p * r / (p + r))


def test_the_papers_f1_is_the_harmonic_mean_of_its_means():
    for precision, recall, f1 in ((96.19, 94.76, 95.47), (92.78, 95.95, 94.34), (94.83, 91.38, 93.07)):
        assert 2 * precision * recall / (precision + recall) == pytest.approx(f1, abs=0.01)


def test_means_leave_out_classes_that_do_not_occur():
    metrics = measure(np.array([0, 1]), one_hot([0, 1]), LABELS)
    assert metrics.recall == 1.0 and metrics.classes[2].support == 0


def test_wilson_interval_of_a_small_set():
    low, high = wilson_interval(40, 42)
    assert (round(low, 3), round(high, 3)) == (0.842, 0.987)
    assert wilson_interval(5, 5)[1] == pytest.approx(1.0)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    metrics = measure(np.array([0, 0, 0, 1]), one_hot([0, 0, 0, 0], 0.9), LABELS)
    assert metrics.ece == pytest.approx(0.15) and len(metrics.bins) == 1
    bins = calibration_bins(np.array([0, 1]), np.array([[1.0, 0.0], [0.6, 0.4]]))
    assert [(b.count, b.accuracy) for b in bins] == [(1, 0.0), (1, 1.0)]


def test_temperature_recovers_the_factor_that_logits_were_stretched_by():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (4000, 3)).astype(np.float32)
    # A class drawn from a softmax is the top one of logits with Gumbel noise.
    targets = (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)
    assert fit_temperature(logits * 3, targets) == pytest.approx(3, rel=0.1)
    before, after = (measure(targets, softmax(logits * 3, t), LABELS) for t in (1.0, 3.0))
    assert after.ece < before.ece / 3 and after.accuracy == before.accuracy


def test_a_set_with_hardly_an_error_makes_nobody_more_certain():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1, (500, 3)).astype(np.float32) * 3
    targets = logits.argmax(axis=1)
    assert fit_temperature(logits, targets) == 1
    targets[:9] = (targets[:9] + 1) % 3
    assert fit_temperature(logits, targets) == 1
    targets[9:40] = (targets[9:40] + 1) % 3
    assert 1 < fit_temperature(logits, targets) < 20


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"probabilities must be \(N, K\)"):
        measure(np.array([0, 1]), one_hot([0]), LABELS)
    with pytest.raises(ValueError, match="targets must be 0 to 2, got 0 to 3"):
        measure(np.array([0, 3]), one_hot([0, 1]), LABELS)
    with pytest.raises(ValueError, match="logits must be"):
        fit_temperature(np.zeros((2, 3), np.float32), np.zeros(3, np.int64))


def test_pictures_are_written(tmp_path):
    metrics = measure(np.array([0, 1, 2]), one_hot([0, 1, 1]), LABELS)
    save_confusion(metrics, "x", tmp_path / "c.png")
    save_reliability(metrics, "x", tmp_path / "r.png")
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("c.png", "r.png"))


def answers(right, n=10):
    targets = np.zeros(n, np.int64)
    return Answers(np.array(["a"] * n), targets, LABELS, one_hot([0] * n), one_hot([0] * right + [1] * (n - right)))


def test_folds_give_mean_deviation_and_pooled_interval():
    best, last = fold_rows("x", "subject-overlapping", [answers(8), answers(10)], 95.0, best=True)
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


def test_a_class_without_pictures_has_dashes_in_the_report_and_no_part_in_the_mean():
    metrics = measure(np.array([0, 0, 1]), np.eye(3)[[0, 0, 1]], ("happy", "sad", "fear"))
    rows = class_rows(metrics)
    assert rows[2] == ("fear", "0", "-", "-", "-")
    assert rows[3] == ("mean of classes", "3", "100.00", "100.00", "100.00")
