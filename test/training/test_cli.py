"""`fer-train` answers quickly, fails in one line, and keeps its hands off reported splits."""

import re
from pathlib import Path

import pytest

import fer_training
from fer_training.cli import COMMANDS, main

PACKAGE = Path(fer_training.__file__).parent


WITHOUT_TENSORFLOW = {
    "stage1": ["stage1", "--config", "short_softmax", "--fer2013", "."],
    "stage2": ["stage2", "--config", "jaffe", "--dataset", "folders", "--path", ".", "--stage1", "default"],
    "reproduce": ["reproduce", "table1"],
}


@pytest.fixture(scope="module")
def told(told_without_tensorflow, tmp_path_factory):
    """What is said where TensorFlow is missing: help, a mistake in a config, and commands that need it."""
    folder = tmp_path_factory.mktemp("told")
    (folder / "mine.yaml").write_text("extends: default\noptimizer: {learning_rat: 0.1}\n")
    mistake = ["stage1", "--config", str(folder / "mine.yaml"), "--fer2013", "x", "--output", "y"]
    needing = {name: [*words, "--output", str(folder / name)] for name, words in WITHOUT_TENSORFLOW.items()}
    return told_without_tensorflow({"help": ["--help"], "mistake": mistake, **needing})


def test_help_names_every_command_without_tensorflow(told):
    code, text = told["help"]
    assert code == 0 and all(name in text for name in COMMANDS)


@pytest.mark.parametrize("command", WITHOUT_TENSORFLOW)
def test_a_missing_package_is_named_with_what_installs_it(told, command):
    code, text = told[command]
    assert code == 1
    assert re.fullmatch(r"fer-train: needs the Python package \w+: pip install '\.\[train\]' in the folder .*\n", text)


def test_a_mistake_in_a_config_is_told_before_tensorflow_is_asked_for(told):
    code, text = told["mistake"]
    assert code == 1 and text.count("\n") == 1
    assert "unknown key optimizer.learning_rat: did you mean optimizer.learning_rate?" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["stage1", "--confg", "default"], "unknown option --confg: did you mean --config?"),
        (["stage2", "--config", "jaffe", "--protocl=disjoint"], "unknown option --protocl: did you mean --protocol?"),
        (["stage1", "--zzzz"], "unknown option --zzzz; see fer-train stage1 --help"),
        (["stag1", "--config", "default"], "verify, reproduce, got stag1: did you mean stage1?"),
        (["evaluate", "--dataset", "folder", "--path", "."], "jaffe, folders, got folder: did you mean folders?"),
        (["stage2", "--protocol", "disjiont"], "expected random, disjoint, got disjiont: did you mean disjoint?"),
    ],
)
def test_a_mistyped_option_choice_or_command_is_named_with_what_was_meant(words, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2 and message in capsys.readouterr().err


def test_the_usage_after_a_mistyped_command_names_the_commands(capsys):
    with pytest.raises(SystemExit):
        main(["evalute"])
    usage = capsys.readouterr().err
    assert "{stage1,stage2,evaluate,export,verify,reproduce}" in usage and "did you mean evaluate?" in usage


def test_an_interrupted_command_says_so_in_a_line(monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("fer_training.commands.stage1.read_config", interrupted)
    assert main(["stage1", "--config", "default", "--fer2013", "x", "--output", "y"]) == 130
    assert capsys.readouterr().err == "fer-train: interrupted\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["stage1", "--config", "nothing", "--fer2013", "x", "--output", "y"], "expected a YAML file or one of"),
        (["stage1", "--config", "short_softmax", "--fer2013", "nowhere", "--output", "y"], "expected a CSV file or a"),
        (["stage1", "--config", "default", "--fer2013", "x", "--output", "y"], "--ferplus FILE and --teacher BUNDLE"),
        (
            ["stage1", "--config", "default", "--fer2013", "x", "--ferplus", "x", "--teacher", "nobody"]
            + ["--output", "y"],
            "expected a bundle's folder, or default or balanced, which ship; there is no nobody",
        ),
        (["stage1", "--config", "defualt", "--fer2013", "x", "--output", "y"], "got 'defualt': did you mean default?"),
        (
            ["stage2", "--config", "jaffe", "--dataset", "jaffe", "--whole", "--path", "x", "--stage1", "imagenet"]
            + ["--output", "y"],
            "--whole is for class folders (--dataset folders), got --dataset jaffe",
        ),
        (
            ["stage2", "--config", "jaffe", "--dataset", "folders", "--detector", "blaze", "--path", "x"]
            + ["--stage1", "imagenet", "--output", "y"],
            "profile must be one of default, robot, paper, or a parameter file, got 'blaze'",
        ),
        (["evaluate", "--bundle", "nowhere", "--dataset", "jaffe", "--path", "x"], "which ship; there is no nowhere"),
        (["export", "--run", "nowhere", "--path", "x", "--output", "y"], "expected a run folder with config.yaml"),
        (
            ["stage2", "--config", "jaffe", "--dataset", "fer2013", "--path", "x", "--stage1", "imagenet"]
            + ["--output", "y"],
            "expected --dataset ckplus or jaffe or folders, got fer2013",
        ),
        (
            ["reproduce", "all", "--jaffe", "nowhere", "--output", "y"],
            "--jaffe: expected a CSV file or a folder at nowhere, got nothing",
        ),
    ],
)
def test_a_mistake_is_answered_in_one_line(words, message, capsys):
    assert main(words) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("fer-train: ") and message in lines[0]


def test_training_code_never_names_a_reported_split():
    """Only the readers, evaluation and what calls it may know of the public and private tests."""
    allowed = {"evaluation/evaluate.py", "data/dataset.py", "data/fer2013.py", "commands/evaluate.py"}
    allowed |= {"experiments/fer2013.py", "data/pixel_table.py"}
    named = {
        p.relative_to(PACKAGE).as_posix()
        for p in PACKAGE.rglob("*.py")
        if re.search("public_test|private_test", p.read_text(encoding="utf-8"))
    }
    assert named <= allowed
