"""Tables as CSV, written row by row, or as Parquet, which needs the extra 'analysis'."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol

from fer_ros.analysis.rows import MissingPackage

FORMATS = ("csv", "parquet")
# Rows that Parquet writes at once: enough to compress well, few enough to hold.
_GROUP = 20_000
_TEXT = ("file", "picture", "camera", "track", "label", "raw_label", "state", "reasons")
_WHOLE = ("frame", "minute", "faces")


class Table(Protocol):
    """A file that takes rows by the names of its columns; a context manager."""

    def add(self, row: Mapping[str, Any]) -> None:
        """Write a row."""

    def __enter__(self) -> Table:
        """Return it."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""


def open_table(path: Path, columns: Sequence[str], form: str) -> Table:
    """Open a new table.

    Args:
        path: of the file.
        columns: their names, in order.
        form: one of FORMATS.

    Raises:
        MissingPackage: Parquet was asked for and its packages are not installed.
        OSError: the file cannot be written.

    """
    return CsvTable(path, columns) if form == "csv" else ParquetTable(path, columns)


def check_format(form: str) -> None:
    """Raise MissingPackage where a format needs packages that are not installed."""
    if form == "parquet":
        _pyarrow()


class CsvTable:
    """A table as CSV; what is None is left empty."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Write the header."""
        self._file: IO[str] = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.DictWriter(self._file, columns)
        self._writer.writeheader()

    def add(self, row: Mapping[str, Any]) -> None:
        """Write a row. Raises ValueError for a column that the table lacks."""
        self._writer.writerow(row)

    def __enter__(self) -> CsvTable:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()


class ParquetTable:
    """A table as Parquet, with a type for each column: text, whole numbers or numbers."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        """Open the file."""
        pyarrow, parquet = _pyarrow()
        kinds = {**dict.fromkeys(_TEXT, pyarrow.string()), **dict.fromkeys(_WHOLE, pyarrow.int64())}
        self._pyarrow = pyarrow
        self._schema = pyarrow.schema([(name, kinds.get(name, pyarrow.float64())) for name in columns])
        self._writer = parquet.ParquetWriter(path, self._schema)
        self._rows: list[Mapping[str, Any]] = []

    def add(self, row: Mapping[str, Any]) -> None:
        """Take a row; it is written with many others."""
        self._rows.append(row)
        if len(self._rows) >= _GROUP:
            self._flush()

    def __enter__(self) -> ParquetTable:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is left, and close the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._pyarrow.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise MissingPackage("pyarrow", "--format parquet") from None
    return pyarrow, pyarrow.parquet
