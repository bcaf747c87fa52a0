"""`fer-train evaluate` measures a bundle by the robot's code."""

import json
import re

from tiny_bundle import make_tiny_bundle

from fer_training.cli import main


def test_the_last_line_of_evaluate_is_the_agreed_json(stage1_bundle, fer2013, capsys):
    command = ["evaluate", "--bundle", str(stage1_bundle), "--dataset", "fer2013", "--path", str(fer2013)]
    assert main([*command, "--split", "public_test", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(result) == {"accuracy", "n"} and result["n"] == 21 and result["accuracy"] > 0.5


def test_evaluate_writes_a_report_for_people_and_programs(stage1_bundle, fer2013, tmp_path, capsys):
    command = ["evaluate", "--bundle", str(stage1_bundle), "--dataset", "fer2013", "--path", str(fer2013)]
    assert main([*command, "--split", "public_test", "--output", str(tmp_path / "report")]) == 0
    assert "95 % interval" in capsys.readouterr().out
    written = {p.name for p in (tmp_path / "report").iterdir()}
    assert written == {"report.md", "report.json", "classes.csv", "confusion.csv", "confusion.png", "reliability.png"}
    report = json.loads((tmp_path / "report/report.json").read_text())
    assert report["n"] == 21 and len(report["found_faces"]["confusion"]) == 7
    assert any("expected 467 pictures of 'angry', got 3" in problem for problem in report["problems"])


def test_an_unknown_split_is_refused_with_what_there_is(stage1_bundle, fer2013, capsys):
    command = ["evaluate", "--bundle", str(stage1_bundle), "--dataset", "fer2013", "--path", str(fer2013)]
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
