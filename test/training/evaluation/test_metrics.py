"""Metrics agree with numbers worked out by hand."""

import numpy as np
import pytest

from fer_training.evaluation.metrics import calibration_bins, measure, wilson_interval

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


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"probabilities must be \(N, K\)"):
        measure(np.array([0, 1]), one_hot([0]), LABELS)
    with pytest.raises(ValueError, match="targets must be 0 to 2, got 0 to 3"):
        measure(np.array([0, 3]), one_hot([0, 1]), LABELS)
