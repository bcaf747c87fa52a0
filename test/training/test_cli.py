"""`fer-train` answers quickly, fails in one line, and keeps its hands off reported splits."""

import re
from pathlib import Path

import pytest

import fer_training
from fer_training.cli import COMMANDS, main

PACKAGE = Path(fer_training.__file__).parent


def test_help_names_every_command_without_tensorflow(without_tensorflow):
    code = "from fer_training.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    text = without_tensorflow(code)
    assert all(name in text for name in COMMANDS)


def test_a_missing_package_is_named_with_what_installs_it(without_tensorflow):
    words = ["export", "--run", "x", "--path", "x", "--output", "x"]
    text = without_tensorflow(
        f"sys.stderr = sys.stdout\nfrom fer_training.cli import main\nassert main({words!r}) == 1"
    )
    assert re.fullmatch(r"fer-train: needs the Python package \w+: pip install '\.\[train\]'\n", text)


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
        (["evaluate", "--bundle", "nowhere", "--dataset", "jaffe", "--path", "x"], "which ship; there is no nowhere"),
        (["export", "--run", "nowhere", "--path", "x", "--output", "y"], "expected a run folder with config.yaml"),
        (
            ["stage2", "--config", "jaffe", "--dataset", "fer2013", "--path", "x", "--stage1", "imagenet"]
            + ["--output", "y"],
            "expected --dataset ckplus or jaffe or folders, got fer2013",
        ),
        (
            ["reproduce", "all", "--jaffe", "nowhere", "--output", "y"],
            "--jaffe: expected a data set at nowhere, got nothing",
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
    allowed |= {"experiments/fer2013.py"}
    named = {
        p.relative_to(PACKAGE).as_posix()
        for p in PACKAGE.rglob("*.py")
        if re.search("public_test|private_test", p.read_text(encoding="utf-8"))
    }
    assert named <= allowed
