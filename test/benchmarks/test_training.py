"""A training step taken apart."""

import json
import os
import subprocess
import sys

import pytest
import yaml
from look_alike import tiny_config

from benchmarks.training import remarkable, table
from benchmarks.training_step import kind_of, multiply_adds_of, work_of
from fer_training.models.mobilenet import build_network
from fer_training.models.network_config import NetworkConfig
from fer_training.training.config import to_dict


def test_the_papers_network_has_as_many_multiply_adds_as_the_documentation_says():
    network = build_network(NetworkConfig(), 7)
    work = work_of(network, 1)
    assert work["convolutions, backward"].multiply_adds == 2 * work["convolutions, forward"].multiply_adds
    forward = sum(w.multiply_adds for kind, w in work.items() if kind.endswith("forward"))
    assert forward == pytest.approx(23.8e6, rel=0.01)
    assert multiply_adds_of(network.get_layer("stem")) == 24 * 24 * 3 * 3 * 32
    # One block's batch norm reads its 24x24x64 values twice and writes them once.
    assert work["batch norm, forward"].bytes > 3 * 4 * 24 * 24 * 64


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("_MklNativeConv2D", "convolutions, forward"),
        ("Conv2DBackpropFilter", "convolutions, backward"),
        ("_MklNativeDepthwiseConv2dNative", "depthwise convolutions, forward"),
        ("DepthwiseConv2dNativeBackpropInput", "depthwise convolutions, backward"),
        ("_MklNativeFusedBatchNormGradV3", "batch norm, backward"),
        ("FusedBatchNormV3", "batch norm, forward"),
        ("Relu6Grad", "ReLU, backward"),
        ("AssignVariableOp", "all else"),
    ],
)
def test_operations_of_tensorflow_are_told_apart(operation, kind):
    assert kind_of(operation) == kind


def test_a_part_is_remarkable_that_takes_long_and_stays_far_from_both_limits():
    def part(share, arithmetic, memory):
        return {"share": share, "of_arithmetic": arithmetic, "of_memory": memory}

    parts = {"slow": part(0.2, 0.1, 0.2), "bound by memory": part(0.2, 0.0, 0.6), "small": part(0.1, 0.1, 0.1)}
    assert remarkable({"configs": {"default": {"operations": parts}}}) == [
        "`default`, slow: 20% of a step at 20% of its limit"
    ]


def test_the_benchmark_of_a_tiny_network_adds_up(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(to_dict(tiny_config())))
    command = [sys.executable, "-m", "benchmarks.training", "--configs", str(path), "--steps", "2", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=os.environ | {"NO_COLOR": "1"})
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout.splitlines()[-1])
    found = data["configs"][str(path)]
    assert found["faces_per_second"] > 0 and data["limits"]["multiply_adds"] > 1e8
    shares = [part["share"] for part in found["parts"].values()]
    assert min(shares) >= 0 and sum(shares) == pytest.approx(1, abs=0.001)
    assert sum(o["share"] for o in found["operations"].values()) == pytest.approx(1 - shares[0], abs=0.001)
    assert found["operations"]["convolutions, forward"]["of_arithmetic"] > 0
    assert "cpu" in data["made"] and table(data).count(str(path)) >= 10
