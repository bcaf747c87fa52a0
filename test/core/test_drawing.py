"""Annotated pictures mark the faces and leave the frame alone."""

import numpy as np

from fer_ros.core.drawing import annotate
from fer_ros.core.types import Box, Expression, Face, Frame, State, TrackedFace

LABELS = ("angry", "happy")


def tracked(box, state=State.STABLE):
    expression = Expression.from_probabilities(LABELS, np.array([0.2, 0.8], np.float32))
    return TrackedFace(Face(box, 1.0), expression, "abcde", expression, state)


def test_a_box_is_drawn_on_a_copy():
    frame = Frame.from_rgb(np.zeros((480, 640, 3), np.uint8))
    picture = annotate(frame, [tracked(Box(100, 100, 200, 200))], LABELS)
    assert picture.shape == (480, 640, 3) and not frame.rgb.any()
    assert picture[150, 100].any() and not picture[150, 150].any()
    # The bar of 'happy' is four times as long as that of 'angry'.
    rows = (picture[205:260, 100:270] == picture[150, 100]).all(axis=2).sum(axis=1)
    assert rows.max() > 3 * rows[rows > 0].min()


def test_faces_beyond_the_edge_are_drawn_without_harm():
    frame = Frame.from_rgb(np.zeros((48, 64, 3), np.uint8))
    boxes = [Box(-30, -30, 20, 20), Box(50, 40, 120, 110), Box(200, 200, 210, 210)]
    assert annotate(frame, [tracked(box, State.UNCERTAIN) for box in boxes], LABELS).any()
