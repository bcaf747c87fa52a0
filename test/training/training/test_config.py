"""Every shipped config is read, says how it is run, and wrong keys or values are named."""

import pytest

from fer_training.training.config import CONFIGS, StageConfig, find_config, from_dict, load_stage_config, to_dict


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda p: p.stem)
def test_a_config_opens_with_the_command_that_runs_it(path):
    config = load_stage_config(path)
    assert find_config(path.stem) == path
    first, second, *_ = path.read_text().splitlines()
    assert first.startswith("# fer-train stage") and f"--config {path.stem} " in first
    assert second.startswith("# "), "the result, or that it was not run"
    assert from_dict(StageConfig, to_dict(config)) == config


def test_the_papers_numbers_are_the_papers():
    config = load_stage_config(find_config("paper_stage1"))
    optimizer = config.optimizer
    assert (optimizer.learning_rate, optimizer.momentum, optimizer.decay, optimizer.weight_decay) == (
        0.01,
        0.9,
        0.94,
        4e-5,
    )
    assert (config.batch_size, config.center_weight, config.center_rate) == (64, 0.001, 0.001)
    assert config.augmentation.patch_area == (0.85, 1.0) and config.network.dropout == 0.5
    assert load_stage_config(find_config("paper_ckplus")).optimizer.learning_rate == 0.045


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps: 1\nevaluate_steps: 1\nspeed: 3", "got also .'speed'"),
        ("steps: 1\nevaluate_steps: 1\noptimizer: {rate: 1}", "optimizer.*got also .'rate'"),
        ("steps: many\nevaluate_steps: 1", "steps must be int, got 'many'"),
        ("steps: 1\nevaluate_steps: 1\noptimizer: {schedule: steep}", "schedule must be"),
        ("steps: 1\nevaluate_steps: 1\nmixup: 0.2", "mixup and center loss exclude each other"),
        ("[1, 2]", "must be a mapping, got list"),
        ("steps: [", "config.yaml"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path, text, message):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ValueError, match=f"config.yaml: .*{message}" if message != "config.yaml" else message):
        load_stage_config(tmp_path / "config.yaml")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(FileNotFoundError, match=r"expected a YAML file or one of .*default.*, got 'nothing'"):
        find_config("nothing")
