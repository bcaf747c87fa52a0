"""The timeline tells stable from uncertain, and says what it leaves off."""

import cv2
import numpy as np

from fer_ros.analysis import timeline
from fer_ros.analysis.expressions import Span
from fer_ros.analysis.timeline import Band, draw_timeline
from fer_ros.core import EMOTIONS
from fer_ros.core.palette import COLOURS


def drawn(bands):
    data, left_off = draw_timeline(bands, EMOTIONS)
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), left_off


def share(picture, colour):
    wanted = [int(colour[place : place + 2], 16) for place in (5, 3, 1)]
    return float((picture == wanted).all(axis=2).mean())


def band(*spans, name="a.mp4"):
    return Band(name, {(name, "", "abcde"): list(spans)})


def test_every_expression_has_a_colour_of_its_own():
    assert set(COLOURS) == set(EMOTIONS) and len(set(COLOURS.values())) == len(EMOTIONS)


def test_only_what_is_stable_has_its_full_colour():
    sure, left_off = drawn([band(Span(0, 9, "happy", True), Span(9, 10, "sad", True))])
    unsure, _ = drawn([band(Span(0, 9, "happy", False), Span(9, 10, "sad", True))])
    assert share(sure, COLOURS["happy"]) > 10 * share(unsure, COLOURS["happy"])
    assert share(unsure, COLOURS["sad"]) > 0.005
    assert left_off == ""


def test_what_is_not_drawn_is_said(monkeypatch):
    """With low limits: panels take long to draw."""
    monkeypatch.setattr(timeline, "MOST_TRACKS", 4)
    monkeypatch.setattr(timeline, "MOST_INPUTS", 2)
    many = {("a.mp4", "", f"face{n}"): [Span(n, n + 1 + n / 100, "happy", True)] for n in range(7)}
    _, left_off = drawn([Band("a.mp4", many)])
    assert left_off == "3 of 7 faces of a.mp4, those seen for the shortest"
    _, left_off = drawn([band(Span(0, 1, "happy", True), name=f"{n}.mp4") for n in range(4)])
    assert left_off == "2 more inputs"
