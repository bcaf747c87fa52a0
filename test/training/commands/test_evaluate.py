"""`fer-train evaluate` measures a bundle by the robot's code."""

import csv
import json
import re

import cv2
import numpy as np
import pytest
from look_alike import photograph
from tiny_bundle import make_tiny_bundle

from fer_training.cli import main
from fer_training.evaluation.report import FILES


@pytest.fixture
def command(stage1_bundle, fer2013):
    return ["evaluate", "--bundle", str(stage1_bundle), "--dataset", "fer2013", "--path", str(fer2013)]


def test_the_last_line_of_evaluate_is_the_agreed_json(command, capsys):
    assert main([*command, "--split", "public_test", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert set(result) == {"accuracy", "n"} and result["n"] == 21 and result["accuracy"] > 0.5


def test_evaluate_writes_a_report_for_people_and_programs_and_says_where(command, tmp_path, capsys):
    assert main([*command, "--split", "public_test", "--output", str(tmp_path / "report")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "FER-2013: 21 pictures" and any("95 % interval" in line for line in lines)
    assert lines[-1] == f"report: {tmp_path / 'report/report.html'}"
    assert {p.name for p in (tmp_path / "report").iterdir()} == set(FILES)
    report = json.loads((tmp_path / "report/report.json").read_text())
    assert report["n"] == 21 and len(report["found_faces"]["confusion"]) == 7
    assert any("expected 467 pictures of 'angry', got 3" in problem for problem in report["problems"])


def test_without_a_split_each_one_has_a_row_and_what_was_learned_is_told(command, tmp_path, capsys):
    assert main([*command, "--output", str(tmp_path / "report")]) == 0
    text = capsys.readouterr().out
    learned = "63 of these 70 pictures were trained on; the weights were selected by 7 of these 70 pictures"
    assert re.search(rf"^train +70 .*  {learned}$", text, re.M)
    assert re.search(r"^public_test +21 .*  none of these 21 pictures was trained on$", text, re.M)
    assert "is no measure; the number above mixes them with others, choose one with --split" in text
    with (tmp_path / "report/pictures.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    right = sum(int(row["right"]) for row in rows if row["split"] == "public_test")
    assert main([*command, "--split", "public_test", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] == pytest.approx(right / 21)
    assert main([*command, "--json"]) == 0
    split = json.loads(capsys.readouterr().out)["splits"]["public_test"]
    assert split == {"accuracy": pytest.approx(right / 21), "n": 21}


def test_an_earlier_report_is_not_overwritten_without_a_word(command, tmp_path, capsys):
    (tmp_path / "report.md").write_text("mine")
    words = [*command, "--split", "public_test", "--output", str(tmp_path)]
    assert main(words) == 1
    assert "expected no earlier report, got report.md: name another --output, or add --overwrite" in (
        capsys.readouterr().err
    )
    assert (tmp_path / "report.md").read_text() == "mine" and len(list(tmp_path.iterdir())) == 1
    assert main([*words, "--overwrite"]) == 0
    assert (tmp_path / "report.md").read_text() != "mine"


def test_the_output_is_looked_at_before_the_data(tmp_path, capsys):
    """There is neither bundle nor data set: what cannot be written is told first."""
    (tmp_path / "out").write_text("a file")
    words = ["evaluate", "--bundle", "nowhere", "--dataset", "fer2013", "--path", "nowhere"]
    assert main([*words, "--output", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == f"fer-train: {tmp_path / 'out'}: expected a folder for the output, got a file\n"


def test_a_picture_without_a_face_is_named_and_counted(tmp_path, capsys):
    faces = tmp_path / "faces"
    for label, name in enumerate(("happy", "sad")):
        (faces / name).mkdir(parents=True)
        cv2.imwrite(str(faces / name / "face.png"), photograph(label, label))
    cv2.imwrite(str(faces / "sad/wall.png"), np.full((160, 160), 90, np.uint8))
    bundle = make_tiny_bundle(tmp_path / "tiny", labels=("happy", "sad"))
    words = ["evaluate", "--bundle", str(bundle), "--dataset", "folders", "--path", str(faces), "--whole"]
    assert main([*words, "--output", str(tmp_path / "report")]) == 0
    text = capsys.readouterr().out
    assert "of 3 pictures, 1 of them without a found face" in text and "sad/wall.png" in text
    with (tmp_path / "report/pictures.csv").open(newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}
    assert rows["sad/wall.png"]["note"] == "no face found" and rows["sad/wall.png"]["truth"] == "sad"
    seen = rows["happy/face.png"]
    assert float(seen["happy"]) + float(seen["sad"]) == pytest.approx(1, abs=1e-4)
    assert 0 <= float(seen["left"]) < float(seen["right_edge"]) <= 160


def test_an_unknown_split_is_refused_with_what_there_is(command, capsys):
    assert main([*command, "--split", "private_test", "--json"]) == 1
    assert "expected samples in split private_test, got only ['public_test', 'train']" in capsys.readouterr().err


def test_evaluate_runs_where_tensorflow_is_not_installed(without_tensorflow, tmp_path, fer2013):
    words = [
        "evaluate",
        "--bundle",
        str(make_tiny_bundle(tmp_path / "tiny")),
        "--dataset",
        "fer2013",
        "--path",
        str(fer2013),
    ]
    words += ["--split", "public_test", "--backend", "litert", "--json"]
    text = without_tensorflow(f"from fer_training.cli import main\nassert main({words!r}) == 0")
    assert re.fullmatch(r'\{"accuracy": [0-9.]+, "n": 21\}', text.splitlines()[-1])
