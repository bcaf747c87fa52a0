"""Other processes give the same results."""

import os
import re
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from look_alike import tiny_config, tiny_crops

from fer_ros.core.library_output import has_gpu_device
from fer_training.models.network_config import NetworkConfig
from fer_training.training.fold_runner import Job, Workers
from fer_training.training.initialization import ImageNetWeights

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def jobs(tmp_path, imagenet_weights):
    """Two small runs, in a new folder for each who runs them."""
    initial, train, validation = ImageNetWeights(imagenet_weights), tiny_crops(), tiny_crops(7)
    configs = [tiny_config(seed=seed, steps=3, network=NetworkConfig(width=0.25, blocks=1)) for seed in range(2)]
    return lambda who: [
        Job(tmp_path / who / str(i), config, initial, train, validation) for i, config in enumerate(configs)
    ]


def same_predictions(one, other):
    for here, there in zip(one, other, strict=True):
        np.testing.assert_array_equal(here.last, there.last)
    assert not np.array_equal(one[0].last, one[1].last)


def test_a_process_pool_gives_the_results_of_one_process_and_is_as_quiet(jobs, capfd):
    here = Workers(1).run(jobs("here"), False)
    capfd.readouterr()
    same_predictions(here, Workers(2).run(jobs("pool"), False))
    told = capfd.readouterr().err
    assert has_gpu_device() or not re.search("oneDNN|absl|cuda|rebuild TensorFlow", told), told


@pytest.mark.skipif(find_spec("ray") is None, reason="the extra 'ray' is not installed")
def test_a_ray_cluster_gives_the_results_of_one_process(jobs, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    same_predictions(Workers(1).run(jobs("here"), False), Workers(ray="local").run(jobs("ray"), False))


def test_a_missing_ray_is_said_in_one_line(jobs, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RuntimeError, match="a Ray cluster was asked for, but the package ray is missing"):
        Workers(ray="auto").run(jobs("none"), False)
