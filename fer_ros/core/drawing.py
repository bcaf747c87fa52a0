"""A picture with boxes, ids, expressions and probability bars, readable at 640x480; its panels hide no face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import cv2
import numpy as np

from fer_ros.core.lettering import width_of, write
from fer_ros.core.palette import COLOURS, DARK, LIGHT, UNCERTAIN, ink, rgb
from fer_ros.core.placement import Region, place_in_corner, place_near
from fer_ros.core.types import Frame, Reasons, Rgb, State, TrackedFace

_GRAY, _DARK, _LIGHT = rgb(UNCERTAIN), rgb(DARK), rgb(LIGHT)
_DARKENED = 0.28  # brightness that a panel leaves to the picture under it


class _Trust(Enum):
    """How far an answer can be relied on; the value is what the legend says. A box tells them apart without colour."""

    SURE = "sure"  # a thick closed box in the expression's colour
    SINGLE = "this picture alone"  # a thin closed box in that colour
    UNCERTAIN = "uncertain"  # a gray box of dashes

    @classmethod
    def of(cls, face: TrackedFace) -> _Trust:
        if face.state is State.STABLE and face.label:
            return cls.SURE
        return cls.SINGLE if face.state is State.RAW and not face.reasons else cls.UNCERTAIN


@dataclass(frozen=True)
class _Style:
    """Sizes for one picture, in pixels."""

    letters: int
    line: int
    row: int
    width: int
    pen: int

    @classmethod
    def of(cls, frame: Frame) -> _Style:
        """Return letters of 13 pixels at 640x480, larger on larger pictures and never smaller than 11."""
        letters = max(11, round(13 * min(frame.width / 640, frame.height / 480)))
        return cls(letters, round(1.65 * letters), round(1.3 * letters), round(12 * letters), max(2, letters // 5))


def annotate(frame: Frame, faces: Sequence[TrackedFace]) -> Rgb:
    """Draw the faces of a frame on a copy of it.

    Each face has a box and near it a panel: id and expression, and a bar with its percentage for each label. A panel
    lies where it hides no face if there is such a place, and shrinks to its first line before it hides one. What is
    sure is in the expression's colour; what is not is gray and hatched, with the reasons. A legend of the boxes stands
    in a corner where it hides nothing.

    Args:
        frame: the picture that the faces were found in.
        faces: what `Pipeline.process` or `Pipeline.look` returned for it.

    Returns:
        (H, W, 3) uint8 RGB.

    """
    picture = frame.rgb.copy()
    style = _Style.of(frame)
    size = frame.width, frame.height
    boxes = [_region(face) for face in faces]
    for face, box in zip(faces, boxes, strict=True):
        _draw_box(picture, box, _colour(face), _Trust.of(face), style.pen)
    taken = list(boxes)
    for face, box in zip(faces, boxes, strict=True):
        place, full = _place(box, taken, size, style, face)
        _draw_panel(picture, place, face, full, style)
        taken.append(place)
    if faces:
        _draw_legend(picture, taken, style)
    return picture


def _region(face: TrackedFace) -> Region:
    left, top, right, bottom = (round(value) for value in face.box.as_tuple())
    return left, top, right, bottom


def _colour(face: TrackedFace) -> tuple[int, int, int]:
    return _GRAY if _Trust.of(face) is _Trust.UNCERTAIN else rgb(COLOURS[face.label])


def _place(
    box: Region, taken: Sequence[Region], size: tuple[int, int], style: _Style, face: TrackedFace
) -> tuple[Region, bool]:
    """Return where a face's panel hides least, and whether there is room for its bars."""
    rows = len(face.probabilities) + bool(face.reasons)
    hidden, place = place_near(box, taken, size, (style.width, style.line + rows * style.row + 3))
    if not hidden:
        return place, True
    return place_near(box, taken, size, (style.width, style.line))[1], False


def _draw_box(picture: Rgb, box: Region, colour: tuple[int, int, int], trust: _Trust, pen: int) -> None:
    """Draw a box with a dark edge, so that it stands out of any background."""
    left, top, right, bottom = box
    thickness = {_Trust.SURE: pen + 2, _Trust.SINGLE: max(1, pen - 1), _Trust.UNCERTAIN: pen}[trust]
    corners = ((left, top), (right - 1, top), (right - 1, bottom - 1), (left, bottom - 1))
    for line, width in ((_DARK, thickness + 2), (colour, thickness)):
        for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
            if trust is _Trust.UNCERTAIN:
                _draw_dashes(picture, start, end, line, width, 5 * pen)
            else:
                cv2.line(picture, start, end, line, width)


