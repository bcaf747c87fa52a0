"""The cheap rows of reliability/faults.py, shortened: real nodes, real faults. `make faults` runs all in full."""

import pytest

from reliability.report import failures
from reliability.rows import processes, streams


@pytest.mark.parametrize("row", [streams.silence, streams.burst, streams.changing], ids=lambda row: row.__name__)
def test_the_stream_misbehaves_and_the_node_answers_the_next_good_image(stage, row):
    assert failures(row(stage, short=True)) == []


def test_a_stopped_subscriber_does_not_hold_up_another(stage):
    assert failures(processes.subscriber_stalls(stage, short=True)) == []
