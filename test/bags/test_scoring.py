"""The numbers of a report, for answers whose score can be counted by hand."""

import numpy as np
import pytest

from fer_ros.bags.evaluation import Answer
from fer_ros.bags.labels import Label
from fer_ros.bags.scoring import Share, score
from fer_ros.core.geometry import Box
from fer_ros.core.types import Expression, Face, State, TrackedFace

NAMES = ("happy", "sad")


def face(raw, smoothed, track="aaaaa", state=State.STABLE):
    def expression(name):
        return Expression(name, 0.9, np.array([0.9, 0.1], np.float32))

    return TrackedFace(Face(Box(0, 0, 9, 9), 1.0), expression(raw), track, expression(smoothed), state)


def answers(*faces, label=0):
    return [Answer("/c", 10 + n / 10, n / 10, one, label) for n, one in enumerate(faces)]


def test_a_hand_counted_session():
    unsure = face("happy", "", state=State.UNCERTAIN)
    first = answers(None, unsure, face("sad", "sad"), face("happy", "happy"), face("happy", "happy", "bbbbb"))
    second = answers(face("happy", "happy"), face("sad", "happy"), label=1)
    others = [Answer("/c", 10, 0.0, face("sad", "sad"), None)]
    labels = [Label(0.05, 0.5, "happy"), Label(0, 1, "sad"), Label(5, 6, "happy")]
    result = score([*first, *second, *others], labels, NAMES)
    assert result.coverage == Share(6, 7)
    assert result.raw == Share(4, 6)
    assert result.answered == Share(5, 6) and result.smoothed == Share(2, 5)
    one, two, never = result.intervals
    assert (one.frames, one.seen, one.uncertain, one.decided, one.id_switches) == (5, 4, 1, "happy", 1)
    assert (one.decided_raw, two.decided, two.decided_raw, never.decided_raw) == ("happy", "happy", "happy", "")
    assert one.time_to_stable == pytest.approx(0.25) and two.time_to_stable is None
    assert never.frames == 0 and result.intervals_right == Share(1, 2), "a label without images decides nothing"
    assert result.intervals_raw == Share(1, 2)
    assert result.id_switches == 1
    assert result.raw_confusion.tolist() == [[3, 1], [1, 1]]
    assert result.smoothed_confusion.tolist() == [[2, 1], [2, 0]]


def test_a_share_of_nothing_is_none_and_wilsons_interval_is_known():
    assert Share(0, 0).value is None and Share(0, 0).interval is None
    assert Share(40, 42).interval == pytest.approx((0.8421, 0.9868), abs=1e-3)


def test_without_smoothing_no_label_is_judged_by_stable_answers():
    raw = TrackedFace(Face(Box(0, 0, 9, 9), 1.0), face("happy", "").raw, "", None, State.RAW)
    result = score(answers(raw), [Label(0, 1, "happy")], NAMES)
    assert result.intervals_raw == Share(1, 1) and result.intervals_right == result.smoothed == Share(0, 0)


def test_an_expression_that_the_model_lacks_counts_as_wrong():
    result = score(answers(face("sad", "sad")), [Label(0, 1, "contempt")], NAMES)
    assert result.names == ("happy", "sad", "contempt") and result.raw == Share(0, 1)
