"""Stamps are trusted until they stand still."""

from fer_ros.core.stamps import Stamps


def test_stamps_that_go_on_are_the_time_whichever_way_they_go():
    stamps = Stamps()
    times = [5.0, 5.1, 5.1, 5.2, 3.0, 3.1]
    assert [stamps.time_of(t, 100.0 + i) for i, t in enumerate(times)] == times
    assert not stamps.stand_still


def test_receipt_is_the_time_while_stamps_stand_still():
    stamps = Stamps()
    answers = [stamps.time_of(0.0, 100.0 + i) for i in range(9)]
    assert answers == [0.0] * 5 + [105.0, 106.0, 107.0, 108.0] and stamps.stand_still
    assert stamps.time_of(7.0, 109.0) == 7.0 and not stamps.stand_still
