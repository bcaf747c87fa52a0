"""What the benchmark of what is found reports."""

import numpy as np
import pytest

from benchmarks.quality import mean_and_worst, places_of
from fer_ros.core.geometry import Box
from fer_ros.core.types import Expression, Face, State, TrackedFace

LABELS = ("happy", "sad")


def tracked(box, sad=0.9, state=State.RAW, track_id=""):
    raw = Expression.from_array(LABELS, np.array([1 - sad, sad], np.float32))
    return TrackedFace(Face(box, 1.0), raw, track_id, None, state)


def test_boxes_that_overlap_are_one_place():
    wall, person = Box(0, 0, 10, 10), Box(50, 50, 70, 70)
    answers = [(tracked(wall),), (tracked(wall.moved(1, 0)), tracked(person, sad=0.1)), ()]
    first, second = places_of(answers)
    assert (first.box, first.frames, dict(first.labels)) == (wall, {0, 1}, {"sad": 2})
    assert (second.box, second.frames, dict(second.labels)) == (person, {1}, {"happy": 1})


def test_facts_of_a_place_are_in_seconds_and_whole_pixels():
    box = Box(0.4, 0, 10.2, 10)
    (place,) = places_of([(), *[(tracked(box, state=State.UNCERTAIN, track_id="abcde"),)] * 5])
    assert place.facts(10.0) == {
        "box": [0, 0, 10, 10],
        "frames": 5,
        "first_s": 0.1,
        "last_s": 0.5,
        "stable": True,
        "labels": {"uncertain": 5},
        "ids": ["abcde"],
    }
    assert not place.facts(30.0)["stable"]


def test_starts_are_joined_to_mean_and_worst():
    joined = mean_and_worst([{"recall": 1.0, "false_per_frame": 0.0}, {"recall": 0.8, "false_per_frame": 0.5}])
    assert joined["recall"] == pytest.approx(0.9)
    assert joined["recall_worst"] == 0.8
    assert joined["false_per_frame"] == 0.25


def test_room_without_people_has_no_recall():
    joined = mean_and_worst([{"recall": None, "false_per_frame": 0.0}])
    assert joined["recall"] is None
    assert joined["recall_worst"] is None
