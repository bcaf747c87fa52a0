"""Smoothed expressions do not flicker, and follow a real change soon."""

import numpy as np
import pytest

from fer_ros.core.smoothing import Smoother, SmoothingConfig
from fer_ros.core.types import State

LABELS = ("angry", "happy", "neutral")


def row(angry, happy, neutral):
    return np.array([angry, happy, neutral], np.float32)


def run(smoother, rows, rate=30.0, start=0.0):
    return [smoother.update(r, start + i / rate) for i, r in enumerate(rows)]


def noisy(mean, count, scale=0.25, seed=0):
    """Draw rows around a mean as sensor noise does, each a distribution."""
    logits = np.log(mean) + np.random.default_rng(seed).normal(0, scale * 4, (count, 3))
    rows = np.exp(logits)
    return (rows / rows.sum(1, keepdims=True)).astype(np.float32)


def test_a_constant_face_with_noise_changes_at_most_once_a_minute():
    smoother = Smoother(LABELS, SmoothingConfig())
    rows = noisy(row(0.15, 0.3, 0.55), 30 * 60)
    labels = [e.label for e, _ in run(smoother, rows) if e.label]
    raw = rows.argmax(1)
    assert (raw[1:] != raw[:-1]).sum() > 300  # it does flicker without smoothing
    assert sum(a != b for a, b in zip(labels, labels[1:])) <= 1


@pytest.mark.parametrize("rate", [15.0, 30.0])
def test_a_real_change_is_followed_within_half_a_second(rate):
    smoother = Smoother(LABELS, SmoothingConfig())
    run(smoother, [row(0.05, 0.05, 0.9)] * int(3 * rate), rate)
    answers = run(smoother, [row(0.05, 0.9, 0.05)] * int(rate), rate, start=3.0)
    first = next(i for i, (e, s) in enumerate(answers) if e.label == "happy" and s is State.STABLE)
    assert first / rate <= 0.5


def test_a_new_face_has_no_label_before_the_dwell_time():
    smoother = Smoother(LABELS, SmoothingConfig(dwell=0.2))
    answers = run(smoother, [row(0.1, 0.8, 0.1)] * 10)
    assert (answers[0][0].label, answers[0][1]) == ("", State.UNCERTAIN)
    assert (answers[-1][0].label, answers[-1][1]) == ("happy", State.STABLE)


def test_when_no_class_stands_out_the_state_is_uncertain_and_the_label_stays():
    smoother = Smoother(LABELS, SmoothingConfig())
    run(smoother, [row(0.05, 0.9, 0.05)] * 30)
    expression, state = run(smoother, [row(0.34, 0.33, 0.33)] * 60, start=1.0)[-1]
    assert (expression.label, state) == ("happy", State.UNCERTAIN)
    assert expression.confidence == pytest.approx(0.33, abs=0.02)


def test_smoothing_is_in_seconds_whatever_the_rate():
    slow, fast = Smoother(LABELS, SmoothingConfig()), Smoother(LABELS, SmoothingConfig())
    for smoother, rate in ((slow, 10.0), (fast, 40.0)):
        run(smoother, [row(1, 0, 0)], rate)
        answers = run(smoother, [row(0, 1, 0)] * int(rate), rate, start=1 / rate)
        at_half = answers[int(rate / 2) - 1][0].probabilities.array
        np.testing.assert_allclose(at_half, row(np.exp(-2), 1 - np.exp(-2), 0), atol=1e-5)


def test_smoothed_probabilities_sum_to_one_and_raw_ones_are_left_alone():
    smoother, raw = Smoother(LABELS, SmoothingConfig()), row(0.2, 0.3, 0.5)
    kept = raw.copy()
    for i in range(5):
        expression, _ = smoother.update(raw, i / 30)
        assert expression.probabilities.array.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_array_equal(raw, kept)


def test_a_stamp_that_goes_backwards_is_refused():
    smoother = Smoother(LABELS, SmoothingConfig())
    smoother.update(row(0, 1, 0), 2.0)
    with pytest.raises(ValueError, match="must not go backwards, got 1.0 after 2.0"):
        smoother.update(row(0, 1, 0), 1.0)


def test_a_doubted_frame_is_uncertain_and_keeps_the_label_whatever_the_network_says():
    smoother = Smoother(LABELS, SmoothingConfig())
    run(smoother, [row(0.05, 0.9, 0.05)] * 30)
    answers = [smoother.update(row(0.98, 0.01, 0.01), 1 + i / 30, doubted=True) for i in range(60)]
    assert {(e.label, s) for e, s in answers} == {("happy", State.UNCERTAIN)}
    np.testing.assert_allclose(answers[-1][0].probabilities.array, row(1 / 3, 1 / 3, 1 / 3), atol=0.01)


def test_one_doubted_frame_does_not_shake_the_answer():
    smoother = Smoother(LABELS, SmoothingConfig())
    run(smoother, [row(0.05, 0.9, 0.05)] * 30)
    smoother.update(row(0.98, 0.01, 0.01), 1.0, doubted=True)
    expression, state = smoother.update(row(0.05, 0.9, 0.05), 1 + 1 / 30)
    assert (expression.label, state) == ("happy", State.STABLE) and expression.confidence > 0.75


def test_a_face_that_was_always_doubted_has_no_label_even_without_a_least_confidence():
    smoother = Smoother(LABELS, SmoothingConfig(min_confidence=0.0, margin=0.0))
    answers = [smoother.update(row(0.98, 0.01, 0.01), i / 30, doubted=True) for i in range(30)]
    assert {(e.label, s) for e, s in answers} == {("", State.UNCERTAIN)}


def test_a_label_cannot_gain_its_dwell_time_across_doubted_frames():
    smoother = Smoother(LABELS, SmoothingConfig(dwell=0.2))
    smoother.update(row(0.0, 1.0, 0.0), 0.0)
    smoother.update(row(0.0, 1.0, 0.0), 0.1, doubted=True)
    expression, _ = smoother.update(row(0.0, 1.0, 0.0), 0.25)
    assert expression.label == ""
