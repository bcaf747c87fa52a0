"""Every part has its turn once in the interval, at any rate of the camera."""

import pytest

from fer_ros.core.detection.round_robin import RoundRobin


@pytest.mark.parametrize("rate", [3, 10, 15, 30, 90])
def test_each_part_has_its_turn_within_the_interval(rate):
    turns, last = RoundRobin(0.25), dict.fromkeys(range(5), 0.0)
    assert sorted(turns.take(0.0, 5)) == [0, 1, 2, 3, 4]
    most = 0
    for number in range(1, 4 * rate):
        taken = turns.take(number / rate, 5)
        most = max(most, len(taken))
        for part in taken:
            assert number / rate - last[part] <= max(0.25 + 1.01 / rate, 1.01 / rate)
            last[part] = number / rate
    assert most <= max(1, -(-5 * 4 // rate)), "no frame does more than its share"


def test_without_an_interval_every_part_has_its_turn_every_time():
    turns = RoundRobin(0.0)
    assert [sorted(turns.take(0.0, 3)) for _ in range(2)] == [[0, 1, 2]] * 2


def test_after_a_reset_all_parts_are_due_even_at_an_earlier_stamp():
    turns = RoundRobin(1.0)
    turns.take(100.0, 4)
    assert turns.take(100.1, 4) == []
    assert turns.take(100.3, 4) == [0]
    turns.reset()
    assert turns.take(3.0, 4) == [0, 1, 2, 3], "from the first on, as when new"


def test_the_number_of_parts_may_change():
    turns = RoundRobin(1.0)
    turns.take(0.0, 7)
    turns.take(0.9, 7)
    assert all(part < 2 for part in turns.take(1.5, 2))