def _draw_dashes(
    picture: Rgb, start: tuple[int, int], end: tuple[int, int], colour: tuple[int, int, int], width: int, dash: int
) -> None:
    """Draw a line of dashes that begins and ends with one, so that a box keeps its corners."""
    (x, y), (to_x, to_y) = start, end
    count = max(1, round(max(abs(to_x - x), abs(to_y - y)) / dash) // 2 * 2 + 1)
    points = [(round(x + (to_x - x) * n / count), round(y + (to_y - y) * n / count)) for n in range(count + 1)]
    for number in range(0, count, 2):
        cv2.line(picture, points[number], points[number + 1], colour, width)


def _draw_panel(picture: Rgb, place: Region, face: TrackedFace, full: bool, style: _Style) -> None:
    """Draw id and expression, and where there is room a bar for each label, on a darkened part of the picture."""
    left, top, right, bottom = place
    trust, colour = _Trust.of(face), _colour(face)
    _darken(picture, place)
    if trust is _Trust.SURE:
        picture[top : top + style.line, left:right] = colour
    elif trust is _Trust.UNCERTAIN:
        _hatch(picture[top : top + style.line, left:right], style.pen)
    else:
        cv2.rectangle(picture, (left, top), (right - 1, top + style.line - 1), colour, 1)
    letters = rgb(ink(COLOURS[face.label])) if trust is _Trust.SURE else _LIGHT
    room = right - left - 10
    write(picture, _title(face, full), (left + 5, top + style.line // 2), style.letters, letters, room)
    if not full:
        return
    y = top + style.line
    if face.reasons:
        write(picture, str(face.reasons), (left + 5, y + style.row // 2 + 1), style.letters - 1, _LIGHT, room)
        y += style.row
    for label, probability in face.probabilities:
        bar = _GRAY if trust is _Trust.UNCERTAIN else rgb(COLOURS[label])
        _draw_bar(picture, (left, y, right), label, probability, bar, style)
        y += style.row


def _draw_bar(
    picture: Rgb, row: Region | tuple[int, int, int], label: str, probability: float, colour: tuple[int, int, int],
    style: _Style,
) -> None:  # fmt: skip
    """Draw name, bar and percentage of a label. row: left, top and right."""
    left, top, right = row[:3]
    small = style.letters - 1
    names, share = round(4.9 * small), round(2.8 * small)
    write(picture, label, (left + 5, top + style.row // 2 + 1), small, _LIGHT, names - 7)
    start, end = left + names, right - share
    length = round((end - start) * probability)
    picture[top + 4 : top + style.row - 2, start : max(start + 1, start + length)] = colour
    percent = f"{probability:.0%}"
    place = right - 5 - width_of(percent, small), top + style.row // 2 + 1
    write(picture, percent, place, small, _LIGHT, share)


def _draw_legend(picture: Rgb, taken: Sequence[Region], style: _Style) -> None:
    """Draw what the boxes mean into a corner where it hides neither a face nor a panel; else leave it out."""
    small = max(11, style.letters - 2)
    mark = style.row
    widths = [mark + 6 + width_of(trust.value, small) + 14 for trust in _Trust]
    size = picture.shape[1], picture.shape[0]
    place = place_in_corner(taken, size, (sum(widths) + 4, style.row + 8))
    if place is None:
        return
    _darken(picture, place)
    left, top, _, bottom = place
    for trust, width in zip(_Trust, widths, strict=True):
        box = left + 6, top + 6, left + 6 + mark, bottom - 6
        _draw_box(picture, box, _GRAY if trust is _Trust.UNCERTAIN else _LIGHT, trust, max(2, style.pen - 1))
        write(picture, trust.value, (left + mark + 12, (top + bottom) // 2), small, _LIGHT, width)
        left += width


def _darken(picture: Rgb, place: Region) -> None:
    left, top, right, bottom = place
    part = picture[top:bottom, left:right]
    part[:] = (part * _DARKENED).astype(np.uint8)


def _hatch(part: Rgb, pen: int) -> None:
    """Draw slanted lines over a part of a picture: what is uncertain is never a solid colour."""
    rows, columns = np.indices(part.shape[:2])
    part[(rows + columns) % (5 * pen) < pen] = tuple(value // 2 for value in _GRAY)


def _title(face: TrackedFace, full: bool) -> str:
    """Return id and expression in words; of one that is uncertain, the reasons where they stand nowhere else."""
    if _Trust.of(face) is _Trust.UNCERTAIN:
        said = str(face.reasons) if face.reasons != Reasons.NONE and not full else _Trust.UNCERTAIN.value
    else:
        said = f"{face.label} {face.confidence:.0%}"
    return f"{face.track_id} {said}".strip()
