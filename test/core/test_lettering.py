"""Letters: whole where there is room, smaller and cut where there is none, and never beyond the picture."""

import numpy as np
import pytest

from fer_ros.core.lettering import SMALLEST, width_of, write


def written(text, place=(10, 20), room=200, size=13):
    picture = np.zeros((40, 220, 3), np.uint8)
    write(picture, text, place, size, (255, 255, 255), room)
    return picture


@pytest.mark.parametrize("text", ["happy 97%", "too dark, turned away", "Ägypten", ""])
def test_letters_are_as_wide_as_is_said(text):
    columns = np.flatnonzero(written(text).any(axis=(0, 2)))
    assert bool(columns.size) is bool(text)
    if text:
        assert columns[0] >= 10 and columns[-1] < 10 + width_of(text, 13) and written(text).max() > 200


@pytest.mark.parametrize("room", [20, 60, 100])
def test_a_long_line_keeps_to_its_room(room):
    columns = np.flatnonzero(written("a very long line of text indeed", room=room).any(axis=(0, 2)))
    assert columns.size and columns[-1] < 10 + room


def test_a_line_is_made_smaller_before_it_is_cut():
    text = "disgust"
    room = width_of(text, SMALLEST + 1)
    assert (written(text, room=room) != written("disg", room=room)).any()
    assert np.flatnonzero(written(text, room=room).any(axis=(0, 2)))[-1] > 10 + room * 0.8


@pytest.mark.parametrize("place", [(-30, 20), (215, 20), (10, -2), (10, 39), (500, 20), (10, -90), (10, 300)])
def test_what_lies_beyond_the_picture_is_left_out(place):
    assert written("happy", place).shape == (40, 220, 3)


def test_colours_are_mixed_by_how_much_a_letter_covers():
    picture = np.full((40, 220, 3), 100, np.uint8)
    write(picture, "happy", (10, 20), 13, (200, 100, 0), 200)
    assert picture[..., 0].max() <= 200 and picture[..., 2].min() >= 0 and (picture[..., 1] == 100).all()
