"""Tables as CSV and as Parquet hold the same."""

import csv

import pytest

from fer_ros.analysis.rows import MissingPackage
from fer_ros.analysis.tables import check_format, open_table

COLUMNS = ("file", "frame", "minute", "time", "raw_happy")
ROWS = [
    {"file": "a, b.mp4", "frame": 0, "minute": 0, "time": 0.5, "raw_happy": 0.25},
    {"file": "photo.png", "frame": 1, "minute": None, "time": None, "raw_happy": 1.0},
]


def write(path, form):
    with open_table(path, COLUMNS, form) as table:
        for row in ROWS:
            table.add(row)


def test_csv_leaves_empty_what_is_not_there(tmp_path):
    write(tmp_path / "t.csv", "csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {"file": "a, b.mp4", "frame": "0", "minute": "0", "time": "0.5", "raw_happy": "0.25"}
    assert (rows[1]["time"], rows[1]["minute"], rows[1]["raw_happy"]) == ("", "", "1.0")


def test_an_unknown_column_is_refused(tmp_path):
    with open_table(tmp_path / "t.csv", COLUMNS, "csv") as table, pytest.raises(ValueError, match="feeling"):
        table.add({**ROWS[0], "feeling": "none"})


def test_parquet_gives_back_what_was_written(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    write(tmp_path / "t.parquet", "parquet")
    read = parquet.read_table(tmp_path / "t.parquet")
    assert read.to_pylist() == ROWS
    assert [str(kind) for kind in read.schema.types] == ["string", "int64", "int64", "double", "double"]


def test_an_empty_parquet_table_has_its_columns(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    with open_table(tmp_path / "t.parquet", COLUMNS, "parquet"):
        pass
    assert parquet.read_table(tmp_path / "t.parquet").column_names == list(COLUMNS)


def test_without_pyarrow_parquet_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingPackage, match=r"--format parquet needs .* pyarrow: pip install '\.\[analysis\]'"):
        check_format("parquet")
    check_format("csv")
