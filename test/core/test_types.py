"""Values refuse what they cannot mean."""

import numpy as np
import pytest

from fer_ros.core.geometry import Box
from fer_ros.core.types import Expression, Frame


def test_colour_is_made_only_when_asked_for():
    calls = []

    def make():
        calls.append(1)
        return np.zeros((2, 3, 3), np.uint8)

    frame = Frame(np.zeros((2, 3), np.uint8), 1.5, make)
    assert not calls
    assert frame.rgb is frame.rgb
    assert calls == [1]
    assert (frame.width, frame.height) == (3, 2)


def test_rgb_and_bgr_give_the_same_frame():
    rgb = np.random.default_rng(0).integers(0, 255, (4, 5, 3), np.uint8)
    one, other = Frame.from_rgb(rgb), Frame.from_bgr(rgb[..., ::-1].copy())
    np.testing.assert_array_equal(one.gray, other.gray)
    np.testing.assert_array_equal(one.rgb, other.rgb)


@pytest.mark.parametrize(
    "gray", [np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.float32), np.zeros((0, 2), np.uint8)]
)
def test_a_frame_is_gray_uint8_and_not_empty(gray):
    with pytest.raises(ValueError, match="gray must be"):
        Frame(gray)


@pytest.mark.parametrize("make", [Frame.from_bgr, Frame.from_rgb, Frame.from_gray])
def test_a_picture_that_could_not_be_read_says_so(make):
    with pytest.raises(ValueError, match="got None: OpenCV returns it for a picture that it cannot read"):
        make(None)


def test_a_box_is_finite_and_has_an_area():
    for values in ((0, 0, 0, 1), (0, 2, 1, 1), (0, 0, float("nan"), 1), (0, 0, float("inf"), 1)):
        with pytest.raises(ValueError, match="box must be"):
            Box(*values)


def test_boxes_overlap_by_area():
    box = Box(0, 0, 10, 10)
    assert box.iou(Box(5, 0, 15, 10)) == pytest.approx(1 / 3)
    assert box.iou(Box(10, 0, 20, 10)) == 0
    assert box.scaled(2).as_tuple() == (-5, -5, 15, 15)
    assert box.moved(1, 2).center == (6, 7)


def test_an_expression_names_its_most_probable_label():
    expression = Expression.from_array(("happy", "sad"), np.array([0.25, 0.75], np.float32))
    assert (expression.label, expression.confidence) == ("sad", 0.75)
    with pytest.raises(ValueError, match=r"must be \(2,\), got \(3,\)"):
        Expression.from_array(("happy", "sad"), np.zeros(3, np.float32))
