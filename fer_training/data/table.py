"""Tables as people have them: with or without a byte-order mark, separated by commas, semicolons or tabs."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fer_training.data.files import DatasetError, archive_kind

_SEPARATORS = ",;\t"
_LONGEST_FIELD = min(sys.maxsize, 2**31 - 1)


def read_table(path: Path, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by the names of its columns, both without blanks around them.

    Args:
        path: of a file in UTF-8.
        needed: columns that it must have.

    Raises:
        DatasetError: it is an archive or no table, or one of the columns is missing.

    """
    if kind := archive_kind(path):
        raise DatasetError(f"{path}: expected a CSV table, got {kind}: unpack it, or save the table as CSV")
    # A field of pixels is longer than what the module takes for a mistake; the limit is the whole process's.
    limit = csv.field_size_limit(_LONGEST_FIELD)
    try:
        # utf-8-sig: spreadsheets write a byte-order mark, which would else belong to the first column's name.
        with _readable(path), path.open(newline="", encoding="utf-8-sig") as file:
            header = file.readline()
            separator = max(_SEPARATORS, key=header.count)
            names = [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]
            missing = [name for name in needed if name not in names]
            if missing:
                raise DatasetError(
                    f"{path}: expected columns {', '.join(needed)}, got no {', '.join(missing)} among {_shown(names)}"
                )
            for cells in csv.reader(file, delimiter=separator):
                if cells:
                    # A row that is too short has no such value, as with csv.DictReader.
                    yield dict(zip(names, [*(cell.strip() for cell in cells), *([""] * len(names))], strict=False))
    finally:
        csv.field_size_limit(limit)


def _shown(names: list[str]) -> str:
    text = ", ".join(names) or "none"
    return text if len(text) < 200 else f"{text[:200]}..."


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what reading a CSV file raises into a DatasetError that names the file."""
    try:
        yield
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: expected a CSV table in UTF-8, got {error}") from None
