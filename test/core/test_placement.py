"""Places: beside the face, then anywhere, and over something only where there is no room at all."""

import numpy as np

from fer_ros.core.placement import place_in_corner, place_near

SIZE = (640, 480)


def overlap(a, b):
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def test_a_panel_lies_under_its_face_where_there_is_room():
    box = (100, 100, 200, 200)
    assert place_near(box, [box], SIZE, (150, 80)) == (0, (100, 201, 250, 281))


def test_at_the_lower_edge_it_lies_above():
    box = (100, 380, 200, 480)
    assert place_near(box, [box], SIZE, (150, 80))[1] == (100, 299, 250, 379)


def test_where_it_would_hide_something_it_goes_to_the_nearest_place_that_is_free():
    box = (100, 100, 140, 140)
    wall = [(0, 0, 320, 480)]
    hidden, place = place_near(box, [box, *wall], SIZE, (150, 80))
    assert hidden == 0 and place[0] >= 320 and place[0] < 400


def test_without_any_room_the_cost_is_said_and_the_place_is_at_the_face():
    box = (0, 0, 640, 480)
    hidden, place = place_near(box, [box], SIZE, (150, 80))
    assert hidden == 150 * 80 and place == (0, 400, 150, 480)


def test_places_are_inside_the_picture():
    generator = np.random.default_rng(0)
    for _ in range(50):
        x, y = generator.integers(-100, 640, 2)
        box = (int(x), int(y), int(x) + 90, int(y) + 90)
        _, (left, top, right, bottom) = place_near(box, [box], SIZE, (160, 140))
        assert left >= 0 and right <= 640 and top >= 0 and bottom <= 480
        assert right - left == 160 and bottom - top == 140


def test_a_corner_is_taken_only_where_it_hides_nothing():
    low = [(0, 400, 640, 480)]
    assert place_in_corner([], SIZE, (200, 24)) == (0, 456, 200, 480)
    assert place_in_corner(low, SIZE, (200, 24)) == (440, 0, 640, 24)
    assert place_in_corner([(0, 0, 640, 480)], SIZE, (200, 24)) is None
    assert place_in_corner([], (100, 100), (200, 24)) is None
    assert all(overlap(place_in_corner(low, SIZE, (200, 24)), region) == 0 for region in low)
