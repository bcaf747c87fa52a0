"""Pictures and results find each other by their stamp."""

import pytest

from fer_ros.page.matching import PATIENCE, Matcher

MEGABYTE = 1 << 20


@pytest.fixture
def matcher():
    return Matcher()


def stamp(number):
    return (100, number)


@pytest.mark.parametrize("picture_first", [True, False])
def test_a_picture_and_its_results_meet_in_either_order(matcher, picture_first):
    steps = [lambda: matcher.put_picture(stamp(1), "p1", 1, 0.0), lambda: matcher.put_results(stamp(1), "r1", 0.0)]
    for step in steps if picture_first else reversed(steps):
        step()
    assert matcher.take(0.0) == ("p1", "r1")
    assert matcher.take(0.0) is None


def test_results_are_never_shown_on_another_picture(matcher):
    matcher.put_picture(stamp(1), "p1", 1, 0.0)
    matcher.put_results(stamp(1), "r1", 0.0)
    matcher.take(0.0)
    matcher.put_picture(stamp(2), "p2", 1, 0.1)
    matcher.put_results(stamp(3), "r3", 0.1)
    assert matcher.take(0.2) is None


def test_of_several_pairs_the_newest_is_taken(matcher):
    for number in range(5):
        matcher.put_picture(stamp(number), f"p{number}", 1, 0.0)
    for number in range(4):
        matcher.put_results(stamp(number), f"r{number}", 0.0)
    assert matcher.take(0.0) == ("p3", "r3")
    matcher.put_results(stamp(4), "r4", 0.0)
    assert matcher.take(0.0) == ("p4", "r4")


def test_without_a_pair_for_a_while_each_is_shown_alone(matcher):
    matcher.put_picture(stamp(1), "p1", 1, 0.0)
    matcher.put_results(stamp(1), "r1", 0.0)
    matcher.take(0.0)
    matcher.put_picture(stamp(2), "p2", 1, PATIENCE)
    assert matcher.take(PATIENCE) is None
    assert matcher.take(PATIENCE + 0.01) == ("p2", None)
    matcher.put_results(stamp(9), "r9", PATIENCE + 0.02)
    assert matcher.take(PATIENCE + 0.02) == (None, "r9")
    # A picture that was shown alone still waits for its results.
    matcher.put_results(stamp(2), "r2", PATIENCE + 0.5)
    assert matcher.take(PATIENCE + 0.5) == ("p2", "r2")


def test_pictures_that_wait_take_a_bounded_memory(matcher):
    for number in range(100):
        matcher.put_picture(stamp(number), number, 6 * MEGABYTE, 0.0)
        matcher.put_results(stamp(1000 + number), number, 0.0)
    # Five of six megabytes fit into 32.
    matcher.put_results(stamp(95), "r", 0.0)
    assert matcher.take(0.0) == (95, "r")
    matcher.put_results(stamp(94), "r", 0.0)
    assert matcher.take(0.0) is None


def test_equal_stamps_replace_each_other(matcher):
    for number in range(3):
        matcher.put_picture(stamp(0), f"p{number}", 1, 0.0)
    matcher.put_results(stamp(0), "r", 0.0)
    assert matcher.take(0.0) == ("p2", "r")
