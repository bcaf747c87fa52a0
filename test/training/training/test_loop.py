"""A stage learns, resumes exactly after a kill, and stops where the loss is no number."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from look_alike import tiny_config, tiny_crops

from fer_training.training.loop import TrainingError, load_run, run_stage
from fer_training.training.run_folder import BEST, DATA, HISTORY, LAST, RESULT

ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {test!r})
from look_alike import tiny_config, tiny_crops
from fer_training.training.loop import run_stage
config = tiny_config(steps=40, evaluate_steps=4, ema=0.9)
run_stage(tiny_crops(), tiny_crops(14, first=100), config, Path(sys.argv[1]), lambda network: None, False)
"""


def train(folder, config, crops=None, validation=None):
    crops = crops or tiny_crops()
    return run_stage(crops, validation or tiny_crops(14, first=100), config, folder, lambda network: None, False)


def weights(folder, which=LAST):
    return load_run(folder, which)[0].get_weights()


def test_a_stage_learns_and_leaves_a_complete_run_folder(tmp_path):
    config = tiny_config(steps=120, evaluate_steps=40, ema=0.9)
    result = train(tmp_path, config)
    assert result.best_accuracy > 0.6 and result.last_step == 120
    files = {p.name for p in tmp_path.iterdir()}
    assert {"config.yaml", "data.json", "environment.json", "run.log", "history.csv", "curves.png"} <= files
    assert {BEST, LAST, RESULT, "tensorboard", "checkpoints"} <= files
    (environment,) = json.loads((tmp_path / "environment.json").read_text())
    assert environment["packages"]["tensorflow"] and environment["devices"]
    assert json.loads((tmp_path / DATA).read_text())["validation"][0] == "face_100"
    assert len((tmp_path / HISTORY).read_text().splitlines()) == 4


def test_a_finished_run_is_not_trained_again(tmp_path):
    config = tiny_config(steps=2)
    first = train(tmp_path, config)
    stamp = (tmp_path / LAST).stat().st_mtime_ns
    assert train(tmp_path, config) == first
    assert (tmp_path / LAST).stat().st_mtime_ns == stamp


def test_a_loss_that_is_no_number_stops_with_step_and_batch(tmp_path):
    from fer_training.training.config import OptimizerConfig

    config = tiny_config(steps=40, optimizer=OptimizerConfig(learning_rate=1e20))
    with pytest.raises(TrainingError, match=r"step \d+: expected a finite loss, got .*its batch: face_\d+, face_\d+"):
        train(tmp_path, config)
    assert "expected a finite loss" in (tmp_path / "run.log").read_text()


@pytest.mark.timeout(300)
def test_a_killed_run_resumes_to_the_very_same_weights(tmp_path):
    """SIGKILL at a random moment; the seed of the moment is printed if the test fails."""
    moment = random.Random().randrange(1, 6)
    print("killed after the row", moment, "of the history")
    config = tiny_config(steps=40, evaluate_steps=4, ema=0.9)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    train(whole, config)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(test=str(ROOT / "test")), str(killed)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 100
    while not (killed / HISTORY).exists() or len((killed / HISTORY).read_text().splitlines()) <= moment:
        assert child.poll() is None and time.monotonic() < deadline
        time.sleep(0.001)
    # Anywhere between two evaluations, or while one is written.
    time.sleep(random.random() * 0.05)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (killed / RESULT).exists()
    train(killed, config)
    for which in (LAST, BEST):
        for a, b in zip(weights(whole, which), weights(killed, which), strict=True):
            np.testing.assert_array_equal(a, b)
    columns = [[line.split(",") for line in (f / HISTORY).read_text().splitlines()] for f in (whole, killed)]
    for a, b in zip(*columns, strict=True):
        assert a[:2] + a[3:] == b[:2] + b[3:], "only the seconds may differ"


def test_load_run_knows_both_heads(tmp_path):
    crops = tiny_crops()
    votes = np.full((len(crops), 8), 1 / 8, np.float32)
    config = tiny_config(steps=2, vote_weight=0.5)
    train(tmp_path, config, replace(crops, votes=votes))
    network, read = load_run(tmp_path)
    assert read == config and set(network.output) == {"logits", "features", "votes"}
    assert network.output["votes"].shape[-1] == 8
