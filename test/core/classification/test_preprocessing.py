"""Faces become network input in one way."""

import cv2
import numpy as np
import pytest

from fer_ros.core.classification.preprocessing import (
    PreprocessSpec,
    crop,
    crop_faces,
    normalize,
    preprocess,
    preprocess_crops,
)
from fer_ros.core.geometry import Box, Landmarks
from fer_ros.core.types import Face, Frame

GRAY = np.arange(100, dtype=np.uint8).reshape(10, 10)


def test_a_crop_is_half_open():
    np.testing.assert_array_equal(crop(GRAY, Box(2, 3, 4, 6)), GRAY[3:6, 2:4])


def test_a_crop_beyond_the_edge_repeats_the_edge():
    face = crop(GRAY, Box(-2, -1, 3, 2))
    assert face.shape == (3, 5)
    np.testing.assert_array_equal(face[0], [0, 0, 0, 1, 2])
    np.testing.assert_array_equal(face[2], [10, 10, 10, 11, 12])


def test_a_box_outside_the_picture_is_refused():
    with pytest.raises(ValueError, match="must touch the 10x10 picture"):
        crop(GRAY, Box(10, 0, 12, 5))


def test_gray_is_mapped_to_minus_one_to_one():
    batch = normalize(np.array([[[0, 255]] * 2] * 3, np.uint8).repeat(24, 1).repeat(24, 2), PreprocessSpec())
    assert batch.shape == (3, 48, 48, 1) and batch.dtype == np.float32
    assert (batch.min(), batch.max()) == (-1.0, pytest.approx(1.0))


def test_a_48_pixel_face_passes_unchanged():
    face = np.random.default_rng(0).integers(0, 255, (48, 48), np.uint8)
    batch = preprocess(Frame(face), [Box(0, 0, 48, 48)], PreprocessSpec())
    np.testing.assert_allclose(batch[0, ..., 0], face / 127.5 - 1, atol=1e-6)


def test_node_and_trainer_get_identical_arrays():
    picture = np.random.default_rng(1).integers(0, 255, (120, 160), np.uint8)
    boxes, spec = [Box(10.2, 20.7, 99.5, 110.1), Box(-5, 3, 20, 28)], PreprocessSpec(box_scale=1.1)
    online = preprocess(Frame(picture), boxes, spec)
    offline = preprocess_crops([crop(picture, box, spec.box_scale) for box in boxes], spec)
    np.testing.assert_array_equal(online, offline)


def test_no_faces_make_an_empty_batch():
    assert preprocess(Frame(GRAY), [], PreprocessSpec()).shape == (0, 48, 48, 1)


def test_a_spec_survives_json_and_refuses_unknown_keys():
    spec = PreprocessSpec(size=64, box_scale=1.2)
    assert PreprocessSpec.from_dict(spec.to_dict()) == spec
    with pytest.raises(ValueError, match=r"got also \['crop'\]"):
        PreprocessSpec.from_dict({"crop": 1})


@pytest.mark.parametrize("values", [{"size": 4}, {"low": 1.0}, {"box_scale": 3.0}, {"downscale": "sinc"}])
def test_a_spec_refuses_values_out_of_range(values):
    with pytest.raises(ValueError, match="must be"):
        PreprocessSpec(**values)


@pytest.mark.parametrize("roll", [-90, -45, 30, 60, 120])
def test_a_tilted_head_is_cut_as_if_it_were_upright(roll):
    """A picture turned by an angle, with the eyes where they then are, gives the crop of the picture itself."""
    gray = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (200, 200)).astype(np.uint8), (0, 0), 4)
    box, eyes = Box(70, 70, 130, 130), ((85.0, 90.0), (115.0, 90.0), (100.0, 110.0))
    # Clockwise by `roll`: OpenCV counts the other way round.
    matrix = cv2.getRotationMatrix2D((99.5, 99.5), -roll, 1)
    turned = cv2.warpAffine(gray, matrix, (200, 200), flags=cv2.INTER_CUBIC)
    points = [tuple(map(float, matrix @ [x - 0.5, y - 0.5, 1] + 0.5)) for x, y in eyes]
    upright = Face(box, 1.0, Landmarks(*eyes))
    tilted = Face(box, 1.0, Landmarks(*points))
    assert tilted.roll == pytest.approx(roll)
    spec = PreprocessSpec()
    expected = crop_faces(Frame(gray), [upright], spec)[0].astype(int)
    assert np.abs(crop_faces(Frame(turned), [tilted], spec)[0] - expected).mean() < 1.5
    assert np.abs(crop_faces(Frame(turned), [Face(box, 1.0)], spec)[0] - expected).mean() > 4, "no eyes: as it is"


def test_a_head_that_is_hardly_tilted_is_cut_as_it_is():
    gray = np.random.default_rng(0).integers(0, 255, (100, 100)).astype(np.uint8)
    face = Face(Box(20, 20, 70, 70), 1.0, Landmarks((30.0, 40.0), (60.0, 46.0), (45.0, 55.0)))
    assert 10 < face.roll < PreprocessSpec().level_from
    plain = crop_faces(Frame(gray), [Face(face.box, 1.0)], PreprocessSpec())
    np.testing.assert_array_equal(crop_faces(Frame(gray), [face], PreprocessSpec()), plain)
