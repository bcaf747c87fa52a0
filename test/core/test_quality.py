"""A face that shows too little is told; a good picture of a still face never is."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest
from pictures import serious, smiling

from fer_ros.core.classification.preprocessing import PreprocessSpec, crop_faces
from fer_ros.core.detection.blazeface import BlazeFaceDetector
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.geometry import Box, Landmarks
from fer_ros.core.quality import QualityConfig, assess, quality, turn_of
from fer_ros.core.settings import settings_of
from fer_ros.core.types import Face, Frame, Reasons

SPEC = PreprocessSpec()
FRONTAL = Landmarks((40.0, 50.0), (80.0, 50.0), (60.0, 75.0))


def reasons(gray, face, config=None, spec=SPEC):
    return assess([face], crop_faces(Frame(gray), [face], spec), config or QualityConfig())[0]


@pytest.fixture(scope="module", params=[smiling, serious], ids=["smiling", "serious"])
def good(request):
    gray = cv2.cvtColor(request.param(), cv2.COLOR_BGR2GRAY)
    return gray, HaarDetector().detect(gray, 80)[0]


def dimmed(gray, gain, noise=2.0):
    sensor = np.random.default_rng(0).normal(0, noise, gray.shape)
    return np.clip(np.rint(gray * gain + sensor), 0, 255).astype(np.uint8)


def test_a_good_picture_has_no_reason(good):
    gray, face = good
    assert reasons(gray, face) is Reasons.NONE
    assert reasons(gray, replace(face, landmarks=FRONTAL)) is Reasons.NONE


def test_what_cameras_do_every_day_is_no_reason(good):
    gray, face = good
    compressed = cv2.imdecode(cv2.imencode(".jpg", gray, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_GRAYSCALE)
    for picture in (compressed, dimmed(gray, 0.6), dimmed(gray, 1.0, noise=6.0), cv2.GaussianBlur(gray, (0, 0), 1.0)):
        assert reasons(picture, face) is Reasons.NONE


def test_every_small_shift_and_size_of_a_good_face_is_free_of_reasons(good):
    gray, face = good
    for scale in (0.85, 1.0, 1.15):
        for shift in (-0.06, 0.0, 0.06):
            box = face.box.scaled(scale).moved(shift * face.box.width, -shift * face.box.width)
            assert reasons(gray, Face(box, 1.0)) is Reasons.NONE


@pytest.mark.parametrize("gain", [0.2, 0.1, 0.02])
def test_a_face_in_the_dark_is_too_dark_and_not_blurred_too(good, gain):
    gray, face = good
    assert reasons(dimmed(gray, gain), face) is Reasons.TOO_DARK


def test_a_face_lost_in_noise_is_too_dark_however_bright_it_is(good):
    gray, face = good
    side = round(face.box.width)
    pixels = cv2.resize(gray, None, fx=48 / side, fy=48 / side, interpolation=cv2.INTER_AREA)
    small = Face(Box(*(v * 48 / side for v in face.box.as_tuple())), 1.0)
    assert reasons(dimmed(pixels, 1.0, noise=25.0), small) is Reasons.TOO_DARK


def test_a_flat_black_or_white_crop_is_too_dark():
    face = Face(Box(0, 0, 60, 60), 1.0)
    for level in (0, 128, 255):
        assert Reasons.TOO_DARK in reasons(np.full((60, 60), level, np.uint8), face)


def test_blur_counts_in_parts_of_the_face(good):
    gray, face = good
    harmless, harmful = (share * face.box.width / 48 for share in (0.5, 2.5))
    assert reasons(cv2.GaussianBlur(gray, (0, 0), harmless), face) is Reasons.NONE
    assert reasons(cv2.GaussianBlur(gray, (0, 0), harmful), face) is Reasons.BLURRED


def test_motion_blurs_too(good):
    gray, face = good
    length = round(face.box.width / 4)
    line = np.full((1, length), 1 / length, np.float32)
    assert reasons(cv2.filter2D(gray, -1, line), face) is Reasons.BLURRED
    assert reasons(cv2.filter2D(gray, -1, line.T), face) is Reasons.BLURRED


def test_a_small_face_is_too_small_in_pixels_of_the_frame(good):
    gray, face = good
    factor = 24 / face.box.width
    tiny = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    box = Box(*(v * factor for v in face.box.as_tuple()))
    assert Reasons.TOO_SMALL in reasons(tiny, Face(box, 1.0))
    assert Reasons.TOO_SMALL not in reasons(tiny, Face(box, 1.0), QualityConfig(min_side=20))


@pytest.mark.parametrize(
    "landmarks",
    [
        replace(FRONTAL, nose=(85.0, 70.0)),
        replace(FRONTAL, nose=(35.0, 70.0)),
        Landmarks((50.0, 50.0), (50.0, 50.0), (60.0, 75.0)),
    ],
    ids=["to the left", "to the right", "both eyes in one point"],
)
def test_a_head_that_is_turned_out_of_the_pictures_plane_is_turned_away(good, landmarks):
    gray, face = good
    assert reasons(gray, replace(face, landmarks=landmarks)) is Reasons.TURNED_AWAY


def test_without_landmarks_the_view_is_not_assessed(good):
    gray, face = good
    measured = quality(face, np.full((48, 48), 100, np.uint8))
    assert math.isnan(measured.turn)
    assert reasons(gray, face, QualityConfig(max_turn=0)) is Reasons.NONE


def test_turn_does_not_depend_on_tilt():
    middle, angle = np.array([60.0, 60.0]), math.radians(25)
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    half = replace(FRONTAL, nose=(70.0, 75.0))
    points = ((np.array(p) - middle) @ rotation.T + middle for p in (half.right_eye, half.left_eye, half.nose))
    assert turn_of(Landmarks(*(tuple(map(float, p)) for p in points))) == pytest.approx(0.25)
    assert turn_of(half) == pytest.approx(0.25)


def test_a_tilted_head_is_no_reason_to_doubt_it():
    detector = BlazeFaceDetector("short")
    gray = cv2.cvtColor(smiling(), cv2.COLOR_BGR2GRAY)[:400, 30:430]
    matrix = cv2.getRotationMatrix2D((195, 113), 45, 1)
    tilted = cv2.warpAffine(gray, matrix, (400, 400), borderMode=cv2.BORDER_REPLICATE)
    (upright,), (turned,) = detector.detect(gray, 48), detector.detect(tilted, 48)
    assert reasons(gray, upright) is Reasons.NONE
    assert reasons(tilted, turned) is Reasons.NONE
    # OpenCV turns against the clock.
    assert upright.roll - turned.roll == pytest.approx(45, abs=10)
    left, top, right, bottom = upright.box.as_tuple()
    for x, y in (upright.landmarks.right_eye, upright.landmarks.left_eye, upright.landmarks.nose):
        assert left < x < right and top < y < bottom


def test_the_range_and_the_size_of_the_networks_input_do_not_matter(good):
    gray, face = good
    for spec in (PreprocessSpec(low=0.0, high=1.0), PreprocessSpec(size=96), PreprocessSpec(size=64, low=0, high=255)):
        assert reasons(gray, face, spec=spec) is Reasons.NONE
        assert reasons(dimmed(gray, 0.15), face, spec=spec) is Reasons.TOO_DARK


def test_switched_off_nothing_is_a_reason():
    black, tiny = np.zeros((20, 20), np.uint8), Face(Box(0, 0, 10, 10), 1.0)
    assert reasons(black, tiny) is not Reasons.NONE
    assert reasons(black, tiny, QualityConfig(enabled=False)) is Reasons.NONE
    none = QualityConfig(min_contrast=0, min_signal_to_noise=0, min_sharpness=0, min_side=0)
    assert reasons(black, tiny, none) is Reasons.NONE


def test_every_limit_out_of_range_is_refused_by_name():
    limits = {name: declared.high for name, declared in settings_of(QualityConfig).items() if name != "enabled"}
    assert len(limits) == 5
    for name, high in limits.items():
        for value in (-0.1, high * 2, math.nan):
            with pytest.raises(ValueError, match=f"{name} must be 0 to .*, got"):
                QualityConfig(**{name: value})


def test_a_crop_of_another_type_is_refused():
    with pytest.raises(ValueError, match=r"crop must be \(size, size\) uint8, got \(48, 48\) float32"):
        quality(Face(Box(0, 0, 48, 48), 1.0), np.zeros((48, 48), np.float32))
