"""Every shipped config is read, says how it is run, and wrong keys or values are named."""

from dataclasses import fields, is_dataclass, replace

import pytest
import yaml

from fer_ros.core.settings import settings_of
from fer_training.data.augmentation import AugmentationConfig
from fer_training.models.network_config import NetworkConfig
from fer_training.training.config import (
    CONFIGS,
    OptimizerConfig,
    StageConfig,
    find_config,
    from_dict,
    load_stage_config,
    to_dict,
)


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
        ("steps: 1\nevaluate_steps: 1\nzzzz: 3", "unknown key zzzz .keys here: augmentation, "),
        ("steps: 1\nevaluate_step: 1", "unknown key evaluate_step: did you mean evaluate_steps?"),
        ("steps: 1\nevaluate_steps: 1\nlearning_rate: 1", "learning_rate: did you mean optimizer.learning_rate?"),
        ("steps: 1\nevaluate_steps: 1\nnetwork: {dropuot: 1}", "network.dropuot: did you mean network.dropout?"),
        (
            "steps: 1\nevaluate_steps: 1\noptimizer: {rate: 1}",
            "unknown key optimizer.rate.*keys here: clip_norm",
        ),
        ("steps: many\nevaluate_steps: 1", "steps must be int, got 'many'"),
        ("steps: 1\nevaluate_steps: 1\noptimizer: {schedule: steep}", "schedule must be"),
        ("steps: 1\nevaluate_steps: 1\nmixup: 0.2", "mixup and center loss exclude each other"),
        ("steps: 1", "expected evaluate_steps, got none"),
        ("steps: 0\nevaluate_steps: 1", "steps must be at least 1 mini-batches, got 0"),
        ("steps: 1\nevaluate_steps: 1\nnetwork: {dropout: 1.5}", "dropout must be 0 to 0.99, got 1.5"),
        ("steps: 1\nevaluate_steps: 1\noptimizer: {learning_rate: 0}", "learning_rate must be at least 1e-09, got 0"),
        ("[1, 2]", "must be a mapping, got list"),
        ("steps: [", "expected YAML, got while parsing"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(tmp_path, text, message):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(ValueError, match=f"config.yaml: .*{message}" if message != "config.yaml" else message):
        load_stage_config(tmp_path / "config.yaml")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(FileNotFoundError, match=r"expected a YAML file or one of .*default.*, got 'nothing'"):
        find_config("nothing")


def write(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)


def test_a_config_changes_what_it_extends_key_by_key(tmp_path):
    write(
        tmp_path,
        base="extends: short_softmax\nseed: 3\noptimizer: {warmup_steps: 7}",
        change="extends: base\noptimizer: {learning_rate: 0.5}\nema: 0.9",
    )
    shipped, changed = load_stage_config(find_config("short_softmax")), load_stage_config(tmp_path / "change.yaml")
    optimizer = replace(shipped.optimizer, warmup_steps=7, learning_rate=0.5)
    assert changed == replace(shipped, seed=3, optimizer=optimizer, ema=0.9)


def test_a_circle_of_configs_and_an_unknown_one_are_refused(tmp_path):
    write(tmp_path, a="extends: b", b="extends: c", c="extends: b", lost="extends: nothing", odd="extends: [a]")
    with pytest.raises(ValueError, match="a.yaml: expected an end .*, got the circle b -> c -> b"):
        load_stage_config(tmp_path / "a.yaml")
    with pytest.raises(ValueError, match=r"lost.yaml: expected a YAML file or one of .*, got 'nothing'"):
        load_stage_config(tmp_path / "lost.yaml")
    with pytest.raises(ValueError, match=r"extends must be the name of a config, got \['a'\]"):
        load_stage_config(tmp_path / "odd.yaml")


@pytest.mark.parametrize("kind", [StageConfig, OptimizerConfig, NetworkConfig, AugmentationConfig])
def test_every_setting_says_what_it_means(kind):
    parts = {f.name for f in fields(kind) if is_dataclass(f.default_factory) or f.name in ("network", "preprocess")}
    declared = settings_of(kind)
    assert {f.name for f in fields(kind)} - set(declared) <= parts | {"augmentation", "optimizer"}
    assert all(setting.meaning.endswith(".") for setting in declared.values())


def leaves(values, where=()):
    for key, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, (*where, key))
        else:
            yield (*where, key), value


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("ablation_*.yaml")), ids=lambda p: p.stem)
def test_an_ablation_shows_nothing_but_its_change(path):
    values = yaml.safe_load(path.read_text())
    base = dict(leaves(to_dict(load_stage_config(find_config(values.pop("extends"))))))
    changes = dict(leaves(values))
    assert changes and all(base[where] != value for where, value in changes.items())
