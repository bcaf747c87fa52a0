"""Faces become network input in one way."""

import numpy as np
import pytest

from fer_ros.core.classification.preprocessing import PreprocessSpec, crop, normalize, preprocess, preprocess_crops
from fer_ros.core.types import Box, Frame

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
