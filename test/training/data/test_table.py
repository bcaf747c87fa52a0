"""A table is read as spreadsheets and people write it."""

import csv

import pytest

from fer_training.data.dataset import DatasetError
from fer_training.data.table import read_table

ROWS = [{"emotion": "0", "pixels": "1 2 3"}, {"emotion": "6", "pixels": "4 5 6"}]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [",", ";", "\t", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_and_byte_order_marks_change_nothing(tmp_path, mark, separator, end):
    lines = [separator.join(row) for row in (("emotion", "pixels"), *(row.values() for row in ROWS), ())]
    (tmp_path / "a.csv").write_bytes((mark + end.join(lines) + end).encode())
    assert list(read_table(tmp_path / "a.csv", ("emotion", "pixels"))) == ROWS


def test_quoted_cells_hold_separators(tmp_path):
    (tmp_path / "a.csv").write_text('emotion;"pixels"\n0;"1;2"\n')
    assert list(read_table(tmp_path / "a.csv", ("pixels",))) == [{"emotion": "0", "pixels": "1;2"}]


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path):
    (tmp_path / "a.csv").write_text("label;pixels\n0;1\n")
    with pytest.raises(DatasetError, match="expected columns emotion, pixels, got no emotion among label, pixels"):
        list(read_table(tmp_path / "a.csv", ("emotion", "pixels")))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04 rest", "expected a CSV table, got a ZIP archive: unpack it, or save the table as CSV"),
        ("emotion,pixels\n0,1\n".encode("utf-16"), "expected a CSV table in UTF-8"),
        (b"", "got no emotion among none"),
    ],
)
def test_what_is_no_table_is_said(tmp_path, data, message):
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(DatasetError, match=message):
        list(read_table(tmp_path / "a.csv", ("emotion",)))


def test_long_fields_are_read_and_the_limit_of_the_process_stays(tmp_path):
    (tmp_path / "a.csv").write_text(f"emotion\n{'7 ' * 200_000}\n")
    before = csv.field_size_limit()
    (row,) = read_table(tmp_path / "a.csv", ("emotion",))
    assert len(row["emotion"]) == 399_999 and csv.field_size_limit() == before
