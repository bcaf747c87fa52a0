"""A picture of what each face showed over time: full colour where that is stable, thin and hatched where it is not."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from fer_ros.analysis.expressions import Key, Span
from fer_ros.core.palette import COLOURS, EDGE, LIGHT, UNCERTAIN

MOST_TRACKS, MOST_INPUTS = 20, 30
"""Tracks of an input, and inputs, that are drawn: more would make a picture that nobody can read."""
_HATCH = "////"
_DOTS_PER_INCH = 100


@dataclass(frozen=True)
class Band:
    """What is drawn of one input: its name, and the spans of each track."""

    name: str
    spans: dict[Key, list[Span]]


def draw_timeline(bands: Sequence[Band], labels: Sequence[str]) -> tuple[bytes, str]:
    """Draw a panel for each input with a band for each track.

    Args:
        bands: one for each input with times and faces, at least one.
        labels: of the model.

    Returns:
        The picture as PNG, and what was left off it in words, or ''.

    """
    drawn = [_Panel.of(band) for band in bands[:MOST_INPUTS]]
    rows = [max(1, len(panel.tracks)) for panel in drawn]
    figure = Figure(figsize=(11, 0.9 + sum(0.75 + 0.32 * count for count in rows)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(drawn), 1, squeeze=False, gridspec_kw={"height_ratios": [2 + n for n in rows]})
    for axes, panel in zip(panels[:, 0], drawn, strict=True):
        panel.draw(axes)
    panels[-1, 0].set_xlabel("seconds")
    handles = [Patch(facecolor=COLOURS[label], edgecolor=EDGE[LIGHT], linewidth=0.5) for label in labels]
    handles.append(Patch(facecolor=LIGHT, edgecolor=UNCERTAIN, hatch=_HATCH, linewidth=0))
    figure.legend(
        handles, [*labels, "uncertain"], loc="outside upper center", ncols=len(handles), fontsize="small", frameon=False
    )
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DOTS_PER_INCH)
    return file.getvalue(), _left_off(bands, drawn)


@dataclass(frozen=True)
class _Panel:
    """One input with the tracks that were seen longest, in the order in which they appeared."""

    name: str
    tracks: list[tuple[str, list[Span]]]
    left_off: int

    @classmethod
    def of(cls, band: Band) -> _Panel:
        longest = sorted(band.spans.items(), key=lambda item: -sum(span.end - span.start for span in item[1]))
        kept = sorted(longest[:MOST_TRACKS], key=lambda item: item[1][0].start)
        cameras = {camera for _, camera, _ in band.spans}
        named = [(_name(key, len(cameras) > 1), spans) for key, spans in kept]
        return cls(band.name, named, len(longest) - len(kept))

    def draw(self, axes: Any) -> None:
        for place, (_, spans) in enumerate(self.tracks):
            sure = [span for span in spans if span.sure]
            axes.broken_barh(
                [(span.start, span.end - span.start) for span in sure], (place - 0.4, 0.8),
                facecolors=[COLOURS[span.label] for span in sure], edgecolors=EDGE[LIGHT], linewidth=0.5,
            )  # fmt: skip
            axes.broken_barh(
                [(span.start, span.end - span.start) for span in spans if not span.sure], (place - 0.15, 0.3),
                facecolors=LIGHT, edgecolors=UNCERTAIN, hatch=_HATCH, linewidth=0,
            )  # fmt: skip
        axes.set_yticks(range(len(self.tracks)), [name for name, _ in self.tracks])
        axes.set_ylim(len(self.tracks) - 0.4, -0.6)
        axes.set_xlim(left=0)
        axes.set_title(self.name, loc="left", fontsize="medium")


def _name(key: Key, several_cameras: bool) -> str:
    _, camera, track = key
    return " ".join(filter(None, (track or "not tracked", camera if several_cameras else "")))


def _left_off(bands: Sequence[Band], drawn: Sequence[_Panel]) -> str:
    parts = [
        f"{panel.left_off} of {panel.left_off + len(panel.tracks)} faces of {panel.name}, those seen for the shortest"
        for panel in drawn
        if panel.left_off
    ]
    if len(bands) > len(drawn):
        parts.append(f"{len(bands) - len(drawn)} more inputs")
    return "; ".join(parts)
