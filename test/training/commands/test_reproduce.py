"""Every table and figure, on look-alikes of all data sets: the real code, a small network."""

import base64
import csv
import json
import zipfile
from html import escape

import pytest
from look_alike import write_ckplus_folders

from fer_training.cli import main
from fer_training.experiments import NAMES

pytestmark = pytest.mark.timeout(400)


def test_reproduce_all(everything):
    tmp_path = everything
    for name in NAMES:
        report = json.loads((tmp_path / f"{name}.json").read_text())
        assert report["rows"], f"{name}: {report['missing']}"
        assert (tmp_path / f"{name}.md").read_text().startswith("# ")
        header, *rows = csv.reader((tmp_path / f"{name}.csv").read_text().splitlines())
        assert header[3:6] == ["paper", "ours", "difference"] and len(rows) == len(report["rows"])
        assert all((tmp_path / picture).stat().st_size > 1000 for picture in report["pictures"])
    assert "done" in (tmp_path / "README.md").read_text()
    five = json.loads((tmp_path / "table5.json").read_text())
    protocols = {row["protocol"] for row in five["rows"]}
    assert any("subject-overlapping (as in the paper), best step, selected on the fold" in p for p in protocols)
    assert any(p.startswith("subject-disjoint, last step") for p in protocols)
    assert not any(p.startswith("subject-disjoint, best") for p in protocols)
    six = json.loads((tmp_path / "table6.json").read_text())
    assert any(row["paper"] == 3.57 and row["ours"] > 0 for row in six["rows"])
    assert len(json.loads((tmp_path / "figure7.json").read_text())["rows"]) >= 1
    assert "only the first 1 folds of each protocol were run" in five["notes"]


def test_one_page_shows_everything_but_people(everything):
    text = (everything / "report.html").read_text()
    titles = [json.loads((everything / f"{name}.json").read_text())["title"] for name in NAMES]
    assert all(f"<h2>{escape(title)}</h2>" in text for title in titles)
    charts = [f"{name}.png" for name in ("figure4", "figure5", "figure6")]
    assert text.count("<img") == len(charts), "of figure 7, which shows people, there is only a word"
    assert all(base64.b64encode((everything / name).read_bytes()).decode() in text for name in charts)
    assert "With people, so not shown here: figure7.png." in text


def test_an_earlier_report_is_not_overwritten_without_a_word(reproduce, tmp_path, capsys):
    assert reproduce(tmp_path, "table1") == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"report: {tmp_path / 'report.html'}"
    before = (tmp_path / "table1.md").read_bytes()
    assert reproduce(tmp_path, "table1", ckplus=None) == 1
    told = capsys.readouterr().err
    assert "expected no earlier report, got report.html: name another --output, or add --overwrite" in told
    assert (tmp_path / "table1.md").read_bytes() == before
    # An interrupted one has no report.html yet, and goes on.
    (tmp_path / "report.html").unlink()
    assert reproduce(tmp_path, "table1") == 0


def test_an_archive_is_told_before_anything_is_made(tmp_path, without_tensorflow):
    with zipfile.ZipFile(tmp_path / "fer.zip", "w") as archive:
        archive.writestr("train/happy/1.jpg", "")
    words = ["reproduce", "table1", "--fer2013", str(tmp_path / "fer.zip"), "--output", str(tmp_path / "out")]
    script = f"from fer_training.cli import main\nsys.stderr = sys.stdout\nassert main({words!r}) == 1"
    (line,) = without_tensorflow(script).splitlines()
    assert line.startswith("fer-train: --fer2013: expected a CSV file or a folder at ") and "a ZIP archive" in line
    assert not (tmp_path / "out").exists()


def test_the_same_command_gives_the_same_table(reproduce, everything, tmp_path):
    assert reproduce(tmp_path, "table4") == 0
    assert (tmp_path / "table4.json").read_bytes() == (everything / "table4.json").read_bytes()


def test_a_given_first_stage_is_used_and_finished_runs_are_kept(world, everything, tmp_path):
    arguments, data, _ = world
    first = everything / "runs/stage1"
    stamp = (first / "last.weights.h5").stat().st_mtime_ns
    command = ["reproduce", "fer2013", *arguments, "--fer2013", str(data["fer2013"]), "--stage1", str(first)]
    assert main([*command, "--output", str(tmp_path)]) == 0
    rows = json.loads((tmp_path / "fer2013.json").read_text())["rows"]
    assert [row["what"] for row in rows] == ["public_test, as given"] and rows[0]["paper"] == 67.03
    assert (first / "last.weights.h5").stat().st_mtime_ns == stamp


def test_missing_data_is_named_and_the_rest_is_done(reproduce, tmp_path, capsys):
    assert reproduce(tmp_path, "table1", ckplus=None, jaffe=None) == 0
    text = capsys.readouterr().out
    assert "needs --ckplus; to be had from the Affect Analysis Group" in text and "needs --jaffe" in text
    assert "| FER-2013, angry | pictures |" in text
    assert reproduce(tmp_path, "figure4", jaffe=None) == 1


def test_the_common_copy_of_ckplus_and_a_broken_one_leave_the_rest_to_be_done(world, everything, tmp_path, capsys):
    arguments, _, folder = world
    copies = {"common": write_ckplus_folders(tmp_path / "common"), "broken": tmp_path / "broken"}
    (copies["broken"] / "happy").mkdir(parents=True)
    (copies["broken"] / "happy/S010_004_00000017.png").write_bytes(b"no picture")
    words = ["reproduce", "table1", "table5", *arguments, "--stage1", str(everything / "runs/stage1")]
    words += ["--folds", "1", "--protocols", "random"]
    reports = {}
    for name, path in copies.items():
        assert main([*words, "--ckplus", str(path), "--output", str(tmp_path / "out" / name)]) == (name == "broken")
        reports[name] = json.loads((tmp_path / "out" / name / "table1.json").read_text())
    counted = {row["what"]: row["ours"] for row in reports["common"]["rows"]}
    assert counted["CK+ 7 no neutral small, happy"] == 2 and counted["CK+ 7 no neutral small, neutral"] == 0
    assert not reports["broken"]["rows"] and any("cannot be read" in m for m in reports["broken"]["missing"])


def test_two_first_stages_of_one_name_do_not_stand_for_each_other(world, everything, tmp_path):
    arguments, data, folder = world
    other = tmp_path / "other/stage1"
    config = ["--config", str(folder / "stage1.yaml"), "--seed", "5"]
    assert main(["stage1", *config, *arguments[:2], "--fer2013", str(data["fer2013"]), "--output", str(other)]) == 0
    bundles = set()
    for run in (everything / "runs/stage1", other):
        words = ["reproduce", "fer2013", *arguments, "--fer2013", str(data["fer2013"]), "--stage1", str(run)]
        assert main([*words, "--overwrite", "--output", str(tmp_path / "out")]) == 0
        bundles = {path.name for path in (tmp_path / "out/bundles").iterdir()}
    assert len(bundles) == 2
    # What a killed export leaves is no bundle.
    (tmp_path / "out/bundles" / min(bundles) / "bundle.json").unlink()
    for run in (everything / "runs/stage1", other):
        assert main([*words[:-1], str(run), "--overwrite", "--output", str(tmp_path / "out")]) == 0
