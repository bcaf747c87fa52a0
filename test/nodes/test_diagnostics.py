"""What is counted, and how the level follows from it."""

import time

import pytest
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticStatus

from fer_ros.nodes.diagnostics import Statistics


def status(statistics, camera="eye", paused=False):
    message = statistics.message("fer_node", Time(), {camera: 3}, {"model_bundle": "bundle-1"}, 2.0, paused)
    return next(s for s in message.status if s.hardware_id == camera)


def values(one):
    return {entry.key: entry.value for entry in one.values}


def test_the_level_follows_the_age_of_the_results():
    for age, level in ((0.01, DiagnosticStatus.OK), (0.2, DiagnosticStatus.WARN), (0.7, DiagnosticStatus.ERROR)):
        statistics = Statistics(["eye"], warn_age=0.1, error_age=0.5)
        for _ in range(20):
            statistics.add_processed("eye", age, 2 * age)
        one = status(statistics)
        assert one.level == level
        assert (values(one)["age_p95_ms"], values(one)["stamp_delay_p50_ms"]) == (
            f"{1e3 * age:.1f}",
            f"{2e3 * age:.1f}",
        )
        assert (values(one)["dropped"], values(one)["model_bundle"]) == ("3", "bundle-1")


@pytest.fixture
def clock(monkeypatch):
    """The seconds that have passed, for whoever asks."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(time, "monotonic", lambda: Clock.now)
    return Clock


def test_a_camera_that_fell_silent_is_a_warning_and_a_slow_one_is_none(clock):
    statistics = Statistics(["eye"], 0.1, 0.5)
    statistics.add_processed("eye", 0.01, 0.01)
    for passed, level in ((0.0, DiagnosticStatus.OK), (1.4, DiagnosticStatus.OK), (2.1, DiagnosticStatus.WARN)):
        clock.now = 100.0 + passed
        assert status(statistics).level == level, passed
    assert status(statistics).message == "no image was processed for 2.1 s"


def test_late_results_are_forgotten_in_seconds_whatever_the_rate(clock):
    for rate in (1, 30):
        statistics = Statistics(["eye"], 0.1, 0.5)
        for age in [0.7] * 20 + [0.01] * (11 * rate):
            clock.now += 1 / rate
            statistics.add_processed("eye", age, age)
        assert status(statistics).level == DiagnosticStatus.OK, rate


def test_without_a_clock_the_delay_is_unknown_and_the_age_is_known():
    statistics = Statistics(["eye"], 0.1, 0.5)
    statistics.add_processed("eye", 0.01, None)
    found = values(status(statistics))
    assert (found["stamp_delay_p50_ms"], found["age_p50_ms"]) == ("unknown", "10.0")


def test_a_problem_is_a_warning_and_said_beside_what_else_is_wrong():
    statistics = Statistics(["eye"], 0.1, 0.5)
    statistics.add_processed("eye", 0.7, 0.7)
    message = statistics.message("fer_node", Time(), {}, {}, 2.0, False, {"eye": ["two publishers"]})
    assert message.status[0].level == DiagnosticStatus.ERROR
    assert message.status[0].message == "two publishers; results are 0.700 s old"
    statistics = Statistics(["eye"], 0.1, 0.5)
    message = statistics.message("fer_node", Time(), {}, {}, 2.0, True, {"eye": ["two publishers"]})
    assert (message.status[0].level, message.status[0].message) == (DiagnosticStatus.WARN, "paused; two publishers")


def test_a_paused_node_is_no_warning_and_says_so():
    one = status(Statistics(["eye"], 0.1, 0.5), paused=True)
    assert (one.level, one.message) == (DiagnosticStatus.OK, "paused")


def test_other_cameras_are_watched_and_those_that_stay_are_counted_on():
    statistics = Statistics(["eye"], 0.1, 0.5)
    statistics.add_processed("eye", 0.01, 0.01)
    statistics.set_cameras(["other", "eye"])
    assert [s.hardware_id for s in statistics.message("fer_node", Time(), {}, {}, 2.0).status] == ["other", "eye"]
    assert float(values(status(statistics))["age_p50_ms"]) > 0


def test_each_kind_of_defect_is_told_once_and_ever_new_ones_are_not():
    statistics = Statistics(["eye"], 0.1, 0.5)
    assert statistics.add_refused("eye", "truncated") and not statistics.add_refused("eye", "truncated")
    told = [statistics.add_refused("eye", f"encoding {number}") for number in range(1000)]
    assert sum(told) <= 21
    assert len(values(status(statistics))["refused"]) < 2000
