"""Annotated videos keep the time of what they show."""

import cv2
import numpy as np
import pytest

from fer_ros.analysis.annotated import AnnotatedWriter
from fer_ros.analysis.faces import AnalyzedFrame
from fer_ros.core import Frame


def shot(level, time, camera="", size=(48, 64), picture=""):
    frame = Frame.from_gray(np.full(size, level, np.uint8))
    return AnalyzedFrame(frame, (), (), picture, camera, 0, time)


def levels(path):
    capture = cv2.VideoCapture(str(path))
    found = []
    while (read := capture.read())[0]:
        found.append(round(float(read[1].mean()) / 50) * 50)
    return found


def test_every_image_stands_at_its_own_time(tmp_path):
    """At ten a second: one missing image is filled by the one before it, and of two in one slot the first is kept."""
    with AnnotatedWriter(tmp_path, "clip", 10, 5) as writer:
        for time, level in ((5.0, 50), (5.1, 100), (5.3, 150), (5.34, 200), (5.4, 250)):
            writer.add(shot(level, time))
    assert levels(tmp_path / "clip.mp4") == [50, 100, 100, 150, 250]


@pytest.mark.parametrize("later", [1e9, -1e9])
def test_a_jump_of_the_clock_does_not_become_hours_of_video(tmp_path, later):
    with AnnotatedWriter(tmp_path, "clip", 10, 5) as writer:
        writer.add(shot(50, 0.0))
        writer.add(shot(100, later))
        writer.add(shot(150, later + 0.1))
    assert len(levels(tmp_path / "clip.mp4")) <= 12


def test_each_camera_has_a_video_inside_the_folder(tmp_path):
    with AnnotatedWriter(tmp_path / "out", "bag", 0, 5) as writer:
        for camera in ("/../left", "/right/image_raw"):
            writer.add(shot(50, 0.0, camera))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"bag._left.mp4", "bag.right_image_raw.mp4"}


def test_a_picture_of_another_size_is_scaled_into_the_video(tmp_path):
    with AnnotatedWriter(tmp_path, "clip", 10, 5) as writer:
        writer.add(shot(50, 0.0))
        writer.add(shot(150, 0.1, size=(96, 32)))
    assert levels(tmp_path / "clip.mp4") == [50, 150]


def test_a_report_gets_the_first_pictures_and_the_number_of_the_others(tmp_path):
    with AnnotatedWriter(tmp_path, "photos", 0, 2) as writer:
        for number in range(5):
            writer.add(shot(50, None, picture=f"{number}.png"))
    assert [caption for caption, _ in writer.shown] == ["0.png", "1.png"] and writer.left_off == 3
    assert len(list((tmp_path / "photos").iterdir())) == 5
