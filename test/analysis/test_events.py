"""Stable expressions as events, without ROS."""

import numpy as np
import pytest

from fer_ros.analysis import StableExpressions
from fer_ros.core import Box, Expression, Face, State, TrackedFace

LABELS = ("happy", "sad")


def face(label, state=State.STABLE, track="abcde"):
    shown = Expression.from_array(LABELS, np.array([0.9, 0.1] if label == "happy" else [0.1, 0.9], np.float32))
    return TrackedFace(Face(Box(0, 0, 9, 9), 1.0), shown, track, None if state is State.RAW else shown, state)


def test_a_change_is_told_once_with_what_was_before_it():
    told = []
    watch = StableExpressions(on_stable=told.append)
    for stamp, label, state in [
        (1.0, "happy", State.UNCERTAIN),
        (1.5, "happy", State.STABLE),
        (2.0, "happy", State.STABLE),
        (2.5, "sad", State.UNCERTAIN),
        (3.0, "sad", State.STABLE),
        (3.5, "sad", State.STABLE),
    ]:
        watch.update({"camera": (face(label, state),)}, {"camera": stamp})
    assert [(c.label, c.previous, c.previous_seconds, c.stamp, c.camera) for c in told] == [
        ("happy", "", 0.0, 1.5, "camera"),
        ("sad", "happy", 1.5, 3.0, "camera"),
    ]
    assert told[1].face.track_id == "abcde"


def test_each_face_of_each_camera_is_told_by_itself():
    watch = StableExpressions()
    both = (face("happy"), face("sad", track="fghij"))
    first = watch.update({"left": both, "right": (face("sad"),)}, {"left": 1.0, "right": 5.0})
    assert [(c.camera, c.face.track_id, c.label) for c in first] == [
        ("left", "abcde", "happy"), ("left", "fghij", "sad"), ("right", "abcde", "sad"),
    ]  # fmt: skip
    assert watch.update({"left": both}, {"left": 1.1}) == []


def test_a_face_that_left_is_told_afresh():
    watch = StableExpressions(left_after=1.0)
    assert len(watch.update({"c": (face("happy"),)}, {"c": 1.0})) == 1
    assert len(watch.update({"c": (face("happy"),)}, {"c": 1.9})) == 0
    (change,) = watch.update({"c": (face("happy"),)}, {"c": 3.0})
    assert change.previous == ""


def test_a_recording_that_starts_again_is_told_afresh():
    watch = StableExpressions()
    watch.update({"c": (face("happy"),)}, {"c": 10.0})
    assert len(watch.update({"c": (face("happy"),)}, {"c": 9.9})) == 1


def test_untracked_and_unsmoothed_faces_are_never_stable():
    watch = StableExpressions()
    faces = (face("happy", track=""), face("sad", State.RAW))
    assert watch.update({"c": faces}, {"c": 1.0}) == []


def test_a_time_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="left_after must be above 0 s, got 0"):
        StableExpressions(left_after=0)
