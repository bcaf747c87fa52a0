"""Small faces are found in tiles and followed in one run, with boxes and landmarks in the picture's own pixels."""

import cv2
import numpy as np
import pytest
from core.scenes import scene

from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.factory import make_detector
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.detection.tiling import Tiling
from fer_ros.core.types import Box, Face, Landmarks


class Bright:
    """Sees each bright square of at least a tenth of its input as a face; counts its runs and what they cost."""

    input_side = 100

    def __init__(self):
        self.runs = 0
        self.pixels = 0

    def detect(self, gray, min_side, max_side=None):
        factor = self.input_side / max(gray.shape)
        return self._bright(gray, factor, min_side)

    def look(self, gray, expected=False):
        assert max(gray.shape) <= self.input_side
        return self._bright(gray, 1.0, 1.0)

    def _bright(self, gray, factor, min_side):
        self.runs += 1
        self.pixels += gray.size * factor**2
        _, _, stats, _ = cv2.connectedComponentsWithStats((gray > 200).astype(np.uint8))
        faces = []
        for x, y, w, h, _ in stats[1:].tolist():
            if min(w, h) * factor >= 10 and min_side <= w:
                points = Landmarks((x + w / 4, y + h / 4), (x + 3 * w / 4, y + h / 4), (x + w / 2, y + h / 2))
                faces.append(Face(Box(x, y, x + w, y + h), 1.0, points))
        return faces


def picture(*boxes):
    gray = np.zeros((300, 400), np.uint8)
    for left, top, right, bottom in boxes:
        gray[top:bottom, left:right] = 255
    return gray


def mosaic(detector, min_face=20):
    """Has just searched the whole of an empty picture: no part is due."""
    made = Tiling(detector, min_face, period=1.0)
    made.find(picture(), 0.0, [])
    detector.runs = 0
    return made


@pytest.mark.parametrize("corner", [(0, 0), (375, 275), (180, 140), (199, 149), (88, 275), (375, 60)])
def test_a_small_face_is_whole_in_one_tile_wherever_it_is(corner):
    x, y = corner
    gray = picture((x, y, x + 25, y + 25))
    detector = Bright()
    assert not detector.detect(gray, 20), "too small in the whole picture"
    faces = Tiling(detector, 20, 1.0).find(gray, 0.0, [])
    assert any(face.box.iou(Box(x, y, x + 25, y + 25)) > 0.95 for face in faces)


def test_known_small_faces_are_followed_in_one_run():
    places = [(30, 40, 60, 70), (300, 20, 336, 56), (20, 200, 50, 230), (310, 210, 345, 245)]
    moved = [(x + 4, y - 3, r + 4, b - 3) for x, y, r, b in places]
    detector = Bright()
    found = mosaic(detector).find(picture(*moved), 0.01, [Box(*place) for place in places])
    # An input of 100 pixels holds one cell of 1.9 x 33 pixels.
    assert detector.runs == 4
    detector.input_side = 200
    found = mosaic(detector).find(picture(*moved), 0.01, [Box(*place) for place in places])
    assert detector.runs == 1 and len(found) == 4
    for place in moved:
        (face,) = [face for face in found if face.box.iou(Box(*place)) > 0.85]
        x, y, right, bottom = place
        assert face.landmarks.nose == pytest.approx(((x + right) / 2, (y + bottom) / 2), abs=1)
        assert face.landmarks.right_eye == pytest.approx((x + (right - x) / 4, y + (bottom - y) / 4), abs=1.5)


def test_few_known_faces_cost_a_part_of_a_look_at_the_whole_picture():
    detector = Bright()
    detector.input_side = 200
    large = (50, 50, 190, 190)
    made = mosaic(detector)
    detector.pixels = 0
    (found,) = made.find(picture(large), 0.01, [Box(52, 50, 192, 190)])
    assert found.box.iou(Box(*large)) > 0.9
    assert detector.pixels == pytest.approx(200 * 200 / 9, rel=0.1)


def test_where_nobody_is_known_every_picture_is_searched():
    (found,) = mosaic(Bright()).find(picture((50, 50, 190, 190)), 0.01, [])
    assert found.box.iou(Box(50, 50, 190, 190)) > 0.95


def test_real_small_faces_are_found_as_by_a_full_cascade_search():
    frame = scene(0.0, (0, 150, 120, 110), (1, 150, 330, 120), (0, 150, 520, 110), (1, 150, 200, 330))
    expected = HaarDetector().detect(frame.gray, 48)
    assert len(expected) == 4 and max(face.box.width for face in expected) < 85
    blazeface = Tiling(make_detector(DetectorConfig(kind="blazeface_full", min_score=0.5)), 48, 1.0)
    found = blazeface.find(frame.gray, 0.0, [])
    assert all(any(face.box.iou(one.box) > 0.5 for face in found) for one in expected)
    followed = blazeface.find(frame.gray, 0.01, [face.box for face in expected])
    assert all(any(face.box.iou(one.box) > 0.5 for face in followed) for one in expected)


def test_a_search_costs_no_more_on_a_larger_picture():
    detector = Bright()
    Tiling(detector, 20, 1.0).find(np.zeros((2160, 3840), np.uint8), 0.0, [])
    assert 1 < detector.runs <= 9


def test_the_parts_of_the_whole_picture_are_spread_over_the_interval():
    detector = Bright()
    made = mosaic(detector)
    known, runs = [Box(30, 40, 60, 70)], []
    for number in range(1, 31):
        detector.runs = 0
        made.find(picture((30, 40, 60, 70)), number / 30, known)
        runs.append(detector.runs)
    # One run follows the known face; the whole picture and its tiles have one turn each.
    assert 1 < sum(runs) - 30 <= 9 and max(runs) <= 2
