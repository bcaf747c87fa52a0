"""A picture with boxes, ids, expressions and probability bars, readable at 640x480."""

from __future__ import annotations

from collections.abc import Sequence

import cv2

from fer_ros.core.types import Expression, Frame, Rgb, State, TrackedFace

_COLOURS = {State.RAW: (80, 200, 255), State.STABLE: (80, 230, 80), State.UNCERTAIN: (255, 190, 60)}
_FONT = cv2.FONT_HERSHEY_SIMPLEX


def annotate(frame: Frame, faces: Sequence[TrackedFace], labels: Sequence[str]) -> Rgb:
    """Return the frame as a new (H, W, 3) uint8 RGB picture with its faces marked."""
    picture = frame.rgb.copy()
    scale = max(0.4, min(frame.width, frame.height) / 1000)
    for face in faces:
        _mark(picture, face, labels, scale)
    return picture


def _mark(picture: Rgb, face: TrackedFace, labels: Sequence[str], scale: float) -> None:
    colour = _COLOURS[face.state]
    left, top, right, bottom = (round(value) for value in face.face.box.as_tuple())
    cv2.rectangle(picture, (left, top), (right, bottom), colour, 2)
    shown = face.smoothed or face.raw
    text = f"{face.track_id} {shown.label or 'uncertain'} {shown.confidence:.0%}".strip()
    (width, height), base = cv2.getTextSize(text, _FONT, scale, 1)
    # Above the box where there is room, else inside it.
    y = top - base if top - height - 2 * base >= 0 else top + height + base
    x = max(0, min(left, picture.shape[1] - width))
    cv2.rectangle(picture, (x, y - height - base), (x + width, y + base), colour, cv2.FILLED)
    cv2.putText(picture, text, (x, y), _FONT, scale, (0, 0, 0), 1, cv2.LINE_AA)
    _bars(picture, shown, labels, (left, bottom), right - left, colour, scale)


def _bars(
    picture: Rgb,
    expression: Expression,
    labels: Sequence[str],
    corner: tuple[int, int],
    room: int,
    colour: tuple[int, int, int],
    scale: float,
) -> None:
    """Draw one bar a class under the box."""
    line = round(22 * scale) + 4
    width = max(room, round(170 * scale))
    x, y = corner
    x = max(0, min(x, picture.shape[1] - width))
    y = min(y + 2, picture.shape[0] - line * len(labels))
    for row, (label, probability) in enumerate(zip(labels, expression.probabilities, strict=True)):
        top = y + row * line
        length = round(width * float(probability))
        cv2.rectangle(picture, (x, top + 1), (x + length, top + line - 2), colour, cv2.FILLED)
        cv2.putText(picture, label, (x + 2, top + line - 4), _FONT, scale * 0.9, (0, 0, 0), 2, cv2.LINE_AA)
        cv2.putText(picture, label, (x + 2, top + line - 4), _FONT, scale * 0.9, (255, 255, 255), 1, cv2.LINE_AA)
