"""The cheap rows of reliability/faults.py, shortened: real nodes, real faults. `make faults` runs all in full."""

import pytest

from reliability.rows import processes, storage, streams
from reliability.stage import Stage


def failures(checks):
    assert checks
    return [f"{c.must}: {c.measured}" for c in checks if not c.passed]


@pytest.mark.parametrize("row", [streams.silence, streams.burst, streams.changing], ids=lambda row: row.__name__)
def test_the_stream_misbehaves_and_the_node_answers_the_next_good_image(stage, row):
    assert failures(row(stage, short=True)) == []


def test_a_stopped_subscriber_does_not_hold_up_another(stage):
    assert failures(processes.subscriber_stalls(stage, short=True)) == []


def test_a_publisher_that_is_killed_can_be_replaced(stage):
    assert failures(processes.publisher_killed(stage, short=True)) == []


def test_ids_end_where_the_clock_jumps():
    with Stage(use_sim_time=True) as stage:
        assert failures(streams.clock_jumps(stage, short=True)) == []


def test_a_model_file_that_changes_under_the_node_is_refused_only_when_it_is_read_again():
    assert failures(storage.model_changes(short=True)) == []
