"""Detectors find the faces of known pictures at the right place."""

import cv2
import numpy as np
import pytest
from pictures import serious, smiling, two_faces

from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.factory import make_detector
from fer_ros.core.detection.haar import HaarDetector, load_cascade
from fer_ros.core.geometry import Box

# Where the cascade sees them at full resolution.
FACES = {"smiling": (smiling, Box(177, 66, 272, 161)), "serious": (serious, Box(155, 104, 379, 328))}


def gray(picture):
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


@pytest.mark.parametrize("kind", ["haar", "blazeface_full", "blazeface_short"])
@pytest.mark.parametrize("person", FACES)
def test_a_face_is_framed_alike_by_every_detector(kind, person):
    picture, expected = FACES[person]
    faces = make_detector(DetectorConfig(kind=kind)).detect(gray(picture()), 48)
    assert len(faces) == 1
    assert faces[0].box.iou(expected) > 0.6


def test_a_learned_detector_finds_a_tilted_head_that_the_cascade_misses():
    picture = gray(smiling())
    turn = cv2.getRotationMatrix2D((225, 113), 35, 1.0)
    tilted = cv2.warpAffine(picture, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
    near = [f for f in HaarDetector().detect(tilted, 60) if f.box.iou(Box(177, 66, 272, 161)) > 0.3]
    assert not near
    faces = make_detector(DetectorConfig(kind="blazeface_short")).detect(tilted, 60)
    assert any(f.box.iou(Box(177, 66, 272, 161)) > 0.5 for f in faces)


def test_less_of_a_score_is_enough_where_a_face_is_expected():
    detector = make_detector(DetectorConfig(kind="blazeface_short"))
    (face,) = detector.detect(gray(smiling()), 48)
    around = [round(edge) for edge in face.box.scaled(1.9).as_tuple()]
    cut = cv2.resize(
        gray(smiling())[around[1] : around[3], around[0] : around[2]], (64, 64), interpolation=cv2.INTER_AREA
    )
    counts = []
    for contrast in np.linspace(1.0, 0.0, 400):
        faded = (128 + contrast * (cut.astype(float) - 128)).astype(np.uint8)
        counts.append((len(detector.look(faded)), len(detector.look(faded, expected=True))))
    assert counts[0] == (1, 1) and counts[-1] == (0, 0) and (0, 1) in counts
    assert (1, 0) not in counts


@pytest.mark.parametrize("shape", [(512, 256), (256, 512), (300, 512)])
@pytest.mark.parametrize("kind", ["blazeface_full", "blazeface_short"])
def test_a_learned_detector_sees_a_picture_of_any_shape_alike(kind, shape):
    height, width = shape
    picture = gray(smiling())
    top, left = max(0, min(113 - height // 2, 512 - height)), max(0, min(225 - width // 2, 512 - width))
    detector = make_detector(DetectorConfig(kind=kind))
    (expected,) = detector.detect(picture, 48)
    (face,) = detector.detect(picture[top : top + height, left : left + width], 48)
    face = face.moved(left, top)
    assert face.box.iou(expected.box) > 0.85
    assert face.landmarks.nose == pytest.approx(expected.landmarks.nose, abs=5)


def test_sizes_outside_the_range_are_not_looked_for():
    both = gray(two_faces())
    sizes = [face.box.width for face in HaarDetector().detect(both, 48)]
    assert len([s for s in sizes if s < 110]) >= 1 and len([s for s in sizes if s > 140]) >= 1
    assert all(face.box.width >= 140 for face in HaarDetector().detect(both, 140))
    assert all(face.box.width <= 110 for face in HaarDetector().detect(both, 48, 110))


def test_a_picture_smaller_than_the_window_holds_no_face():
    assert HaarDetector().detect(np.zeros((10, 300), np.uint8), 48) == []


def test_a_cascade_that_is_none_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="expected a cascade file or name, got 'nobody'"):
        load_cascade("nobody")
    path = tmp_path / "broken.xml"
    path.write_text("<opencv_storage></opencv_storage>")
    with pytest.raises(ValueError, match="expected a Haar cascade"):
        load_cascade(str(path))


def test_yunet_asks_for_its_file():
    with pytest.raises(FileNotFoundError, match="YuNet's ONNX file, got ''"):
        make_detector(DetectorConfig(kind="yunet"))


@pytest.mark.parametrize("values", [{"kind": "dlib"}, {"min_face": 4}, {"scale_factor": 1.0}, {"min_neighbors": -1}])
def test_a_config_refuses_values_out_of_range(values):
    with pytest.raises(ValueError, match="got"):
        DetectorConfig(**values)
