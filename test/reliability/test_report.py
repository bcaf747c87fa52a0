"""What rows and long runs conclude from what they saw."""

import pytest

from reliability.report import Check, Row, table
from reliability.rows.common import honest
from reliability.soak import Stays, verdict
from reliability.stage import Answer, longest_gap
from reliability.visits import Visits


def answer(stamp, when=0.0):
    return Answer((stamp, 0), when, "/camera", (640, 480), frozenset())


@pytest.mark.parametrize(
    ("stamps", "good"), [((1, 2, 3), [True, True]), ((1, 2, 9), [False, True]), ((1, 2, 2), [True, False])]
)
def test_an_invented_stamp_and_a_repeated_one_are_found(stamps, good):
    checks = honest([answer(stamp) for stamp in stamps], {(1, 0), (2, 0), (3, 0)})
    assert [check.passed for check in checks] == good


def test_a_silence_at_either_end_counts_as_a_gap():
    answers = [answer(1, 2.0), answer(2, 2.5)]
    assert longest_gap(answers, 0.0, 3.0) == 2.0
    assert longest_gap(answers, 1.9, 9.0) == 6.5


def test_a_row_that_was_not_run_does_not_pass():
    good, bad = Check("a", "1", True), Check("b", "2", False)
    assert [Row("r", "f", checks).result for checks in ([good], [good, bad], [])] == ["pass", "FAIL", "not run"]
    assert "**FAIL** b: 2" in table([Row("r", "f", [good, bad])])


def run(growth=0.0, slower=0.0, unanswered=0, busy=30.0, load=0.8):
    """An hour's run whose memory and latency grow by so many per cent."""
    samples = [
        {"seconds": 10.0 * i, "private_mb": 160 * (1 + growth / 100 * i / 360), "load": load} for i in range(361)
    ]
    minutes = [
        {"minute": i, "p50": 20 * (1 + slower / 100 * i / 60), "p95": busy, "sent": 1800, "answered": 1800}
        for i in range(60)
    ]
    minutes[30]["answered"] -= unanswered
    tracks = {"ids_lost": 0, "stays": 10, "images_with_face": 100, "found": 100}
    facts = {"sent": 1000, "answered": 1000, "dropped": 0, "repeated": 0, "tracks": tracks, "alive": True}
    return [check.passed for check in verdict(samples, minutes, facts)][:3]


def test_growth_slowness_and_lost_images_are_told_from_a_steady_run():
    assert run() == [True, True, True]
    assert run(growth=4, slower=20) == [True, True, True]
    assert run(growth=8) == [False, True, True]
    assert run(slower=80) == [True, False, True]
    assert run(unanswered=1) == [True, True, False]
    # A busy machine shows nothing, and does not pass for it.
    assert run(busy=200.0) == [True, True, False]
    assert run(load=99.0) == [True, True, False]


def test_a_stay_goes_on_over_a_change_of_the_other_person():
    visits = Visits(1.0, 10.0)
    present = [visits.present(number) for number in range(0, 600, 10)]
    for person in (0, 1):
        for visit in range(1, 60):
            if present[visit][person]:
                same = visits.arrived(10 * visit, person) == visits.arrived(10 * visit - 1, person)
                assert same == present[visit - 1][person]
    assert len(set(present)) == 4


def test_an_id_that_changes_while_the_face_stays_is_counted_as_lost():
    visits = Visits(10.0, 30.0)
    start = next(n for n in range(0, 30_000, 300) if visits.present(n) == (True, False))
    stays = Stays(visits)
    for number in range(start, start + 90):
        stays.count(number, [("aaaaa" if number < start + 40 else "bbbbb", 170.0), ("ccccc", 500.0)])
    assert stays.summary() == {"stays": 1, "ids_lost": 1, "images_with_face": 90, "found": 90}
