"""The pictures of a session's report: what was said over time, and what was taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from fer_ros.bags.evaluation import Answer, Session
from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.palette import COLOURS, EDGE, LIGHT, UNCERTAIN
from fer_ros.core.types import State

_HATCH = "////"  # of what is uncertain: never a solid colour
_Span = tuple[float, float, str]
"""Start and end in seconds, and the expression, '' where it is uncertain."""


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
    figure, axes = _empty(11, 1.2 + 0.35 * len(rows))
    for place, label in enumerate(session.labels):
        _draw(axes, place, [(label.start, label.end, label.expression)])
    step = session.length * len(session.cameras) / max(1, session.frames - len(session.cameras))
    for place, (_, answers) in enumerate(longest, start=len(session.labels)):
        _draw(axes, place, _spans(answers, step))
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.set_xlabel("seconds from the first image")
    handles = [Patch(facecolor=colour, edgecolor=EDGE[LIGHT], linewidth=0.5) for colour in COLOURS.values()]
    handles.append(Patch(facecolor=LIGHT, edgecolor=UNCERTAIN, hatch=_HATCH, linewidth=0))
    figure.legend(
        handles, [*EMOTIONS, "uncertain"], loc="outside upper center", ncols=9, fontsize="small", frameon=False
    )
    figure.savefig(path, dpi=90)


def _empty(width: float, height: float) -> tuple[Figure, Any]:
    """Return a figure of so many inches and its axes: drawn into memory, whatever backend a program has chosen."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


def _draw(axes: Any, place: int, spans: Sequence[_Span]) -> None:
    """Draw spans into one row: those with an expression in its colour, the uncertain ones thin and hatched."""
    sure = [span for span in spans if span[2]]
    axes.broken_barh(
        [(start, end - start) for start, end, _ in sure], (place - 0.4, 0.8),
        facecolors=[COLOURS[label] for *_, label in sure], edgecolors=EDGE[LIGHT], linewidth=0.5,
    )  # fmt: skip
    axes.broken_barh(
        [(start, end - start) for start, end, label in spans if not label], (place - 0.15, 0.3),
        facecolors=LIGHT, edgecolors=UNCERTAIN, hatch=_HATCH, linewidth=0,
    )  # fmt: skip


def _spans(answers: Sequence[Answer], step: float) -> list[_Span]:
    """Return the stretches without a gap or another label. step: seconds of one image."""
    spans: list[_Span] = []
    for answer in answers:
        label, start = _label(answer), answer.time
        if spans and spans[-1][2] == label and answer.time - spans[-1][1] < step:
            start = spans.pop()[0]
        spans.append((start, answer.time + step, label))
    return spans


def _label(answer: Answer) -> str:
    """Return the expression that counts as shown, '' where it is uncertain."""
    face = answer.face
    assert face is not None
    if face.smoothed is None:
        return face.raw.label
    return face.smoothed.label if face.state is State.STABLE else ""


def save_confusion(counts: npt.NDArray[np.int64], names: Sequence[str], title: str, path: Path) -> None:
    """Draw a confusion matrix: rows are the labels, columns the answers, each cell a share of its row and a count."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = _empty(5.4, 5.0)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(len(names)):
        for column in range(len(names)):
            if counts[row, column]:
                colour = "white" if shares[row, column] > 0.5 else "black"
                text = f"{shares[row, column]:.0%}\n{counts[row, column]}"
                axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=7)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), [f"{name} ({n})" for name, n in zip(names, counts.sum(axis=1), strict=True)])
    axes.set_xlabel("answered")
    axes.set_ylabel("labelled (images)")
    axes.set_title(title, fontsize="medium")
    figure.savefig(path, dpi=90)
