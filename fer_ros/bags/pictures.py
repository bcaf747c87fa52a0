"""The pictures of a session's report: what was said over time, and what was taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.patches import Patch

from fer_ros.bags.evaluation import Answer, Session
from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.types import State

_COLOURS = dict(zip(EMOTIONS, matplotlib.colormaps["tab10"].colors[: len(EMOTIONS)], strict=True))  # type: ignore[attr-defined]
_GRAY = "0.8"


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
