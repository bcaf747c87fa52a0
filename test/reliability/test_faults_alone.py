"""Rows that need a fer_node of their own: not beside the one that test_faults.py shares, which would answer too."""

from reliability.report import failures
from reliability.rows import storage, streams
from reliability.stage import Stage


def test_ids_end_where_the_clock_jumps():
    with Stage(use_sim_time=True) as stage:
        assert failures(streams.clock_jumps(stage, short=True)) == []


def test_a_model_file_that_changes_under_the_node_is_refused_only_when_it_is_read_again():
    assert failures(storage.model_changes(short=True)) == []
