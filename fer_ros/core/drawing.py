"""A picture with boxes, ids, expressions and probability bars, readable at 640x480."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from fer_ros.core.types import Expression, Frame, Rgb, State, TrackedFace

# How far an expression can be relied on, told by colour and by the box: closed where it stands, corners only where not.
_COLOURS = {State.RAW: (110, 190, 255), State.STABLE: (90, 230, 90), State.UNCERTAIN: (255, 180, 40)}
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_DARKENED = 0.35  # brightness that a panel leaves to the picture under it

Region = tuple[int, int, int, int]
"""left, top, right, bottom in pixels, half-open."""


@dataclass(frozen=True)
class _Style:
    """Sizes for one picture, in pixels."""

    font: float
    line: int
    row: int
    width: int

    @classmethod
    def of(cls, frame: Frame) -> _Style:
        """Return letters of 9 pixels at 640x480, larger on larger pictures and never smaller."""
        font = max(0.4, 0.4 * min(frame.width / 640, frame.height / 480))
        return cls(font, round(40 * font), round(31 * font), round(330 * font))


def annotate(frame: Frame, faces: Sequence[TrackedFace]) -> Rgb:
    """Draw the faces of a frame on a copy of it.

    Each face has a box and beside it a panel: id, expression, and a bar for each label. A panel lies where it hides no
    face if there is such a place, and shrinks to its first line before it hides one.

    Args:
        frame: the picture that the faces were found in.
        faces: what `Pipeline.process` or `Pipeline.look` returned for it.

    Returns:
        (H, W, 3) uint8 RGB.

    """
    picture = frame.rgb.copy()
    style = _Style.of(frame)
    boxes = [_region(face) for face in faces]
    for face, box in zip(faces, boxes, strict=True):
        _draw_box(picture, box, _COLOURS[face.state], face.state is State.UNCERTAIN, style)
    taken = list(boxes)
    for face, box in zip(faces, boxes, strict=True):
        place, full = _place(box, taken, (frame.width, frame.height), style, len(face.raw.probabilities))
        _draw_panel(picture, place, face, full, style)
        taken.append(place)
    return picture


def _region(face: TrackedFace) -> Region:
    left, top, right, bottom = (round(value) for value in face.box.as_tuple())
    return left, top, right, bottom


def _place(
    box: Region, taken: Sequence[Region], size: tuple[int, int], style: _Style, rows: int
) -> tuple[Region, bool]:
    """Return where a face's panel hides least, and whether there is room for its bars."""
    full = _best(box, taken, size, (style.width, style.line + rows * style.row))
    if not full[0]:
        return full[1], True
    line = _best(box, taken, size, (style.width, style.line))
    return line[1], False


def _best(box: Region, taken: Sequence[Region], size: tuple[int, int], panel: tuple[int, int]) -> tuple[int, Region]:
    """Return the pixels of faces and other panels that the best place would hide, and that place."""
    left, top, right, bottom = box
    width, height = panel
    corners = [
        *((left, bottom + 1), (left, top - height - 1), (right + 1, top), (left - width - 1, top)),
        *((right - width, bottom + 1), (right - width, top - height - 1)),
        *((right + 1, bottom - height), (left - width - 1, bottom - height)),
        # No room around it: on the face itself, at its lower edge, so that the eyes stay free.
        (left, bottom - height),
    ]
    inside = [(_clamped(x, size[0] - width), _clamped(y, size[1] - height)) for x, y in corners]
    places = [(x, y, x + width, y + height) for x, y in inside]
    costs = [sum(_overlap(place, other) for other in taken) for place in places]
    best = int(np.argmin(costs))
    return costs[best], places[best]


def _clamped(value: int, highest: int) -> int:
    return max(0, min(value, highest))


def _overlap(a: Region, b: Region) -> int:
    return max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))


def _draw_box(picture: Rgb, box: Region, colour: tuple[int, int, int], corners_only: bool, style: _Style) -> None:
    """Draw a box with a dark edge, so that it stands out of any background."""
    left, top, right, bottom = box
    thickness = max(2, round(4 * style.font))
    for line, width in ((_BLACK, thickness + 2), (colour, thickness)):
        if not corners_only:
            cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), line, width)
            continue
        x, y = (right - left) // 4, (bottom - top) // 4
        for (cx, dx), (cy, dy) in (
            ((left, x), (top, y)), ((right - 1, -x), (top, y)),
            ((left, x), (bottom - 1, -y)), ((right - 1, -x), (bottom - 1, -y)),
        ):  # fmt: skip
            cv2.line(picture, (cx, cy), (cx + dx, cy), line, width)
            cv2.line(picture, (cx, cy), (cx, cy + dy), line, width)


def _draw_panel(picture: Rgb, place: Region, face: TrackedFace, full: bool, style: _Style) -> None:
    """Draw id and expression, and where there is room a bar for each label, on a darkened part of the picture."""
    left, top, right, bottom = place
    colour = _COLOURS[face.state]
    shown = face.expression
    part = picture[top:bottom, left:right]
    part[:] = (part * _DARKENED).astype(np.uint8)
    part[: style.line] = colour
    title = f"{face.track_id} {_named(shown, face)}".strip()
    _write(picture, title, (left + 3, top + style.line - round(12 * style.font)), style.font, _BLACK, right - left - 6)
    for row, (label, probability) in enumerate(shown.probabilities if full else ()):
        y = top + style.line + row * style.row
        names = (right - left) * 2 // 5
        length = round((right - left - names - 3) * probability)
        bar = picture[y + 2 : y + style.row - 1, left + names : left + names + length]
        bar[:] = colour if label == shown.label else (200, 200, 200)
        base = (left + 3, y + style.row - round(8 * style.font))
        _write(picture, label, base, style.font * 0.9, _WHITE, names - 5)


def _named(shown: Expression, face: TrackedFace) -> str:
    """Return the expression in words; a doubtful one has a question mark, and the reasons if there are any."""
    if face.state is State.UNCERTAIN:
        doubt = str(face.reasons) or f"{shown.confidence:.0%}"
        return f"{shown.label}? {doubt}" if shown.label else str(face.reasons) or "uncertain"
    return f"{shown.label} {shown.confidence:.0%}"


def _write(
    picture: Rgb, text: str, base: tuple[int, int], font: float, colour: tuple[int, int, int], room: int
) -> None:
    """Write a line of text, smaller where it would be longer than its room."""
    width = cv2.getTextSize(text, _FONT, font, 1)[0][0]
    cv2.putText(picture, text, base, _FONT, font * min(1.0, room / max(width, 1)), colour, 1, cv2.LINE_AA)
