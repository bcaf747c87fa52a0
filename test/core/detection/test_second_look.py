"""A new face is seen again from nearer: with the head level, and what is beyond the picture gray."""

import cv2
import numpy as np
import pytest
from pictures import smiling

from fer_ros.core.detection.detector import BLANK, DetectorConfig
from fer_ros.core.detection.factory import make_detector
from fer_ros.core.detection.search import FaceSearch, SearchConfig
from fer_ros.core.detection.second_look import is_seen_again, level_view, near_score
from fer_ros.core.geometry import Box, Landmarks
from fer_ros.core.types import Face, Frame

FACE = Box(177, 66, 272, 161)


def gray():
    return cv2.cvtColor(smiling(), cv2.COLOR_BGR2GRAY)


def cut_by(edge, side, size=(640, 480)):
    """Return Eileen Collins on a wall, a quarter of her face of `side` pixels beyond an edge, and where the face is."""
    factor = side / FACE.width
    head = cv2.resize(gray()[20:220, 100:340], None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    x, y = (177 - 100) * factor, (66 - 20) * factor  # of the face in the head
    width, height = size
    left = {"left": -side / 4, "right": width - 0.75 * side}.get(edge, (width - side) / 2)
    top = {"top": -side / 4, "bottom": height - 0.75 * side}.get(edge, (height - side) / 2)
    matrix = np.array([[1, 0, left - x], [0, 1, top - y]])
    canvas = np.full((height, width), 90, np.uint8)
    cv2.warpAffine(head, matrix, size, canvas, borderMode=cv2.BORDER_TRANSPARENT)
    return canvas, Box(left, top, left + side, top + side)


@pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
@pytest.mark.parametrize("size, side", [((640, 480), 60), ((640, 480), 320), ((1280, 720), 60)])
def test_a_face_cut_by_an_edge_is_found_and_followed(edge, size, side):
    picture, truth = cut_by(edge, side, size)
    search, known = FaceSearch(SearchConfig(confirm_cascade=""), DetectorConfig(kind="blazeface_short")), []
    for number in range(4):
        known = [face.box for face in search.find(Frame(picture, number / 30), known)]
        assert [box.iou(truth) > 0.5 for box in known] == [True], number


@pytest.mark.parametrize("tilt", [0, 40, -75])
def test_the_view_shows_a_tilted_head_level(tilt):
    center = (224.5, 113.5)
    turn = cv2.getRotationMatrix2D((center[0] - 0.5, center[1] - 0.5), -tilt, 1.0)
    tilted = cv2.warpAffine(gray(), turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    a = np.deg2rad(tilt)
    eyes = Landmarks(
        (center[0] - 20 * np.cos(a), center[1] - 20 * np.sin(a)),
        (center[0] + 20 * np.cos(a), center[1] + 20 * np.sin(a)),
        center,
    )
    view = level_view(tilted, Face(Box.from_center(*center, 95, 95), 1.0, eyes), 1.8)
    upright = level_view(gray(), Face(Box.from_center(*center, 95, 95), 1.0), 1.8)
    assert np.corrcoef(view[16:112, 16:112].ravel(), upright[16:112, 16:112].ravel())[0, 1] > 0.97


@pytest.mark.parametrize("side", [40, 300])
def test_what_is_beyond_the_picture_is_gray(side):
    view = level_view(np.full((480, 640), 200, np.uint8), Face(Box.from_center(0, 240, side, side), 1.0), 2.0)
    assert (view[:, :62] == BLANK).all() and (view[40:90, 66:] == 200).all()


def test_a_face_is_seen_again_and_a_wall_is_not():
    network = make_detector(DetectorConfig(kind="blazeface_short"))
    assert is_seen_again(network, gray(), Face(FACE, 0.6), 0.7)
    assert near_score(network, gray(), Face(FACE.moved(200, 250), 1.0)) < 0.4
    assert not is_seen_again(network, gray(), Face(FACE.moved(200, 250), 1.0), 0.7)


def test_a_look_that_cannot_help_is_not_made():
    class Blind:
        looks = 0

        def look(self, gray, expected=False):
            self.looks += 1
            return []

    blind = Blind()
    # After two that see nothing, 0.9 and two of 1 are less than five times 0.7.
    assert not is_seen_again(blind, gray(), Face(FACE, 0.9), 0.7) and blind.looks == 2
