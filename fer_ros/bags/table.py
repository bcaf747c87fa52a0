"""Small tables as spreadsheets write them: whatever separates their columns, with the empty rows that they leave."""

from __future__ import annotations

import csv
import re
from itertools import zip_longest
from typing import Any

_SEPARATORS = (";", "\t", ",")
_DECLARED = re.compile(r"sep=(.)\s*")


def table_rows(text: str) -> tuple[list[str], list[tuple[int, dict[Any, Any]]]]:
    """Read a table with a header.

    Columns are separated by semicolons, tabs or commas, whichever the header has, or by what a first line such as
    `sep=;` declares. Names of columns are read in any case. Rows and columns without anything in them are left out.

    Args:
        text: the whole file.

    Returns:
        The names of the columns in lower case, and (number of its line, value by name) of each row. What stands in
        columns without a name is under None.

    Raises:
        csv.Error: it is no CSV.

    """
    lines = text.splitlines()
    skipped = 0
    separator = ""
    if lines and (declared := _DECLARED.fullmatch(lines[0])):
        separator, skipped = declared[1], 1
    header = lines[skipped] if len(lines) > skipped else ""
    separator = separator or next((one for one in _SEPARATORS if one in header), ",")
    reader = csv.reader(lines[skipped:], strict=True, delimiter=separator)
    names = [name.strip().lower() for name in next(reader, [])]
    rows: list[tuple[int, dict[Any, Any]]] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row: dict[Any, Any] = {name: cell for name, cell in zip(names, cells) if name}
        nameless = [cell for name, cell in zip_longest(names, cells, fillvalue="") if not name and cell.strip()]
        if nameless:
            row[None] = nameless
        rows.append((reader.line_num + skipped, row))
    return [name for name in names if name], rows
