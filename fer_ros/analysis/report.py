"""report.html: one file with everything in it, which opens by double-click and loads nothing from elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from fer_ros.analysis.expressions import UNCERTAIN
from fer_ros.analysis.style import STYLE
from fer_ros.core.palette import COLOURS

MOST_ROWS = 300
"""Rows of a table that are shown; the rest is in the files."""
MOST_SHOWN = 50
"""Annotated pictures that are shown; all of them are in their folder."""
_NOTE = (
    "What is recognised is what a face <em>shows</em>, not what a person feels. A track is one face over a stretch of "
    "time, not an identity: somebody who leaves and comes back has two."
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
        f"<h1>What the faces showed</h1><p class='note'>{_NOTE}</p>",
        _left_out(report),
        _section("What was read", _read(report.read)),
        _section("Over time", _timeline(report)) if report.timeline else "",
        _section("Expressions", _legend(report.labels) + _expressions(report)),
        _section("Faces in pictures", _pictures(report)) if report.pictures else "",
        _section("Pictures", _shown(report.shown) + _more(report.shown_left_off)) if report.shown else "",
        _section("How it was made", _facts(report)),
    ]
    # Nothing may be loaded or run: whatever stands in a file's name stays text.
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        "<meta name='viewport' content='width=device-width, initial-scale=1'><link rel='icon' href='data:,'>"
        f"<title>What the faces showed</title><style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(filter(None, parts))
        + "\n</main></body></html>\n"
    )


def _section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>"


def _read(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "<p>Nothing.</p>"
    return _table(rows[:MOST_ROWS]) + _more(len(rows) - MOST_ROWS)


def _left_out(report: Report) -> str:
    text = f"<section class='warning'><h2>Left out</h2>{_list(report.left_out)}</section>" if report.left_out else ""
    return text + (f"<details><summary>Notes</summary>{_list(report.notes)}</details>" if report.notes else "")


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _timeline(report: Report) -> str:
    left_off = f"<p>Not drawn: {escape(report.timeline_left_off)}.</p>" if report.timeline_left_off else ""
    return (
        f"<img class='chart' alt='A band for each face over time; the same in numbers below' "
        f"src='data:image/png;base64,{base64.b64encode(report.timeline).decode()}'>{left_off}"
    )


def _legend(labels: Sequence[str]) -> str:
    marks = [f"<span><i style='background:{COLOURS[label]}'></i>{label}</span>" for label in labels]
    return f"<p class='legend'>{''.join(marks)}<span><i class='{UNCERTAIN}'></i>{UNCERTAIN}</span></p>"


def _expressions(report: Report) -> str:
    """Return a row for each track and minute, with its shares as a bar and in words."""
    rows = [
        {
            "file": row["file"],
            **({"camera": row["camera"]} if any(other["camera"] for other in report.expressions) else {}),
            "face": row["track"] or ("all faces" if row["minute"] is None else "not tracked"),
            "minute": "" if row["minute"] is None else row["minute"],
            "seen": f"{row['faces']} faces" if row["seconds"] is None else f"{row['seconds']:.1f} s",
            "expressions": _Html(_bar(row, report.labels)),
        }
        for row in report.expressions[:MOST_ROWS]
    ]
    if not rows:
        return "<p>No face was found.</p>"
    return _table(rows) + _more(len(report.expressions) - len(rows))


def _bar(row: Mapping[str, Any], labels: Sequence[str]) -> str:
    shares = [(name, row[f"{name}_share"]) for name in (*labels, UNCERTAIN) if row[f"{name}_share"] > 0]
    parts = "".join(
        f"<i class='{name}' style='flex-grow:{share}'></i>"
        if name == UNCERTAIN
        else f"<i style='flex-grow:{share};background:{COLOURS[name]}'></i>"
        for name, share in shares
    )
    words = ", ".join(f"{name} {share:.0%}" for name, share in sorted(shares, key=lambda item: -item[1]))
    return f"<div class='bar' aria-hidden='true'>{parts}</div>{words}"


def _pictures(report: Report) -> str:
    rows = [
        {
            "picture": f"{row['file']}/{row['picture']}" if row["picture"] else row["file"],
            "box": f"{row['left']:.0f}, {row['top']:.0f} to {row['right']:.0f}, {row['bottom']:.0f}",
            "expression": f"{row['label']} {row['confidence']:.0%}",
            "in doubt because": row["reasons"],
        }
        for row in report.pictures
    ]
    return _table(rows) + _more(report.pictures_left_off)


def _shown(shown: Iterable[tuple[str, bytes]]) -> str:
    return "".join(
        f"<figure><img class='people' alt='{escape(caption, quote=True)}, with boxes and expressions' "
        f"src='data:image/jpeg;base64,{base64.b64encode(data).decode()}'><figcaption>{escape(caption)}</figcaption></figure>"
        for caption, data in shown
    )


def _facts(report: Report) -> str:
    rows = [{"": name, "value": value} for name, value in report.facts.items()]
    rows.append({"": "files", "value": ", ".join(report.files)})
    cells = "".join(f"<tr><th scope='row'>{escape(r[''])}</th><td>{escape(r['value'])}</td></tr>" for r in rows)
    return f"<div class='scroll'><table class='facts'>{cells}</table></div>"


def _more(count: int) -> str:
    return f"<p>And {count} more in the files beside this report.</p>" if count > 0 else ""


class _Html(str):
    """Text that is HTML already."""


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows of the same columns as a table; everything but `_Html` is escaped."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{v if isinstance(v, _Html) else escape(str(v))}</td>" for v in row.values()) + "</tr>"
        for row in rows
    )
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
