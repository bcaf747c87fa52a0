"""The benchmark of a whole frame, on a few frames."""

import contextlib
import io
import json
import sys
from unittest import mock

import pytest

from benchmarks import frame


@pytest.fixture(scope="module")
def answer():
    command = ["frame", "--faces", "1", "--frames", "3", "--size", "320x240", "--json"]
    with mock.patch.object(sys, "argv", command), contextlib.redirect_stdout(io.StringIO()) as said:
        frame.main()
    return json.loads(said.getvalue().splitlines()[-1])


def test_last_line_names_profiles_baseline_and_bundle(answer):
    assert set(answer) == {"paper", "default", "robot", "baseline", "bundle"}
    assert isinstance(answer["bundle"], str)


@pytest.mark.parametrize("name", ["paper", "default", "robot", "baseline"])
def test_every_row_has_mean_median_and_95th_percentile(answer, name):
    assert set(answer[name]) == {"1"}
    times = answer[name]["1"]
    assert set(times) == {"mean", "p50", "p95"}
    assert 0 < times["p50"] <= times["p95"]
    assert times["mean"] > 0
