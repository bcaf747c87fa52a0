"""Seconds of each expression for each person and minute, and the spans of the timeline."""

import numpy as np
import pytest

from fer_ros.analysis.expressions import Summary, expression_columns, expression_rows
from fer_ros.analysis.rows import FaceRow
from fer_ros.core import Box, Expression, Face, Reasons, State, TrackedFace

LABELS = ("happy", "sad")


def row(time, label, state=State.STABLE, track="abcde", camera="", reasons=Reasons.NONE):
    shown = Expression.from_array(LABELS, np.array([0.9, 0.1] if label == "happy" else [0.1, 0.9], np.float32))
    smoothed = None if state is State.RAW else shown
    face = TrackedFace(Face(Box(0, 0, 9, 9), 1.0), shown, track, smoothed, state, reasons)
    return FaceRow("a.mp4", "", camera, 0, time, None, face)


def summary_of(images):
    summary = Summary()
    for camera, time, rows in images:
        summary.add(camera, time, rows)
    summary.finish()
    return summary


def test_an_image_stands_until_the_next_one():
    """Images of uneven times count for as long as they stood; the last one for as long as the one before it."""
    times = [0.0, 0.1, 0.5, 0.6]
    labels = ["happy", "happy", "sad", "sad"]
    summary = summary_of(("", t, [row(t, label)]) for t, label in zip(times, labels, strict=True))
    (only,) = expression_rows(summary, LABELS)
    assert (only["track"], only["minute"], only["faces"]) == ("abcde", 0, 4)
    assert (only["happy_seconds"], only["sad_seconds"], only["seconds"]) == (0.5, 0.2, 0.7)
    assert only["happy_share"] == pytest.approx(5 / 7, abs=1e-4)
    assert set(only) == set(expression_columns(LABELS))
    assert summary.length == pytest.approx(0.7)


def test_a_gap_in_the_recording_is_not_counted_as_seen():
    times = [0.0, 0.1, 60.0, 60.1]
    summary = summary_of(("", t, [row(t, "happy")]) for t in times)
    assert [(r["minute"], r["seconds"]) for r in expression_rows(summary, LABELS)] == [(0, 0.2), (1, 0.2)]
    assert [(s.start, s.end) for s in summary.spans["a.mp4", "", "abcde"]] == [
        (0.0, pytest.approx(0.2)), (60.0, pytest.approx(60.2)),
    ]  # fmt: skip


def test_what_is_uncertain_is_no_expression():
    summary = summary_of([("", 0.0, [row(0.0, "happy", State.UNCERTAIN)]), ("", 0.5, [row(0.5, "happy")]), ("", 1, [])])
    (only,) = expression_rows(summary, LABELS)
    assert (only["uncertain_seconds"], only["happy_seconds"], only["uncertain_share"]) == (0.5, 0.5, 0.5)
    assert [span.sure for span in summary.spans["a.mp4", "", "abcde"]] == [False, True]


def test_people_and_cameras_are_kept_apart():
    rows = [row(0, "happy", camera="/l"), row(0, "sad", track="fghij", camera="/l")]
    summary = summary_of([("/l", 0, rows), ("/r", 0.05, [row(0.05, "sad", camera="/r")]), ("/l", 0.1, rows)])
    found = {(r["camera"], r["track"]): r["seconds"] for r in expression_rows(summary, LABELS)}
    assert found == {("/l", "abcde"): 0.2, ("/l", "fghij"): 0.2, ("/r", "abcde"): pytest.approx(1 / 30, abs=1e-3)}


def test_pictures_have_shares_and_no_seconds():
    stills = [row(None, "happy", State.RAW, ""), row(None, "sad", State.RAW, ""), row(None, "sad", State.RAW, "")]
    doubted = row(None, "sad", State.RAW, "", reasons=Reasons.BLURRED)
    summary = summary_of([("", None, stills), ("", None, [doubted]), ("", None, [])])
    (only,) = expression_rows(summary, LABELS)
    assert (only["minute"], only["seconds"], only["happy_seconds"], only["faces"]) == (None, None, None, 4)
    assert (only["happy_share"], only["sad_share"], only["uncertain_share"]) == (0.25, 0.5, 0.25)
    assert summary.spans == {} and summary.images == {"": 3} and summary.length == 0


def test_stamps_that_stand_still_do_not_divide_by_nothing():
    (only,) = expression_rows(summary_of(("", 0.0, [row(0.0, "happy")]) for _ in range(2)), LABELS)
    assert only["happy_share"] == 1
