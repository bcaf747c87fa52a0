"""report.html: one file with everything in it, which opens by double-click and loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fer_ros.analysis.expressions import UNCERTAIN
from fer_ros.core import html_report
from fer_ros.core.html_report import Html, paragraph, picture, section, table
from fer_ros.core.wording import counted

MOST_ROWS = 300
"""Rows of a table that are shown; the rest is in the files."""
MOST_SHOWN = 50
"""Annotated pictures that are shown; all of them are in their folder."""
_NOTE = Html(
    "What is recognised is what a face <em>shows</em>, not what a person feels. A track is one face over a stretch of "
    "time, not an identity: somebody who leaves and comes back has two."
)

_SHARES = Html(
    "A share is how much of the time in which a face was seen it showed an expression (of single pictures: for how "
    "many of the faces). It is no probability. <em>Uncertain</em> is when no expression stood out, or the face was too "
    "dark, blurred, small or turned away."
)


@dataclass
class Report:
    """What stands in the report.

    Attributes:
        facts: what the inputs were analysed with, by name; the command among them.
        labels: of the model.
        read: a row for each input, by the names of its columns.
        left_out: what could not be read, with its name and why.
        notes: what is worth a word though nothing is missing.
        expressions: rows of the table of expressions.
        pictures: the first faces of still pictures, as dicts.
        pictures_left_off: how many faces of pictures are not among them.
        timeline: PNG, empty where nothing has times.
        timeline_left_off: what is not drawn in it, in words.
        shown: annotated pictures as JPEG, with captions; only where they were asked for.
        shown_left_off: how many are not among them.
        files: what was written beside the report.

    """

    facts: dict[str, str]
    labels: tuple[str, ...]
    read: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    expressions: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[dict[str, Any]] = field(default_factory=list)
    pictures_left_off: int = 0
    timeline: bytes = b""
    timeline_left_off: str = ""
    shown: list[tuple[str, bytes]] = field(default_factory=list)
    shown_left_off: int = 0
    files: list[str] = field(default_factory=list)


def to_html(report: Report) -> str:
    """Return the report as one HTML document."""
    parts = [
        html_report.warning("Left out", report.left_out),
        html_report.notes(report.notes),
        section("What was read", _read(report.read)),
        section("Over time", _timeline(report)) if report.timeline else "",
        section("Expressions", html_report.legend(report.labels) + paragraph(_SHARES) + _expressions(report)),
        section("Faces in pictures", _pictures(report)) if report.pictures else "",
        section("Pictures", _shown(report.shown) + _more(report.shown_left_off)) if report.shown else "",
        section("How it was made", html_report.facts({**report.facts, "files": ", ".join(report.files)})),
    ]
    return html_report.to_page("What the faces showed", parts, _NOTE)


def _read(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return paragraph("Nothing.")
    return table(rows[:MOST_ROWS]) + _more(len(rows) - MOST_ROWS)


def _timeline(report: Report) -> str:
    left_off = paragraph(f"Not drawn: {report.timeline_left_off}.") if report.timeline_left_off else ""
    return picture(report.timeline, "A band for each face over time; the same in numbers below") + left_off


def _expressions(report: Report) -> str:
    """Return a row for each track and minute, with its shares as a bar and in words."""
    rows = [
        {
            "file": row["file"],
            **({"camera": row["camera"]} if any(other["camera"] for other in report.expressions) else {}),
            "face": row["track"] or ("all faces" if row["minute"] is None else "not tracked"),
            "minute": "" if row["minute"] is None else row["minute"],
            "seen": counted(row["faces"], "face") if row["seconds"] is None else f"{row['seconds']:.1f} s",
            "share of it": html_report.bar({name: row[f"{name}_share"] for name in (*report.labels, UNCERTAIN)}),
        }
        for row in report.expressions[:MOST_ROWS]
    ]
    if not rows:
        return paragraph("No face was found.")
    return table(rows) + _more(len(report.expressions) - len(rows))


def _pictures(report: Report) -> str:
    rows = [
        {
            "picture": f"{row['file']}/{row['picture']}" if row["picture"] else row["file"],
            "box": f"{row['left']:.0f}, {row['top']:.0f} to {row['right']:.0f}, {row['bottom']:.0f}",
            "expression and its probability": _answer(row),
            "uncertain because": row["reasons"],
        }
        for row in report.pictures
    ]
    return table(rows) + _more(report.pictures_left_off)


def _answer(row: Mapping[str, Any]) -> str:
    """Return what a still face shows; where something speaks against it, no more than what it may be."""
    likely = f"{row['label']} {row['confidence']:.0%}"
    return f"uncertain, most likely {likely}" if row["reasons"] else likely


def _shown(shown: Iterable[tuple[str, bytes]]) -> str:
    return "".join(
        picture(data, f"{caption}, with boxes and expressions", caption, "people", "jpeg") for caption, data in shown
    )


def _more(count: int) -> str:
    return paragraph(f"And {count} more in the files beside this report.") if count > 0 else ""
