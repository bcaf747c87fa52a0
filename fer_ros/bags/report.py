"""What a session leaves behind: a row for each face of each image, and a report in Markdown, JSON and pictures."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import matplotlib
import numpy as np
import numpy.typing as npt

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.patches import Patch

from fer_ros.bags.evaluation import Answer, Session
from fer_ros.bags.labels import Label
from fer_ros.bags.scoring import Score, Share
from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.types import State

FRAMES, REPORT, DATA = "frames.csv", "report.md", "report.json"
SUMMARY, SUMMARY_DATA = "summary.md", "summary.json"
TIMELINE, RAW_CONFUSION, SMOOTHED_CONFUSION = "timeline.png", "confusion_raw.png", "confusion_smoothed.png"
_FACE = ("track_id", "left", "top", "right", "bottom", "detection_score", "raw_label", "raw_confidence",
         "smoothed_label", "smoothed_confidence", "state", "reasons")  # fmt: skip
_JUDGED = ("expected", "raw_right", "smoothed_right")
_COLOURS = dict(zip(EMOTIONS, matplotlib.colormaps["tab10"].colors[: len(EMOTIONS)], strict=True))  # type: ignore[attr-defined]
_GRAY = "0.8"


class FrameTable:
    """frames.csv: one row for each face of each image, and for each labelled image without its face."""

    def __init__(self, file: IO[str], names: Sequence[str], labels: Sequence[Label]) -> None:
        """Write the header. names: the model's labels, in the order of its probabilities."""
        self._writer = csv.writer(file)
        self._labels = labels
        self._names = names
        probabilities = [f"raw_{name}" for name in names] + [f"smoothed_{name}" for name in names]
        self._writer.writerow(["camera", "stamp", "time", *_FACE, *_JUDGED, *probabilities])

    def add(self, answers: Sequence[Answer]) -> None:
        """Write the answers of one image."""
        for answer in answers:
            expected = "" if answer.label is None else self._labels[answer.label].expression
            self._writer.writerow(
                [answer.camera, f"{answer.stamp:.6f}", f"{answer.time:.3f}", *self._face(answer, expected)]
            )

    def _face(self, answer: Answer, expected: str) -> list[Any]:
        face = answer.face
        if face is None:
            return [""] * len(_FACE) + [expected, "", ""] + [""] * 2 * len(self._names)
        smoothed = face.smoothed
        right = face.state is State.STABLE and smoothed is not None and smoothed.label == expected
        return [
            face.track_id,
            *(f"{value:.1f}" for value in face.face.box.as_tuple()),
            f"{face.face.score:.3f}",
            face.raw.label,
            f"{face.raw.confidence:.4f}",
            "" if smoothed is None else smoothed.label,
            "" if smoothed is None else f"{smoothed.confidence:.4f}",
            face.state.name,
            int(face.reasons),
            expected,
            int(face.raw.label == expected) if expected else "",
            int(right) if expected else "",
            *(f"{p:.4f}" for p in face.raw.probabilities),
            *([""] * len(self._names) if smoothed is None else (f"{p:.4f}" for p in smoothed.probabilities)),
        ]


def write_report(session: Session, score: Score, facts: dict[str, str], seconds: float, folder: Path) -> None:
    """Write report.md, report.json and the pictures into a folder.

    facts: what the session was evaluated with.  seconds: that the evaluation took in all.
    """
    data = {"facts": facts, **_data(session, score, seconds)}
    (folder / DATA).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    save_timeline(session, folder / TIMELINE)
    for counts, title, name in (
        (score.raw_confusion, "each image by itself", RAW_CONFUSION),
        (score.smoothed_confusion, "stable answers", SMOOTHED_CONFUSION),
    ):
        save_confusion(counts, score.names, title, folder / name)
    (folder / REPORT).write_text(_markdown(session, score, facts, seconds), encoding="utf-8")


def write_summary(sessions: Sequence[tuple[str, Score | None, str]], folder: Path) -> None:
    """Write summary.md and summary.json of several sessions, each with a report in a folder of its name.

    sessions: name, score (None where there is none), and why it is incomplete or ''.
    """
    scores = [score for _, score, _ in sessions if score is not None]
    together = {
        name: Share(sum(s[name].right for s in map(shares, scores)), sum(s[name].total for s in map(shares, scores)))
        for name in _TITLES
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
        f"| session | {' | '.join(_TITLES.values())} | |",
        "|---" * (len(_TITLES) + 2) + "|",
    ]
    for name, score, error in sessions:
        where = name if score is None else f"[{name}]({name}/{REPORT})"
        cells = [""] * len(_TITLES) if score is None else [_percent(value) for value in shares(score).values()]
        lines.append(f"| {' | '.join([where, *cells, error])} |")
    lines += [f"| {' | '.join(['together', *map(_percent, together.values()), ''])} |", ""]
    (folder / SUMMARY).write_text("\n".join(lines), encoding="utf-8")


_TITLES = {
    "coverage": "labelled images with a face",
    "raw_accuracy": "right, each image by itself",
    "smoothed_answered": "images with a stable answer",
    "smoothed_accuracy": "right, of the stable answers",
    "intervals_raw": "labels right by most of their images",
    "intervals_right": "labels right by most of their stable answers",
}


