"""A search in bands finds what one search finds, a part at a time, and leaves known faces alone."""

import numpy as np
import pytest
from core.scenes import scene

from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.detection.search import without_overlaps
from fer_ros.core.detection.size_bands import SizeBands
from fer_ros.core.geometry import Box


@pytest.mark.parametrize("side", [120, 150, 230, 330, 470])
def test_faces_of_every_size_are_found_as_by_one_search(side):
    gray = scene(0.0, (1, side, 320, 240)).gray
    (expected,) = HaarDetector().detect(gray, 48)
    found = SizeBands(HaarDetector(), 48, 0.25).due(gray, 0.0, [])
    assert max(face.box.iou(expected.box) for face in found) > 0.6


def test_one_part_a_frame_finds_a_new_face_within_the_interval():
    gray = scene(0.0, (1, 150, 320, 240)).gray
    bands = SizeBands(HaarDetector(), 48, 0.25)
    bands.due(np.full_like(gray, 128), 0.0, [])
    found = [bool(bands.due(gray, number / 30, [])) for number in range(1, 9)]
    assert any(found) and not all(found)


def test_what_is_masked_is_not_found_and_the_picture_stays_as_it_was():
    gray = scene(0.0, (0, 280, 170, 220), (1, 260, 470, 240)).gray
    before = gray.copy()
    first, second = without_overlaps(SizeBands(HaarDetector(), 48, 0.25).due(gray, 0.0, []))
    # The smallest faces are looked for in the picture itself.
    for smallest in (48, 24):
        (found,) = without_overlaps(SizeBands(HaarDetector(), smallest, 0.25).due(gray, 0.0, [first.box]))
        assert found.box.iou(second.box) > 0.6
    assert (gray == before).all()


def test_a_masked_box_outside_the_picture_does_no_harm():
    gray = scene(0.0, (0, 280, 170, 220)).gray
    away = [Box(-2000, -2000, -1900, -1900), Box(2000, 2000, 2100, 2100)]
    assert SizeBands(HaarDetector(), 48, 0.25).due(gray, 0.0, away)
