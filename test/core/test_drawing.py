"""Annotated pictures mark the faces, hide none, can be read on any background, and leave the frame alone."""

from dataclasses import replace

import numpy as np
import pytest

from fer_ros.core.drawing import annotate
from fer_ros.core.geometry import Box
from fer_ros.core.types import Expression, Face, Frame, Reasons, State, TrackedFace

LABELS = ("angry", "happy")
GREEN, AMBER = (90, 230, 90), (255, 180, 40)


def tracked(box, state=State.STABLE, label="happy"):
    expression = Expression.from_array(LABELS, np.array([0.2, 0.8], np.float32))
    return TrackedFace(Face(box, 1.0), expression, "abcde", replace(expression, label=label), state)


def blank(value=0):
    return Frame.from_rgb(np.full((480, 640, 3), value, np.uint8))


def count(picture, colour):
    return int((picture == colour).all(axis=-1).sum())


def test_a_box_and_its_bars_are_drawn_on_a_copy():
    frame = blank()
    picture = annotate(frame, [tracked(Box(100, 100, 200, 200))])
    assert picture.shape == (480, 640, 3) and not frame.rgb.any()
    assert tuple(picture[150, 100]) == GREEN and not picture[150, 150].any()
    # Under the title: the bar of 'happy' is four times as long as that of 'angry'.
    panel = picture[218:250, 100:232]
    longest = [(panel == colour).all(axis=2).sum(axis=1).max() for colour in ((200, 200, 200), GREEN)]
    assert longest[1] == pytest.approx(4 * longest[0], abs=4)


def test_an_uncertain_face_looks_different():
    box = Box(100, 100, 200, 200)
    stable, unsure = (annotate(blank(), [tracked(box, state)]) for state in (State.STABLE, State.UNCERTAIN))
    assert count(unsure, AMBER) > 100 and not count(unsure, GREEN)
    # Corners only: the middle of each side is free.
    assert tuple(stable[150, 100]) == GREEN and not unsure[150, 100].any() and unsure[101, 101].any()


def test_a_doubtful_face_says_why():
    """In the panel's first line, which differs from that of a face without a reason."""
    plain = tracked(Box(100, 100, 200, 200), State.UNCERTAIN)
    told = replace(plain, reasons=Reasons.TOO_DARK | Reasons.BLURRED)
    first, second = (annotate(blank(), [face])[200:217, 100:240] for face in (plain, told))
    assert (first != second).any()
    assert str(told.reasons) == "too dark, blurred" and f"{plain.reasons}" == ""


@pytest.mark.parametrize("value", [0, 128, 255])
def test_labels_stand_out_of_any_background(value):
    panel = annotate(blank(value), [tracked(Box(100, 100, 200, 200))])[218:240, 100:150].astype(int)
    assert panel.max() - np.median(panel) > 140


def test_no_panel_hides_another_face():
    frame = blank(77)
    faces = [tracked(Box(x, y, x + 90, y + 90)) for x in (20, 115, 210, 460) for y in (30, 125, 300)]
    picture = annotate(frame, faces)
    for face in faces:
        left, top, right, bottom = (int(v) for v in face.box.as_tuple())
        assert (picture[top + 4 : bottom - 4, left + 4 : right - 4] == 77).all(), face.box


def test_a_face_that_fills_the_picture_keeps_its_eyes():
    picture = annotate(blank(77), [tracked(Box(0, 0, 640, 480))])
    assert (picture[6:240, 6:634] == 77).all() and not (picture[400:474, 6:634] == 77).all()


def test_faces_beyond_the_edge_are_drawn_without_harm():
    frame = Frame.from_rgb(np.zeros((48, 64, 3), np.uint8))
    boxes = [Box(-30, -30, 20, 20), Box(50, 40, 120, 110), Box(200, 200, 210, 210)]
    assert annotate(frame, [tracked(box, State.UNCERTAIN, "") for box in boxes]).any()
