"""What the people in a recording showed, and when: a CSV or YAML file of intervals."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from fer_ros.core.emotions import canonical
from fer_ros.core.geometry import Box

COLUMNS = ("start", "end", "camera", "expression", "left", "top", "right", "bottom")
"""start and end: seconds from the first image of the bag."""
_REGION = COLUMNS[4:]
STAMPED = ("start_stamp", "end_stamp", *COLUMNS[2:])
"""The same with seconds as in the stamps of the images' headers."""


class LabelError(ValueError):
    """A label file that cannot be used; the message names file and line, what was expected and what was got."""


@dataclass(frozen=True)
class Label:
    """One interval in which somebody showed one expression.

    start, end: seconds from the first image of the bag, half-open.  camera: image topic, '' where there is only one.
    region: where the face is, in pixels of the original image; None: the largest face.
    stamped: start and end are stamps instead, as in the headers of the images.
    """

    start: float
    end: float
    expression: str
    camera: str = ""
    region: Box | None = None
    stamped: bool = False

    def from_first(self, stamp: float) -> Label:
        """Return it in seconds from the first image. stamp: that image's, seconds."""
        if not self.stamped:
            return self
        return replace(self, start=self.start - stamp, end=self.end - stamp, stamped=False)


def read_labels(path: Path) -> tuple[Label, ...]:
    """Read and check a label file, in order of time.

    CSV: a header of COLUMNS or STAMPED, of which camera and the region may be missing.  YAML: a list of mappings with
    these keys.
    Raises LabelError, also for intervals of one place that overlap, and OSError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LabelError(f"{path}: expected text in UTF-8, got {error}") from None
    rows = list(_yaml_rows(path, text) if path.suffix.lower() in (".yaml", ".yml") else _csv_rows(path, text))
    labels = sorted((_label(f"{path}: {where}", row) for where, row in rows), key=lambda label: label.start)
    if not labels:
        raise LabelError(f"{path}: expected one label or more, got none")
    if len({label.stamped for label in labels}) > 1:
        raise LabelError(f"{path}: expected either start and end or start_stamp and end_stamp in all labels, got both")
    for first, second in combinations(labels, 2):
        if second.start < first.end and _same_place(first, second):
            raise LabelError(
                f"{path}: expected one label for each place and time, got {first.expression} from {first.start:g} to "
                f"{first.end:g} s and {second.expression} from {second.start:g} s: give each its region"
            )
    return tuple(labels)


def write_labels(labels: Sequence[Label], path: Path) -> None:
    """Write labels as CSV, in the form that `read_labels` reads."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(STAMPED if any(label.stamped for label in labels) else COLUMNS)
        for label in labels:
            region = ["", "", "", ""] if label.region is None else list(label.region.as_tuple())
            writer.writerow([label.start, label.end, label.camera, label.expression, *region])


def _csv_rows(path: Path, text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    try:
        reader = csv.DictReader(text.splitlines(), strict=True)
        header = [name.strip() for name in reader.fieldnames or []]
        if not any({*names[:2], "expression"} <= set(header) <= set(names) for names in (COLUMNS, STAMPED)):
            raise LabelError(f"{path}: expected a header of {', '.join(COLUMNS)}, got {', '.join(header) or 'nothing'}")
        reader.fieldnames = header
        return [(f"line {reader.line_num}", row) for row in reader]
    except csv.Error as error:
        raise LabelError(f"{path}: expected CSV, got {error}") from None


def _yaml_rows(path: Path, text: str) -> Iterable[tuple[str, Mapping[str, Any]]]:
    try:
        values = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise LabelError(f"{path}: expected YAML, got {error}") from None
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise LabelError(f"{path}: expected a list of mappings, got {type(values).__name__}")
    # Once more, for the lines: what safe_load returns does not know them.
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    entries = root.value if isinstance(root, yaml.SequenceNode) else []
    return [(f"line {entry.start_mark.line + 1}", value) for entry, value in zip(entries, values, strict=True)]


def _label(where: str, row: Mapping[str, Any]) -> Label:
    stamped = not {"start", "end"} & set(row) and bool({"start_stamp", "end_stamp"} & set(row))
    names = STAMPED if stamped else COLUMNS
    unknown = sorted(str(name) for name in row if name not in names)
    if unknown:
        raise LabelError(f"{where}: expected {', '.join(names)}, got also {', '.join(unknown)}")
    start, end = _number(where, row, names[0]), _number(where, row, names[1])
    if not 0 <= start < end:
        raise LabelError(f"{where}: expected 0 <= start < end in seconds, got {start:g} and {end:g}")
    given = [name for name in _REGION if row.get(name) not in (None, "")]
    if given and len(given) < 4:
        raise LabelError(f"{where}: expected all of {', '.join(_REGION)} or none, got {', '.join(given)}")
    try:
        region = Box(*(_number(where, row, name) for name in _REGION)) if given else None
        expression = canonical(str(row.get("expression") or ""))
    except LabelError:
        raise
    except ValueError as error:
        raise LabelError(f"{where}: {error}") from None
    return Label(start, end, expression, str(row.get("camera") or "").strip(), region, stamped)


def _number(where: str, row: Mapping[str, Any], name: str) -> float:
    value = row.get(name)
    try:
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and math.isfinite(float(value)):
            return float(value)
    except (ValueError, OverflowError):
        pass
    raise LabelError(f"{where}: expected a number for {name}, got {value!r}")


def _same_place(first: Label, second: Label) -> bool:
    if first.camera != second.camera:
        return False
    return first.region is None or second.region is None or first.region.iou(second.region) > 0
