"""report.html of a session, and of several: everything on one page that opens by double-click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

import numpy as np

from fer_ros.bags.evaluation import Session
from fer_ros.bags.scoring import TITLES, IntervalScore, Score, Share, percent, shares
from fer_ros.core import html_report as html
from fer_ros.core.wording import counted

_NOTE = (
    "How often the answers were what somebody labelled. Neighbouring images are alike: the intervals of images are "
    "narrower than they should be, those of labels are not. An uncertain answer is no wrong one."
)
_LONGEST = 500
"""Labels that the page lists; all of them are in report.json."""


def session_page(session: Session, score: Score, facts: Mapping[str, str], drawn: Sequence[bytes], problem: str) -> str:
    """Return the page of one session.

    Args:
        session: what was answered.
        score: how good that was.
        facts: what it was evaluated with.
        drawn: timeline, confusion of each image by itself, confusion of stable answers; PNG.
        problem: what must not be overlooked, or ''.

    """
    timeline, raw, smoothed = drawn
    left_out = [
        f"{counted(count, 'image')} could not be used: {session.why[kind]}" for kind, count in session.refused.items()
    ]
    intervals = score.intervals[:_LONGEST]
    more = len(score.intervals) - len(intervals)
    return html.to_page(
        f"Evaluation of {facts.get('bag', 'a recorded session')}",
        [
            html.warning("To be known first", [*filter(None, [problem]), *left_out, *session.notes]),
            html.section(
                "How often it was right", html.table([_share(*one) for one in shares(score).items()], _NUMBERS)
            ),
            html.section("Over time", html.picture(timeline, "Labels, and a band for each face, over the seconds")),
            html.section(
                "What was taken for what",
                html.picture(raw, "Confusion matrix of each image by itself", kind="small")
                + html.picture(smoothed, "Confusion matrix of the stable answers", kind="small"),
            ),
            html.section(
                "Labels",
                html.table([_interval(one, len(session.cameras) > 1) for one in intervals], _OF_INTERVAL)
                + (html.paragraph(f"And {more} more in report.json.") if more else "")
                + html.paragraph(f"Changes of the track id within a label: {score.id_switches}."),
            ),
            html.section("Time of an image, ms", html.table(_times(session), ("mean", "p50", "p95"))),
            html.section("How it was made", html.facts({**facts, "cameras": ", ".join(session.cameras)})),
            html.notes([f"{topic} ({kind})" for topic, kind in session.skipped], "Topics that were not read"),
        ],
        _NOTE,
    )


def summary_page(sessions: Sequence[tuple[str, Score | None, str]], together: Mapping[str, Share]) -> str:
    """Return the page of several sessions.

    Args:
        sessions: name, which is its folder's too, score (None where there is none), and why it is incomplete or ''.
        together: the shares over all of them.

    """
    rows = [
        {"session": _link(name, score), **_percents(shares(score) if score else None)} for name, score, _ in sessions
    ]
    return html.to_page(
        f"Evaluation of {len(sessions)} recorded sessions",
        [
            html.warning("To be known first", [error for *_, error in sessions if error]),
            html.section("Sessions", html.table([*rows, {"session": "together", **_percents(together)}])),
        ],
        _NOTE,
    )


_NUMBERS = ("share", "of")
_OF_INTERVAL = (
    "from, s", "to, s", "images", "with face", "right by itself", "stable", "right", "uncertain", "stable after, s",
    "id changes",
)  # fmt: skip


def _share(name: str, value: Share) -> dict[str, object]:
    low, high = value.interval or (0.0, 0.0)
    return {
        "what": TITLES[name],
        "share": "none" if value.value is None else f"{100 * value.value:.1f} %",
        "95 % interval": f"{100 * low:.1f} to {100 * high:.1f}" if value.interval else "",
        "of": f"{value.right} of {value.total}",
    }


def _interval(one: IntervalScore, several: bool) -> dict[str, object]:
    after = "never" if one.time_to_stable is None else f"{one.time_to_stable:.2f}"
    values = (
        f"{one.label.start:g}", f"{one.label.end:g}", one.frames, one.seen, one.raw, one.stable, one.stable_right,
        one.uncertain, after, one.id_switches,
    )  # fmt: skip
    row: dict[str, object] = dict(zip(_OF_INTERVAL, values, strict=True))
    camera = {"camera": one.label.camera} if several else {}
    return {"expression": one.label.expression, "decided": one.decided or "nothing", **camera, **row}


def _times(session: Session) -> list[dict[str, object]]:
    parts = {"whole": session.seconds, **session.stages} if session.frames else {}
    rows: list[dict[str, object]] = []
    for name, seconds in parts.items():
        values = 1e3 * np.asarray(seconds)
        measured = {"mean": values.mean(), "p50": np.median(values), "p95": np.percentile(values, 95)}
        rows.append({"part": name, **{what: f"{value:.2f}" for what, value in measured.items()}})
    return rows


def _percents(values: Mapping[str, Share] | None) -> dict[str, object]:
    return {title: percent(values[name]) if values else "" for name, title in TITLES.items()}


def _link(name: str, score: Score | None) -> object:
    if score is None:
        return name
    # A name that HTML or an address would take for something else stays a name.
    return html.Html(f"<a href='{quote(name)}/{html.NAME}'>{escape(name)}</a>")
