"""README and benchmark page say what was measured."""

from pathlib import Path

import pytest

from benchmarks import readme, report
from benchmarks.people_matching import FalseFaces, Person
from benchmarks.people_report import Result, figures
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


def test_people_are_tables_once_they_were_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "RESULTS", tmp_path)
    names = ("people by size", "people", "made of people")
    assert all(TABLES[name]().startswith("Not measured") for name in names)
    found, missed = Person(True, 0, 0, True, None), Person(False, None, 0, None, None)
    people = [Result("upright, 50 %", "robot", ("a", "b"), (found, missed), FalseFaces(8))]
    results = report.Results("people", "People", {"people": 2, "frames": 8, "size": [640, 480], "profiles": ["robot"]})
    results.data.update(figures(people, [], ["robot"], 30.0))
    results.finish("", save=True)
    assert "| 50 % | 50.0 % (9.5 to 90.5) |" in TABLES["people by size"]().splitlines()
    assert "| upright | 50.0 % (9.5 to 90.5), 100.0 % (20.7 to 100.0) |" in TABLES["people"]().splitlines()
    assert "2 portraits" in TABLES["made of people"]() and results.made["date"] in TABLES["made of people"]()
