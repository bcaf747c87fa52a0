"""RandAugment's operations do what their names say, and the generator alone decides which."""

import numpy as np
import pytest
from look_alike import picture

from fer_ros.core.classification.preprocessing import PreprocessSpec
from fer_training.data.augmentation import AugmentationConfig, augment_batch
from fer_training.data.randaugment import OPERATIONS, rand_augment

FACE = picture(3, 1)
BY_NAME = {operation.__name__.lstrip("_"): operation for operation in OPERATIONS}


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("strength", [-1.0, -0.5, 0.0, 0.5, 1.0])
def test_every_operation_returns_a_face_of_the_same_shape_and_leaves_its_input_alone(name, strength):
    before = FACE.copy()
    after = BY_NAME[name](FACE, strength)
    assert after.shape == FACE.shape and after.dtype == np.uint8
    np.testing.assert_array_equal(FACE, before)
    unchanged = name == "identity" or (strength == 0 and name not in ("stretch", "equalize"))
    assert (np.abs(after.astype(int) - FACE) <= 1).all() == unchanged


def test_directions_and_signs():
    face = np.full((48, 48), 100, np.uint8)
    face[20:28, 20:28] = 200
    assert BY_NAME["brightness"](face, 0.5).mean() > face.mean() > BY_NAME["brightness"](face, -0.5).mean()
    assert BY_NAME["contrast"](face, 0.5).std() > face.std() > BY_NAME["contrast"](face, -0.5).std()
    centre = [np.argwhere(BY_NAME[f"translate_{axis}"](face, 1.0) > 150).mean(axis=0) for axis in "xy"]
    np.testing.assert_allclose(centre, [[23.5, 28.5], [28.5, 23.5]], atol=0.6)
    assert set(np.unique(BY_NAME["posterize"](FACE, 1.0)) % 16) == {0}
    np.testing.assert_array_equal(np.unique(BY_NAME["solarize"](face, 0.5)), [55, 100])


def test_the_generator_decides_and_operations_are_drawn_for_each_face():
    first, again = (rand_augment(FACE, 3, 0.8, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    rng = np.random.default_rng(0)
    drawn = {rand_augment(FACE, 1, 0.8, rng).tobytes() for _ in range(200)}
    # The sign matters to eight of thirteen.
    assert len(drawn) == 13 + 8


def test_the_config_brings_it_into_a_batch():
    spec = PreprocessSpec()
    plain, changed = (
        augment_batch([FACE] * 4, AugmentationConfig((1.0, 1.0), flip=0, random_operations=count), spec, rng)
        for count, rng in ((0, np.random.default_rng(1)), (2, np.random.default_rng(1)))
    )
    assert np.ptp(plain, axis=0).max() == 0 and np.ptp(changed, axis=0).max() > 0.1
    for wrong in ({"random_operations": -1}, {"random_magnitude": 1.5}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            AugmentationConfig(**wrong)
