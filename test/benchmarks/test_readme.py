"""README and benchmark page say what was measured."""

import json
from pathlib import Path

import pytest

from benchmarks import readme, report
from benchmarks.readme import FILES, MARKED, TABLES, main, renewed

ROOT = Path(__file__).resolve().parents[2]


def text_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_every_table_is_that_of_the_results(name):
    shown = MARKED.findall(text_of(name))
    assert shown and [table for table, text in shown if text != TABLES[table]()] == [], "python -m benchmarks.readme"


def test_no_table_is_left_out():
    assert {table for name in FILES for table, _ in MARKED.findall(text_of(name))} == set(TABLES)


def test_the_readme_has_one_table_of_speed_and_one_of_accuracy():
    shown = [table for table, text in MARKED.findall(text_of("README.md")) if text.startswith("|")]
    assert shown == ["a whole frame", "accuracy"]


def test_the_accuracy_is_that_of_the_run_that_made_the_model():
    """docs/stage1 tells the run; the results are another reading of the same split."""
    story = text_of("docs/stage1/README.md")
    for row in TABLES["accuracy"]().splitlines()[2:4]:
        _, _, accuracy, interval, _ = (cell.strip() for cell in row.split("|"))
        assert f"| {accuracy} | {interval.removesuffix(' %')} |" in story


def test_a_table_that_differs_is_named_and_mended(tmp_path, monkeypatch, capsys):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- measured: accuracy -->\nold\n<!-- end -->\nbehind\n")
    monkeypatch.setattr(readme, "ROOT", tmp_path)
    monkeypatch.setattr(readme, "FILES", ("page.md",))
    assert main(["--check"]) == 1 and "page.md: differs" in capsys.readouterr().out and "old" in page.read_text()
    assert main([]) == 0 and main(["--check"]) == 0
    assert page.read_text() == f"before\n<!-- measured: accuracy -->\n{TABLES['accuracy']()}<!-- end -->\nbehind\n"


def test_a_marker_without_a_table_is_an_error():
    with pytest.raises(KeyError, match="nothing"):
        renewed("<!-- measured: nothing -->\n<!-- end -->")


def test_people_are_a_table_once_they_were_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(readme, "RESULTS", tmp_path)
    assert TABLES["people"]().startswith("Not measured")
    found, nobody = {"right": 9, "total": 10, "value": 0.9, "interval": [0.596, 0.982]}, {"total": 0}
    data = {"profiles": ["robot"], "groups": {"tilted": {"robot": {"found": found, "right": nobody}}}}
    (tmp_path / "people.json").write_text(json.dumps(data))
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    assert TABLES["people"]().splitlines()[2] == "| tilted | 90.0 % (59.6 to 98.2), - |"
