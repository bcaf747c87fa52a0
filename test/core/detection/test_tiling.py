"""Faces of every size are found at some scale and followed in one run, with places in the picture's own pixels."""

import cv2
import numpy as np
import pytest
from core.scenes import scene
from pictures import smiling

from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.factory import make_detector
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.detection.tiling import Tiling
from fer_ros.core.geometry import Box, Landmarks
from fer_ros.core.types import Face


class Bright:
    """Sees a bright square of 20 to 140 pixels of its input as a face, as BlazeFace does; counts runs and pixels."""

    def __init__(self):
        self.runs = 0
        self.pixels = 0

    def look(self, gray, expected=False):
        self.runs += 1
        self.pixels += gray.size
        _, _, stats, _ = cv2.connectedComponentsWithStats((gray > 128).astype(np.uint8))
        faces = []
        for x, y, w, h, _ in stats[1:].tolist():
            if min(w, h) >= 20 and max(w, h) <= 140:
                points = Landmarks((x + w / 4, y + h / 4), (x + 3 * w / 4, y + h / 4), (x + w / 2, y + h / 2))
                faces.append(Face(Box(x, y, x + w, y + h), 1.0, points))
        return faces


def picture(*boxes, size=(640, 480)):
    gray = np.zeros(size[::-1], np.uint8)
    for left, top, right, bottom in boxes:
        gray[top:bottom, left:right] = 255
    return gray


def searched(detector, min_face=48):
    """Return a tiling that has just searched the whole of an empty picture: no part is due."""
    made = Tiling(detector, min_face, period=1.0)
    made.find(picture(), 0.0, [])
    detector.runs = detector.pixels = 0
    return made


@pytest.mark.parametrize("size", [(320, 240), (640, 480), (480, 640), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("side", [50, 80, 130, 200, 230])
def test_a_face_is_found_at_some_scale_wherever_it_is(size, side):
    width, height = size
    for x, y in ((0, 0), (width - side, height - side), ((width - side) // 2, (height - side) // 3)):
        truth = (x, y, x + side, y + side)
        faces = Tiling(Bright(), 48, 1.0).find(picture(truth, size=size), 0.0, [])
        assert any(face.box.iou(Box(*truth)) > 0.85 for face in faces), (x, y)


def test_a_face_that_fills_the_picture_is_found_and_followed():
    truth = Box(90, 10, 550, 470)
    gray, detector = picture((90, 10, 550, 470)), Bright()
    made = searched(detector)
    for number in range(1, 5):
        faces = made.find(gray, number / 30, [truth])
        assert max(face.box.iou(truth) for face in faces) > 0.9


def test_known_faces_are_followed_in_one_run():
    places = [(30, 40, 90, 100), (500, 20, 570, 90), (20, 300, 80, 360), (510, 310, 580, 380)]
    moved = [(x + 6, y - 4, r + 6, b - 4) for x, y, r, b in places]
    detector = Bright()
    found = searched(detector).find(picture(*moved), 0.01, [Box(*place) for place in places])
    assert detector.runs == 1 and len(found) == 4
    for place in moved:
        (face,) = [face for face in found if face.box.iou(Box(*place)) > 0.85]
        x, y, right, bottom = place
        assert face.landmarks.nose == pytest.approx(((x + right) / 2, (y + bottom) / 2), abs=2)
        assert face.landmarks.right_eye == pytest.approx((x + (right - x) / 4, y + (bottom - y) / 4), abs=3)


@pytest.mark.parametrize("corner", [(4, 4), (576, 416), (4, 200), (300, 416)])
def test_a_face_at_the_edge_is_followed_to_where_it_is(corner):
    x, y = corner
    truth = Box(x, y, x + 60, y + 60)
    (face,) = searched(Bright()).find(picture((x, y, x + 60, y + 60)), 0.01, [truth.moved(3, 2)])
    assert face.box.iou(truth) > 0.8


def test_following_one_face_costs_a_twentieth_of_a_search():
    detector = Bright()
    Tiling(detector, 48, 1.0).find(picture(), 0.0, [])
    whole, made = detector.pixels, searched(detector)
    made.find(picture((50, 50, 120, 120)), 0.01, [Box(52, 50, 122, 120)])
    assert detector.pixels < whole / 20


def test_where_nobody_is_in_view_a_frame_costs_only_its_share():
    """Most of a robot's day: the parts of a search have one turn each in the period."""
    detector = Bright()
    made, runs = searched(detector), []
    for number in range(1, 31):
        before = detector.runs
        made.find(picture(), number / 30, [])
        runs.append(detector.runs - before)
    assert sum(runs) == len(made.parts(640, 480)) and max(runs) == 1


def test_a_new_face_is_found_within_the_period():
    made = Tiling(Bright(), 48, period=0.25)
    made.find(picture(), 0.0, [])
    found = [bool(made.find(picture((300, 200, 370, 270)), number / 30, [])) for number in range(1, 9)]
    assert any(found)


def test_a_tile_costs_no_more_on_a_larger_picture():
    for size in ((640, 480), (1920, 1080), (3840, 2160)):
        parts = Tiling(Bright(), 48, 1.0).parts(*size)
        assert len(parts) < 16
        for left, top, right, bottom, factor in parts:
            assert (right - left) * (bottom - top) * factor**2 < 250_000, size


def test_real_small_faces_are_found_as_by_a_full_cascade_search():
    frame = scene(0.0, (0, 150, 120, 110), (1, 150, 330, 120), (0, 150, 520, 110), (1, 150, 200, 330))
    expected = HaarDetector().detect(frame.gray, 48)
    assert len(expected) == 4 and max(face.box.width for face in expected) < 85
    blazeface = Tiling(make_detector(DetectorConfig(kind="blazeface_short", min_score=0.5)), 48, 1.0)
    found = blazeface.find(frame.gray, 0.0, [])
    assert all(any(face.box.iou(one.box) > 0.5 for face in found) for one in expected)
    followed = blazeface.find(frame.gray, 0.01, [face.box for face in expected])
    assert all(any(face.box.iou(one.box) > 0.5 for face in followed) for one in expected)


@pytest.mark.parametrize("factor", [0.6, 1.0, 2.5, 4.0])
def test_a_real_face_is_found_from_small_to_filling_the_picture(factor):
    """Eileen Collins' head, from 57 pixels to larger than the picture is high."""
    head = cv2.cvtColor(smiling(), cv2.COLOR_BGR2GRAY)[30:210, 110:340]
    large = cv2.resize(head, None, fx=factor, fy=factor)
    height, width = min(480, large.shape[0]), min(640, large.shape[1])
    gray = np.full((480, 640), 90, np.uint8)
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    gray[:height, :width] = large[top : top + height, left : left + width]
    truth = Box(67 * factor - left, 36 * factor - top, 162 * factor - left, 131 * factor - top)
    faces = Tiling(make_detector(DetectorConfig(kind="blazeface_short")), 48, 1.0).find(gray, 0.0, [])
    assert max(face.box.iou(truth) for face in faces) > 0.5