def shares(score: Score) -> dict[str, Share]:
    """Return the shares of a score by their names in report.json, in the order of the report."""
    values = (
        score.coverage, score.raw, score.answered, score.smoothed, score.intervals_raw, score.intervals_right,
    )  # fmt: skip
    return dict(zip(_TITLES, values, strict=True))


def _share(value: Share) -> dict[str, Any]:
    return {"right": value.right, "total": value.total, "share": value.value, "interval": value.interval}


def _percent(value: Share) -> str:
    return "none" if value.value is None else f"{100 * value.value:.1f} % of {value.total}"


def _data(session: Session, score: Score, seconds: float) -> dict[str, Any]:
    return {
        "incomplete": session.incomplete,
        "frames": session.frames,
        "refused": dict(session.refused),
        "skipped_topics": [list(topic) for topic in session.skipped],
        "seconds": {"recorded": session.length, "evaluation": seconds},
        "images_per_second": session.frames / seconds if seconds else 0.0,
        "first_stamp": session.first,
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


def _markdown(session: Session, score: Score, facts: dict[str, str], seconds: float) -> str:
    lines = ["# Evaluation of a recorded session", ""]
    if session.incomplete:
        lines += [f"**Incomplete:** {session.incomplete}. What follows is of the images before that.", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    speed, rate = (session.length / seconds, session.frames / seconds) if seconds else (0.0, 0.0)
    lines += [
        f"- cameras: {', '.join(session.cameras)}",
        f"- images: {session.frames} answered, over {session.length:.1f} s; evaluated in {seconds:.1f} s: {rate:.0f} "
        f"images/s, {speed:.1f} times real time",
        *(f"- images that could not be used ({kind}): {count}" for kind, count in session.refused.items()),
        *(f"- not read: {topic} ({kind})" for topic, kind in session.skipped),
        "",
        "| what | share | 95 % interval | of |",
        "|---|---|---|---|",
        *(_row(_TITLES[name], value) for name, value in shares(score).items()),
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


def _row(what: str, share: Share) -> str:
    if share.value is None or share.interval is None:
        return f"| {what} | none | | 0 |"
    low, high = share.interval
    return (
        f"| {what} | {100 * share.value:.1f} % | {100 * low:.1f} to {100 * high:.1f} | {share.right} of {share.total} |"
    )


def save_timeline(session: Session, path: Path) -> None:
    """Draw what each track was said to show over time, under what its labels say."""
    tracks: dict[tuple[str, str], list[Answer]] = {}
    for answer in session.answers:
        if answer.face is not None:
            # Untracked faces of one moment would cover each other in one row.
            untracked = "untracked" if answer.label is None else f"at label {answer.label + 1}"
            tracks.setdefault((answer.camera, answer.face.track_id or untracked), []).append(answer)
    rows = [f"label {i + 1}" for i in range(len(session.labels))]
    # Faces seen for a moment only would push the others off the picture.
    longest = sorted(tracks.items(), key=lambda item: -len(item[1]))[:20]
    rows += [f"{track} {camera if len(session.cameras) > 1 else ''}".strip() for (camera, track), _ in longest]
    figure, axes = plt.subplots(figsize=(11, 1.2 + 0.35 * len(rows)), layout="constrained")
    for place, label in enumerate(session.labels):
        axes.barh(place, label.end - label.start, left=label.start, color=_COLOURS[label.expression], height=0.8)
    step = session.length * len(session.cameras) / max(1, session.frames - len(session.cameras))
    for place, (_, answers) in enumerate(longest, start=len(session.labels)):
        spans = _spans(answers, step)
        places = [(start, end - start) for start, end, _ in spans]
        axes.broken_barh(places, (place - 0.4, 0.8), facecolors=[colour for *_, colour in spans], linewidth=0)
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.set_xlabel("seconds from the first image")
    handles = [Patch(color=colour) for colour in (*_COLOURS.values(), _GRAY)]
    figure.legend(
        handles, [*EMOTIONS, "uncertain"], loc="outside upper center", ncols=9, fontsize="small", frameon=False
    )
    figure.savefig(path, dpi=90)
    plt.close(figure)


def _spans(answers: Sequence[Answer], step: float) -> list[tuple[float, float, Any]]:
    """Return (start, end, colour) of the stretches without a gap or another colour. step: seconds of one image."""
    spans: list[tuple[float, float, Any]] = []
    for answer in answers:
        colour, start = _colour(answer), answer.time
        if spans and spans[-1][2] == colour and answer.time - spans[-1][1] < step:
            start = spans.pop()[0]
        spans.append((start, answer.time + step, colour))
    return spans


def _colour(answer: Answer) -> Any:
    face = answer.face
    assert face is not None
    if face.smoothed is None:
        return _COLOURS[face.raw.label]
    return _COLOURS[face.smoothed.label] if face.state is State.STABLE else _GRAY


def save_confusion(counts: npt.NDArray[np.int64], names: Sequence[str], title: str, path: Path) -> None:
    """Draw a confusion matrix: rows are the labels, columns the answers, each cell its count."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(4.6, 4.4), layout="constrained")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(len(names)):
        for column in range(len(names)):
            if counts[row, column]:
                colour = "white" if shares[row, column] > 0.5 else "black"
                axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("answered")
    axes.set_ylabel("labelled")
    axes.set_title(title, fontsize="medium")
    figure.savefig(path, dpi=90)
    plt.close(figure)
