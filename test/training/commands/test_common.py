"""What cannot be used is told before the work, by stage1 and stage2 alike."""

import argparse
import shutil

import pytest
import yaml
from look_alike import tiny_config, write_fer2013

from fer_training.cli import main
from fer_training.commands.common import add_dataset, dataset_spec
from fer_training.training.config import to_dict


@pytest.fixture
def config(tmp_path):
    (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(to_dict(tiny_config())))
    return str(tmp_path / "tiny.yaml")


@pytest.fixture
def stages(tmp_path, config):
    """The words of both stages but for their output, on data that are there."""
    first = write_fer2013(tmp_path / "fer", train=1, test=1)
    second = ["stage2", "--config", config, "--dataset", "folders", "--path", str(first), "--stage1", "default"]
    return {"stage1": ["stage1", "--config", config, "--fer2013", str(first)], "stage2": second}


@pytest.fixture(autouse=True)
def no_work(monkeypatch):
    """All of this must be said before TensorFlow is loaded, and before a picture is read."""
    for stage in ("stage1", "stage2"):
        monkeypatch.setattr(
            f"fer_training.commands.{stage}.import_tensorflow", lambda: pytest.fail("the work had begun")
        )


def said(words, capsys):
    assert main(words) == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize("stage", ["stage1", "stage2"])
def test_a_full_disk_is_told_before_the_work(stages, stage, tmp_path, monkeypatch, capsys):
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    line = said([*stages[stage], "--output", str(tmp_path / "out")], capsys)
    assert "expected room for" in line and "got a disk with 1 MB free" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("stage", ["stage1", "stage2"])
def test_a_file_or_other_things_in_the_output_are_told_before_the_work(stages, stage, tmp_path, capsys):
    (tmp_path / "out").write_text("a file")
    assert "expected a folder for the output, got a file" in said(
        [*stages[stage], "--output", str(tmp_path / "out")], capsys
    )
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter1.tex").write_text("words")
    line = said([*stages[stage], "--output", str(tmp_path / "thesis")], capsys)
    assert (
        "expected a new or empty folder, or one in which this command was begun before, got one with chapter1.tex"
        in line
    )


@pytest.mark.parametrize("stage", ["stage1", "stage2"])
def test_an_archive_for_data_is_told_before_the_work(stages, stage, tmp_path, capsys):
    (tmp_path / "data.zip").write_bytes(b"PK\x03\x04" + b"\0" * 30)
    words = [str(tmp_path / "data.zip") if word == str(tmp_path / "fer") else word for word in stages[stage]]
    line = said([*words, "--output", str(tmp_path / "out")], capsys)
    assert "data.zip, got a ZIP archive: unpack it, and give what was in it" in line and not (tmp_path / "out").exists()


def test_an_archive_for_votes_is_told_before_the_work(stages, tmp_path, capsys):
    (tmp_path / "votes.csv").write_bytes(b"PK\x03\x04" + b"\0" * 30)
    words = [*stages["stage1"], "--ferplus", str(tmp_path / "votes.csv"), "--output", str(tmp_path / "out")]
    assert "--ferplus: expected a CSV file at" in (line := said(words, capsys)) and "got a ZIP archive" in line


def options(*words):
    parser = argparse.ArgumentParser()
    add_dataset(parser)
    return parser.parse_args(["--path", "x", *words])


def test_a_parameter_file_is_found_again_from_another_folder(tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_text("fer_node: {ros__parameters: {detector.kind: haar}}")
    monkeypatch.chdir(tmp_path)
    assert dataset_spec(options("--dataset", "jaffe", "--detector", "mine.yaml")).detector == str(
        tmp_path / "mine.yaml"
    )
    assert dataset_spec(options("--dataset", "jaffe", "--detector", "robot")).detector == "robot"


def test_class_names_are_of_class_folders():
    assert ("1", "surprise") in dataset_spec(options("--dataset", "folders", "--class-names", "rafdb")).class_names
    with pytest.raises(ValueError, match="--class-names is for class folders .*, got --dataset ckplus"):
        dataset_spec(options("--dataset", "ckplus", "--class-names", "rafdb"))
