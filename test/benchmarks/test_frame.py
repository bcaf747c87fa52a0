"""The benchmark of a whole frame, on a few frames."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def answer():
    words = ["-m", "benchmarks.frame", "--faces", "1", "--frames", "3", "--json"]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


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
