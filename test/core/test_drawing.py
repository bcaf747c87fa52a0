"""Annotated pictures mark the faces, hide none, can be read on any background, and leave the frame alone."""

from dataclasses import replace

import numpy as np
import pytest

from fer_ros.core.drawing import annotate
from fer_ros.core.geometry import Box
from fer_ros.core.palette import COLOURS, UNCERTAIN, rgb
from fer_ros.core.types import Expression, Face, Frame, Reasons, State, TrackedFace

LABELS = ("angry", "happy")
HAPPY, ANGRY, GRAY = (rgb(colour) for colour in (COLOURS["happy"], COLOURS["angry"], UNCERTAIN))
BOX = Box(100, 100, 200, 200)
PANEL = slice(201, 260), slice(100, 256)  # under that box


def tracked(box, state=State.STABLE, label="happy"):
    expression = Expression.from_array(LABELS, np.array([0.2, 0.8], np.float32))
    return TrackedFace(Face(box, 1.0), expression, "abcde", replace(expression, label=label), state)


def blank(value=0):
    return Frame.from_rgb(np.full((480, 640, 3), value, np.uint8))


def count(picture, colour):
    return int((picture == colour).all(axis=-1).sum())


def longest(picture, colour):
    """The longest row of a colour."""
    return int((picture == colour).all(axis=2).sum(axis=1).max())


def test_a_box_and_its_bars_are_drawn_on_a_copy_in_the_colours_of_the_expressions():
    frame = blank()
    picture = annotate(frame, [tracked(BOX)])
    assert picture.shape == (480, 640, 3) and not frame.rgb.any()
    assert tuple(picture[150, 100]) == HAPPY and not picture[150, 150].any()
    # Under the title: the bar of 'happy' is four times as long as that of 'angry'.
    bars = picture[224:260, 100:256]
    assert longest(bars, HAPPY) == pytest.approx(4 * longest(bars, ANGRY), abs=4) and longest(bars, ANGRY) > 8


def test_the_share_of_each_label_is_written_in_percent():
    """A panel of 20 and 80 % differs from one of 30 and 70 at its right edge, where no bar reaches."""
    one, other = (tracked(BOX), tracked(BOX))
    expression = Expression.from_array(LABELS, np.array([0.3, 0.7], np.float32))
    other = replace(other, raw=expression, smoothed=expression)
    first, second = (annotate(blank(), [face])[224:260, 228:256] for face in (one, other))
    assert first.any() and (first != second).any()


def test_sure_single_and_unsure_look_different():
    faces = {state: tracked(BOX, state) for state in State}
    faces[State.RAW] = replace(faces[State.RAW], smoothed=None)
    stable, single, unsure = (annotate(blank(), [faces[state]]) for state in (State.STABLE, State.RAW, State.UNCERTAIN))
    left = {name: (picture[100:200, 98:104] != 0).any(axis=2) for name, picture in locals().items() if name != "faces"}
    # Closed and thick, closed and thin, dashed.
    assert left["stable"].all(axis=0).sum() > left["single"].all(axis=0).sum() >= 1
    assert not left["unsure"].all(axis=0).any() and left["unsure"].any(axis=1)[:4].all()
    # What is not sure has no colour of an expression, and no solid title.
    assert count(unsure[:300], GRAY) > 100 and not count(unsure[:300], HAPPY) and not count(unsure[:300], ANGRY)
    assert longest(stable[202:215, 100:256], HAPPY) == 156 and longest(single[206:215, 100:256], HAPPY) < 20


def test_a_single_picture_with_reasons_against_it_is_not_sure():
    face = replace(tracked(BOX, State.RAW), smoothed=None, reasons=Reasons.BLURRED)
    assert not count(annotate(blank(), [face])[:300], HAPPY)


def test_a_doubtful_face_says_why():
    """In a line of its own, so that the bars stand one row lower."""
    plain = tracked(BOX, State.UNCERTAIN)
    told = replace(plain, reasons=Reasons.TOO_DARK | Reasons.BLURRED)
    first, second = (annotate(blank(), [face]) for face in (plain, told))
    assert second[224:240, 105:250].max() > 200 and (first[PANEL] != second[PANEL]).any()
    bottom = [max(np.flatnonzero((picture[:400] == GRAY).all(axis=2).any(axis=1))) for picture in (first, second)]
    assert bottom[1] > bottom[0] + 10


def test_a_legend_says_what_the_boxes_mean_and_hides_no_face():
    corner = slice(456, 480), slice(0, 250)
    free = annotate(blank(77), [tracked(BOX)])
    assert (free[corner] != 77).mean() > 0.5
    # With a face in that corner it goes to another one.
    low = annotate(blank(77), [tracked(BOX), tracked(Box(10, 440, 40, 475))])
    assert (low[446:470, 16:34] == 77).all() and (low[456:480, 400:640] != 77).any()
    assert (annotate(blank(77), []) == 77).all()


@pytest.mark.parametrize("value", [0, 128, 255])
def test_labels_stand_out_of_any_background(value):
    panel = annotate(blank(value), [tracked(BOX)])[224:258, 100:150].astype(int)
    assert panel.max() - np.median(panel) > 140


def test_a_panel_goes_far_away_before_it_hides_a_face():
    """A ring of faces around one, and room at the other side of the picture."""
    faces = [tracked(Box(x, y, x + 70, y + 70)) for x in (0, 72, 144) for y in (0, 72, 144)]
    picture = annotate(blank(77), [tracked(face.box) for face in faces])
    assert all(
        (picture[int(f.box.top) + 5 : int(f.box.bottom) - 5, int(f.box.left) + 5 : int(f.box.right) - 5] == 77).all()
        for f in faces
    )
    # All nine have their bars.
    one = count(annotate(blank(77), [tracked(BOX)]), ANGRY)
    assert count(picture, ANGRY) == 9 * one > 0


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
