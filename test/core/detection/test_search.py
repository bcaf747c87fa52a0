"""Looking around known faces finds what looking everywhere finds."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from core.scenes import scene
from skimage import data

from fer_ros.core.detection import search as search_module
from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.detection.search import FaceSearch, SearchConfig, without_overlaps
from fer_ros.core.geometry import Box
from fer_ros.core.types import Face, Frame


def moving(number):
    t = number / 30
    return scene(t, (0, 280, 170 + 30 * np.sin(2 * t), 220), (1, 260, 470, 240 + 20 * np.cos(2 * t)))


def test_recall_is_that_of_a_full_search_of_every_frame():
    search, full = FaceSearch(SearchConfig(), DetectorConfig()), HaarDetector()
    known, hits, total = [], 0, 0
    for number in range(45):
        frame = moving(number)
        faces = search.find(frame, known)
        known = [face.box for face in faces] or known
        # A full search takes long: a third of the frames, near and far from the last one of ours.
        for expected in full.detect(frame.gray, 48) if number % 3 == 2 else ():
            total += 1
            hits += any(face.box.iou(expected.box) > 0.5 for face in faces)
    assert total >= 28 and hits / total >= 0.98


def test_a_new_face_is_found_within_the_interval():
    search = FaceSearch(SearchConfig(full_scan_period=0.25), DetectorConfig())
    first = search.find(scene(0.0, (0, 280, 170, 220)))
    assert len(first) == 1
    known, appeared = [first[0].box], None
    for number in range(1, 10):
        faces = search.find(scene(number / 30, (0, 280, 170, 220), (1, 260, 470, 240)), known)
        if len(faces) == 2:
            appeared = number / 30
            break
    assert appeared is not None and appeared <= 0.3


def test_between_full_searches_only_the_surroundings_are_looked_at():
    search = FaceSearch(SearchConfig(full_scan_period=5.0), DetectorConfig())
    (face,) = search.find(scene(0.0, (0, 280, 170, 220)))
    faces = search.find(scene(0.03, (0, 280, 170, 220), (1, 260, 470, 240)), [face.box])
    assert len(faces) == 1 and faces[0].box.iou(face.box) > 0.8


@pytest.mark.parametrize("kind", ["haar", "blazeface_short"])
def test_cameras_that_share_detectors_have_turns_of_their_own(kind):
    search = FaceSearch(SearchConfig(full_scan_period=5.0, confirm_cascade=""), DetectorConfig(kind=kind))
    frame = scene(0.0, (0, 280, 170, 220))
    assert len(search.find(frame)) == 1
    # The first search of all was a moment ago: this camera has been searched, another one not yet.
    later = scene(0.03, (0, 280, 170, 220))
    other = search.for_another_camera()
    assert len(other.find(later)) == 1 and not search.find(later)
    assert not other.find(scene(0.06, (0, 280, 170, 220)))


def test_a_patch_that_only_one_cascade_believes_is_no_face():
    frame = scene(0.0, (0, 280, 170, 220))
    doubtful = Face(Box(400, 300, 460, 360), 5.0)  # plain wall
    search = FaceSearch(SearchConfig(), DetectorConfig())
    real = search.find(frame)
    assert search._confirmed(frame, [*real, doubtful], []) == real
    trusting = FaceSearch(SearchConfig(confirm_cascade="", learned_assist=False), DetectorConfig())
    assert trusting._confirmed(frame, [*real, doubtful], []) == [*real, doubtful]


def test_another_face_beside_it_does_not_confirm_a_patch():
    frame = scene(0.0, (0, 280, 170, 220))
    search = FaceSearch(SearchConfig(), DetectorConfig())
    (face,) = search.find(frame)
    side = face.box.width
    beside = face.box.scaled(1.5).moved(0.6 * side, 0.6 * side)
    for box, believed in ((face.box, True), (face.box.moved(0.1 * side, 0.0), True), (beside, False)):
        claimed = [Face(box, 9.0)]
        assert search._confirmed(frame, claimed, []) == (claimed if believed else []), box


def test_a_still_face_is_never_doubted():
    search = FaceSearch(SearchConfig(), DetectorConfig())
    known = []
    for number in range(30):
        known = [face.box for face in search.find(scene(number / 10, (1, 260, 300, 240)), known)]
        assert len(known) == 1


def test_a_face_that_leaves_the_picture_does_no_harm():
    search = FaceSearch(SearchConfig(full_scan_period=5.0), DetectorConfig())
    search.find(scene(0.0, (0, 280, 170, 220)))
    assert search.find(Frame(np.full((480, 640), 90, np.uint8), 0.1), [Box(-300, -300, -200, -200)]) == []


def test_the_surer_of_two_overlapping_faces_is_kept():
    sure, unsure, apart = Face(Box(0, 0, 10, 10), 5), Face(Box(1, 1, 11, 11), 2), Face(Box(50, 0, 70, 20), 1)
    assert without_overlaps([unsure, sure, apart]) == [apart, sure]


def test_a_period_out_of_range_is_refused():
    with pytest.raises(ValueError, match="0 to 10 seconds, got -1"):
        SearchConfig(full_scan_period=-1)


def test_an_eye_that_looks_like_a_face_is_no_second_one():
    face, eye, beside = Face(Box(0, 0, 100, 100), 5), Face(Box(20, 30, 45, 55), 4), Face(Box(90, 0, 190, 100), 4)
    assert without_overlaps([eye, face]) == [face]
    assert len(without_overlaps([face, beside])) == 2


def test_a_learned_detector_confirms_what_the_second_cascade_does_not_see(monkeypatch):
    """A stranger's face that only one cascade sees: without the second opinion nobody would answer it."""
    frame = scene(0.0, (0, 280, 170, 220))
    config = SearchConfig(confirm_cascade="haarcascade_profileface")
    (face,) = FaceSearch(config, DetectorConfig()).find(frame)
    assert FaceSearch(replace(config, learned_assist=False), DetectorConfig()).find(frame) == []
    wall = Face(Box(400, 300, 460, 360), 5.0)
    assert FaceSearch(config, DetectorConfig())._confirmed(frame, [face, wall], []) == [face]


def test_without_the_learned_detector_the_cascade_decides(monkeypatch):
    """On a machine without the extra."""

    def missing(config):
        if config.kind != "haar":
            raise FileNotFoundError("BlazeFace's model files are missing")
        return HaarDetector(config)

    monkeypatch.setattr(search_module, "make_detector", missing)
    search = FaceSearch(SearchConfig(), DetectorConfig())
    assert len(search.find(scene(0.0, (0, 280, 170, 220)))) == 1


def test_a_moon_is_no_face_at_a_second_look():
    """Skimage's picture of the moon, at the places and scales where a first look takes it for faces."""
    moon = data.moon()
    robot = DetectorConfig(kind="blazeface_short")
    search, believed = FaceSearch(SearchConfig(confirm_cascade=""), robot), 0
    for left in range(0, 200, 25):
        search.reset()
        view = cv2.resize(moon[left : left + 220, left : left + 300], (640, 480))
        believed += len(search.find(Frame(np.ascontiguousarray(view))))
    assert believed == 0
