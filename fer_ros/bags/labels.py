"""What the people in a recording showed, and when: a CSV or YAML file of intervals."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from fer_ros.bags.table import table_rows
from fer_ros.core.emotions import canonical
from fer_ros.core.geometry import Box

COLUMNS = ("start", "end", "camera", "expression", "left", "top", "right", "bottom")
"""start and end: seconds from the first image of the bag."""
_REGION = COLUMNS[4:]
_LATE = 1.0
"""Seconds: a label that ends so little after the clip is meant to last to its end."""
_SECONDS = re.compile(r"[0-9]{1,2}(\.[0-9]*)?")
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

    CSV: a header of COLUMNS or STAMPED, of which camera and the region may be missing; `table_rows` says which forms of
    it are read.  YAML: a list of mappings with these keys.  start and end: seconds, or a player's 01:05 or 1:02:03.5.
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


def outside_clip(labels: Sequence[Label], first: float, last: float) -> tuple[str, str]:
    """Say which labels no image of a clip can meet, and which end long after it.

    Args:
        labels: of the clip.
        first: stamp of its first image, seconds.
        last: stamp of its last image.

    Returns:
        Two sentences, each of them '' where there is nothing to say.

    """
    length = last - first
    placed = [label.from_first(first) for label in labels]
    outside = [label for label in placed if label.start > length or label.end <= 0]
    late = [label for label in placed if label.start <= length and label.end > length + _LATE]
    told = name_labels(outside), name_labels(late)
    return (
        told[0]
        and f"expected labels of the clip's {length:.1f} s, got {len(outside)} of {len(labels)} outside: {told[0]}",
        told[1] and f"{len(late)} of {len(labels)} labels go on after the clip's {length:.1f} s: {told[1]}",
    )


def name_labels(labels: Sequence[Label]) -> str:
    """Name the first of some labels, and how many more there are."""
    named = [f"{label.expression} from {label.start:g} to {label.end:g} s" for label in labels[:3]]
    return ", ".join(named) + (f" and {len(labels) - 3} more" if len(labels) > 3 else "")


def _csv_rows(path: Path, text: str) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        header, rows = table_rows(text)
    except csv.Error as error:
        raise LabelError(f"{path}: expected CSV, got {error}") from None
    if not any({*names[:2], "expression"} <= set(header) <= set(names) for names in (COLUMNS, STAMPED)):
        raise LabelError(f"{path}: expected a header of {', '.join(COLUMNS)}, got {', '.join(header) or 'nothing'}")
    return [(f"line {line}", row) for line, row in rows]


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
    # A stamp is no place in a player.
    read = _number if stamped else _time
    start, end = read(where, row, names[0]), read(where, row, names[1])
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


def _time(where: str, row: Mapping[str, Any], name: str) -> float:
    """Return seconds, of a number or of minutes and seconds as a player shows them."""
    value = row.get(name)
    parts = str(value).strip().split(":")
    if len(parts) == 1:
        return _number(where, row, name)
    minutes, seconds = parts[:-1], parts[-1].replace(",", ".")
    whole = all(part.isascii() and part.isdigit() for part in minutes) and len(minutes) < 3
    if whole and _SECONDS.fullmatch(seconds) and float(seconds) < 60 and all(int(part) < 60 for part in minutes[1:]):
        return sum(60.0 ** (power + 1) * int(part) for power, part in enumerate(reversed(minutes))) + float(seconds)
    raise LabelError(f"{where}: expected seconds, or a time such as 01:05 or 1:02:03.5, for {name}, got {value!r}")


def _number(where: str, row: Mapping[str, Any], name: str) -> float:
    value = row.get(name)
    # A comma that stands here is a decimal one: it separates no columns, or it would not have come through.
    text = value.replace(",", ".") if isinstance(value, str) else value
    try:
        if isinstance(text, (str, int, float)) and not isinstance(text, bool) and math.isfinite(float(text)):
            return float(text)
    except (ValueError, OverflowError):
        pass
    raise LabelError(f"{where}: expected a number for {name}, got {value!r}")


def _same_place(first: Label, second: Label) -> bool:
    if first.camera != second.camera:
        return False
    return first.region is None or second.region is None or first.region.iou(second.region) > 0
