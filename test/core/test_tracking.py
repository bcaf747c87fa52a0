"""Ids are stable, short-lived and never come back."""

import numpy as np
import pytest

from fer_ros.core.geometry import Box
from fer_ros.core.tracker_config import TrackerConfig
from fer_ros.core.tracking import IdSource, Tracker
from fer_ros.core.types import Face


def face(x, y=100.0, side=80.0):
    return Face(Box.from_center(x, y, side, side), 5.0)


@pytest.fixture
def tracker():
    return Tracker(TrackerConfig(max_age=0.5), IdSource())


def ids(tracks):
    return [track.track_id for track in tracks]


def test_ids_are_five_letters_and_never_given_twice():
    source = IdSource()
    names = [source.new() for _ in range(50_000)]
    assert len(set(names)) == 50_000
    assert len({IdSource().new() for _ in range(20)}) > 15, "they begin anywhere"
    assert all(len(n) == 5 and n.isalpha() and n.islower() and n.isascii() for n in names)


def test_a_seed_gives_the_same_ids_every_time_and_another_seed_others():
    def first(seed):
        source = IdSource()
        source.restart(seed)
        return [source.new() for _ in range(50_000)]

    one = first(b"one")
    assert one == first(b"one") and len(set(one)) == 50_000
    assert len(set(one[:100]) & set(first(b"other")[:100])) < 2


def test_a_moving_face_keeps_its_id(tracker):
    seen = {tracker.update([face(100 + 6 * i)], i / 30)[0].track_id for i in range(60)}
    assert len(seen) == 1


def test_a_missed_face_keeps_its_id_until_max_age(tracker):
    (before,) = tracker.update([face(100)], 0.0)
    tracker.update([], 0.2)
    (after,) = tracker.update([face(110)], 0.45)
    assert after.track_id == before.track_id


def test_a_walking_face_keeps_its_id_if_it_stops_unseen_or_goes_on_unseen():
    for stops in (True, False):
        tracker = Tracker(TrackerConfig(max_age=1.3), IdSource())
        for i in range(31):
            (before,) = tracker.update([face(100 + 5 * i)], i / 30)
        for i in range(31, 58):
            tracker.update([], i / 30)
        (after,) = tracker.update([face(250 if stops else 250 + 150 * 28 / 30)], 58 / 30)
        assert after.track_id == before.track_id, stops


def test_lost_track_does_not_reappear(tracker):
    (before,) = tracker.update([face(100)], 0.0)
    tracker.update([], 0.4)
    (after,) = tracker.update([face(100)], 0.6)
    assert after.track_id != before.track_id
    assert tracker.predict(0.6) == [face(100).box]


def test_crossing_faces_keep_their_ids(tracker):
    noise = np.random.default_rng(0)
    first = ids(tracker.update([face(100), face(500)], 0.0))
    for i in range(1, 61):
        t = i / 30
        left, right = 100 + 200 * t + noise.normal(0, 1), 500 - 200 * t + noise.normal(0, 1)
        # While they overlap only the one in front is seen.
        hidden = abs(left - right) < 60
        tracks = tracker.update([face(left)] if hidden else [face(right), face(left)], t)
        assert tracks[-1].track_id == first[0]
    assert ids(tracks) == [first[1], first[0]]


def test_faces_are_matched_whatever_their_order(tracker):
    a, b, c = ids(tracker.update([face(100), face(300), face(500)], 0.0))
    assert ids(tracker.update([face(502), face(101), face(299)], 0.03)) == [c, a, b]


def test_a_face_far_away_is_another_one(tracker):
    (before,) = tracker.update([face(100)], 0.0)
    assert tracker.update([face(400)], 0.03)[0].track_id != before.track_id


def test_prediction_goes_on_as_the_face_went(tracker):
    for i in range(30):
        tracker.update([face(100 + 90 * i / 30)], i / 30)
    (box,) = tracker.predict(29 / 30 + 0.1)
    assert box.center[0] == pytest.approx(100 + 90 * (29 / 30 + 0.1), abs=1.5)


def test_after_a_reset_ids_are_new(tracker):
    (before,) = tracker.update([face(100)], 5.0)
    with pytest.raises(ValueError, match="must not go backwards, got 1.0 after 5.0"):
        tracker.update([face(100)], 1.0)
    tracker.reset()
    (after,) = tracker.update([face(100)], 1.0)
    assert after.track_id != before.track_id
