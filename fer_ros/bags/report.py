"""What a session leaves behind for people and programs: a report in Markdown and JSON, with its pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fer_ros.bags.evaluation import Session
from fer_ros.bags.frame_table import FRAMES
from fer_ros.bags.html_page import session_page, summary_page
from fer_ros.bags.pictures import save_confusion, save_timeline
from fer_ros.bags.scoring import TITLES, Score, Share, percent, shares
from fer_ros.core.html_report import NAME

REPORT, DATA = "report.md", "report.json"
SUMMARY, SUMMARY_DATA = "summary.md", "summary.json"
TIMELINE, RAW_CONFUSION, SMOOTHED_CONFUSION = "timeline.png", "confusion_raw.png", "confusion_smoothed.png"
FILES = (NAME, REPORT, DATA, FRAMES, TIMELINE, RAW_CONFUSION, SMOOTHED_CONFUSION)
"""What stands in the folder of a session."""
SUMMARY_FILES = (NAME, SUMMARY, SUMMARY_DATA)
"""What stands in the folder of several sessions, beside theirs."""


def write_report(
    session: Session, score: Score, facts: dict[str, str], seconds: float, folder: Path, problem: str = ""
) -> None:
    """Write report.html, report.md, report.json and the pictures into a folder.

    facts: what the session was evaluated with.  seconds: that the evaluation took in all.  problem: what the reader
    must not overlook, or ''.
    """
    data = {"facts": facts, **_data(session, score, seconds)}
    (folder / DATA).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    save_timeline(session, folder / TIMELINE)
    for counts, title, name in (
        (score.raw_confusion, "each image by itself", RAW_CONFUSION),
        (score.smoothed_confusion, "stable answers", SMOOTHED_CONFUSION),
    ):
        save_confusion(counts, score.names, title, folder / name)
    (folder / REPORT).write_text(_markdown(session, score, facts, seconds, problem), encoding="utf-8")
    drawn = [(folder / name).read_bytes() for name in (TIMELINE, RAW_CONFUSION, SMOOTHED_CONFUSION)]
    page = session_page(session, score, {**facts, "images": _amount(session, seconds)}, drawn, problem)
    (folder / NAME).write_text(page, encoding="utf-8")


def write_summary(sessions: Sequence[tuple[str, Score | None, str]], folder: Path) -> None:
    """Write report.html, summary.md and summary.json of several sessions, each with a report in a folder of its name.

    sessions: name, score (None where there is none), and why it is incomplete or ''.
    """
    scores = [score for _, score, _ in sessions if score is not None]
    together = {
        name: Share(sum(s[name].right for s in map(shares, scores)), sum(s[name].total for s in map(shares, scores)))
        for name in TITLES
    }
    data = {
        "together": {name: _share(value) for name, value in together.items()},
        "sessions": [
            {
                "name": name,
                "incomplete": error,
                **({} if score is None else {key: _share(value) for key, value in shares(score).items()}),
            }
            for name, score, error in sessions
        ],
    }
    (folder / SUMMARY_DATA).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    lines = [
        f"# Evaluation of {len(sessions)} recorded sessions",
        "",
        f"| session | {' | '.join(TITLES.values())} | |",
        "|---" * (len(TITLES) + 2) + "|",
    ]
    for name, score, error in sessions:
        where = name if score is None else f"[{name}]({name}/{REPORT})"
        cells = [""] * len(TITLES) if score is None else [percent(value) for value in shares(score).values()]
        lines.append(f"| {' | '.join([where, *cells, error])} |")
    lines += [f"| {' | '.join(['together', *map(percent, together.values()), ''])} |", ""]
    (folder / SUMMARY).write_text("\n".join(lines), encoding="utf-8")
    (folder / NAME).write_text(summary_page(sessions, together), encoding="utf-8")


def _share(value: Share) -> dict[str, Any]:
    return {"right": value.right, "total": value.total, "share": value.value, "interval": value.interval}


def _data(session: Session, score: Score, seconds: float) -> dict[str, Any]:
    return {
        "incomplete": session.incomplete,
        "frames": session.frames,
        "refused": dict(session.refused),
        "skipped_topics": [list(topic) for topic in session.skipped],
        "seconds": {"recorded": session.length, "evaluation": seconds},
        "images_per_second": session.frames / seconds if seconds else 0.0,
        "first_stamp": session.first,
        "by_recording_time": session.by_recording,
        "ms_per_image": {name: _times(values) for name, values in _stages(session).items()},
        **{name: _share(value) for name, value in shares(score).items()},
        "id_switches": score.id_switches,
        "intervals": [
            {
                "start": i.label.start,
                "end": i.label.end,
                "camera": i.label.camera,
                "expression": i.label.expression,
                "region": None if i.label.region is None else i.label.region.as_tuple(),
                "frames": i.frames,
                "seen": i.seen,
                "raw_right": i.raw,
                "stable": i.stable,
                "stable_right": i.stable_right,
                "uncertain": i.uncertain,
                "decided": i.decided,
                "decided_raw": i.decided_raw,
                "time_to_stable": i.time_to_stable,
                "id_switches": i.id_switches,
            }
            for i in score.intervals
        ],
        "labels": list(score.names),
        "raw_confusion": score.raw_confusion.tolist(),
        "smoothed_confusion": score.smoothed_confusion.tolist(),
    }


def _stages(session: Session) -> dict[str, Sequence[float]]:
    return {"whole": session.seconds, **session.stages} if session.frames else {}


def _times(seconds: Sequence[float]) -> dict[str, float]:
    values = 1e3 * np.asarray(seconds)
    return {"mean": float(values.mean()), "p50": float(np.median(values)), "p95": float(np.percentile(values, 95))}


def _markdown(session: Session, score: Score, facts: dict[str, str], seconds: float, problem: str) -> str:
    lines = ["# Evaluation of a recorded session", ""]
    if session.incomplete:
        lines += [f"**Incomplete:** {session.incomplete}. What follows is of the images before that.", ""]
    elif problem:
        lines += [f"**To be known first:** {problem}.", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += [
        f"- cameras: {', '.join(session.cameras)}",
        f"- images: {_amount(session, seconds)}",
        *(f"- {note}" for note in session.notes),
        *(f"- images that could not be used: {n} ({session.why[kind]})" for kind, n in session.refused.items()),
        *(f"- not read: {topic} ({kind})" for topic, kind in session.skipped),
        "",
        "| what | share | 95 % interval | of |",
        "|---|---|---|---|",
        *(_row(TITLES[name], value) for name, value in shares(score).items()),
        "",
        f"Changes of the track id within a label: {score.id_switches}. Neighbouring images are alike: the intervals of "
        "images are narrower than they should be, those of labels are not.",
        "",
        "## Labels",
        "",
        "| from, s | to, s | camera | expression | images | with face | right by itself | stable | right | uncertain | "
        "decided | stable after, s | id changes |",
        "|---" * 13 + "|",
    ]
    for i in score.intervals:
        after = "never" if i.time_to_stable is None else f"{i.time_to_stable:.2f}"
        lines.append(
            f"| {i.label.start:g} | {i.label.end:g} | {i.label.camera} | {i.label.expression} | {i.frames} | {i.seen} "
            f"| {i.raw} | {i.stable} | {i.stable_right} | {i.uncertain} | {i.decided or 'nothing'} | {after} | "
            f"{i.id_switches} |"
        )
    lines += [
        "",
        f"![what each face was said to show]({TIMELINE})",
        "",
        f"![confusion, each image by itself]({RAW_CONFUSION}) ![confusion, stable answers]({SMOOTHED_CONFUSION})",
        "",
        "## Time of an image, ms",
        "",
        "| part | mean | p50 | p95 |",
        "|---|---|---|---|",
    ]
    for name, values in _stages(session).items():
        times = _times(values)
        lines.append(f"| {name} | {times['mean']:.2f} | {times['p50']:.2f} | {times['p95']:.2f} |")
    lines += ["", f"Every face of every image is in [{FRAMES}]({FRAMES}).", ""]
    return "\n".join(lines)


def _amount(session: Session, seconds: float) -> str:
    speed, rate = (session.length / seconds, session.frames / seconds) if seconds else (0.0, 0.0)
    return (
        f"{session.frames} answered, over {session.length:.1f} s; evaluated in {seconds:.1f} s: {rate:.0f} images/s, "
        f"{speed:.1f} times real time"
    )


def _row(what: str, share: Share) -> str:
    if share.value is None or share.interval is None:
        return f"| {what} | none | | 0 |"
    low, high = share.interval
    return (
        f"| {what} | {100 * share.value:.1f} % | {100 * low:.1f} to {100 * high:.1f} | {share.right} of {share.total} |"
    )
