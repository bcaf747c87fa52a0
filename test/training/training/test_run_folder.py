"""A run folder belongs to one run, and keeps what made it."""

import pytest
from look_alike import tiny_config, tiny_crops

from fer_training.training.loop import run_stage
from fer_training.training.run_folder import RunFolder


def train(folder, config, crops=None, validation=None):
    crops = crops or tiny_crops()
    return run_stage(crops, validation or tiny_crops(14, first=100), config, folder, lambda network: None, False)


def test_a_folder_of_another_config_or_other_data_is_refused(tmp_path):
    train(tmp_path, tiny_config(steps=2))
    with pytest.raises(ValueError, match="expected the config of this run"):
        train(tmp_path, tiny_config(steps=3))
    with pytest.raises(ValueError, match="expected the faces that this run began with"):
        train(tmp_path, tiny_config(steps=2), tiny_crops(40))


def claim(folder, initial_weights):
    crops = tiny_crops()
    source = {"dataset": {"name": "folders"}, "initial_weights": initial_weights}
    RunFolder(folder).claim(tiny_config(), crops, crops, source)


def test_a_first_stage_that_was_renamed_is_the_same_origin(tmp_path):
    claim(tmp_path, "run old-name-0123abcd")
    claim(tmp_path, "run new-0123abcd")
    for other in ("run old-name-ffffffff", "ImageNet", "bundle default-0123abcd"):
        with pytest.raises(ValueError, match="expected the initial_weights run old-name-0123abcd of this run"):
            claim(tmp_path, other)


def test_another_config_is_told_before_anything_is_written(tmp_path):
    RunFolder(tmp_path / "new").check_config(tiny_config())
    assert not (tmp_path / "new").exists()
    claim(tmp_path, "ImageNet")
    with pytest.raises(ValueError, match="expected the config of this run, got another one; use a new folder"):
        RunFolder(tmp_path).check_config(tiny_config(steps=99))
