"""The benchmarks of how a detector frames a face, and of what that is worth."""

import cv2
import numpy as np
import pytest
from pictures import smiling

from benchmarks.framing import compared, unmapped
from benchmarks.framing_accuracy import measure, nearest, table
from benchmarks.people_portraits import Portrait
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.geometry import Box
from fer_ros.core.types import Face


def test_mapping_in_the_code_is_undone():
    haar, scale, shift_x, shift_y = Box(10, 20, 60, 70), 1.25, 0.1, -0.2
    raw = unmapped(haar, scale, shift_x, shift_y)
    assert raw.width == pytest.approx(40)
    assert compared(haar, raw) == pytest.approx((scale, shift_x, shift_y))


def test_a_face_is_resized_around_its_middle_and_belongs_where_it_overlaps_most():
    face = Face(Box(100, 100, 200, 200), 1.0)
    assert face.box.scaled(0.5) == Box(125, 125, 175, 175)
    place = Box(110, 110, 210, 210)
    assert nearest([Face(Box(150, 150, 250, 250), 1.0), face], place) is face
    assert nearest([Face(Box(300, 300, 400, 400), 1.0)], place) is None and nearest([], place) is None


def test_answers_are_counted_for_each_half_and_size_where_both_detectors_find_the_face():
    gray = cv2.cvtColor(smiling()[:300, 100:360], cv2.COLOR_BGR2GRAY)
    seen = Portrait("astronaut", "happy", gray, Box(75, 60, 175, 160))
    unseen = Portrait("noise", "happy", np.random.default_rng(0).integers(0, 256, (300, 260), np.uint8), seen.face)
    classifier = make_classifier(load_bundle("default"), threads=1, log=lambda line: None)
    halves = measure([seen, unseen], "blazeface_short", classifier)
    assert {name: (c["right"], c["total"]) for name, c in halves["even"].items()} == dict.fromkeys(
        ("haar", "0.85", "0.9", "0.95", "1.0", "1.05", "1.1"), (2, 2)
    )
    assert {c["total"] for c in halves["odd"].values()} == {0}
    written = table({"blazeface_short": halves}, {"blazeface_short": 1.08})
    assert "| blazeface_short (1.080), even | 2 | 100.0 % (34.2 to 100.0) |" in written
    assert "| blazeface_short (1.080), odd | 0 | - |" in written
