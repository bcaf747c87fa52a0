"""A run folder belongs to one run, and keeps what made it."""

import pytest
from look_alike import tiny_config, tiny_crops

from fer_training.training.loop import run_stage


def train(folder, config, crops=None, validation=None):
    crops = crops or tiny_crops()
    return run_stage(crops, validation or tiny_crops(14, first=100), config, folder, lambda network: None, False)


def test_a_folder_of_another_config_or_other_data_is_refused(tmp_path):
    train(tmp_path, tiny_config(steps=2))
    with pytest.raises(ValueError, match="expected the config of this run"):
        train(tmp_path, tiny_config(steps=3))
    with pytest.raises(ValueError, match="expected the faces that this run began with"):
        train(tmp_path, tiny_config(steps=2), tiny_crops(40))
