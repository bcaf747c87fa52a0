"""Augmentation stays within what its config allows."""

import numpy as np
import pytest
from look_alike import picture

from fer_ros.core.classification.preprocessing import PreprocessSpec, preprocess_crops
from fer_training.data.augmentation import AugmentationConfig, augment_batch

SPEC = PreprocessSpec()


def test_without_augmentation_a_face_is_what_the_node_sees():
    plain = AugmentationConfig(patch_area=(1.0, 1.0), flip=0.0)
    crops = [picture(2, i, 60) for i in range(3)]
    np.testing.assert_array_equal(
        augment_batch(crops, plain, SPEC, np.random.default_rng(0)), preprocess_crops(crops, SPEC)
    )


def test_a_patch_keeps_the_allowed_share_of_the_area():
    """A ramp tells how wide a strip of it was cut."""
    ramp = np.tile(np.arange(200, dtype=np.uint8), (200, 1))
    config = AugmentationConfig(patch_area=(0.85, 1.0), flip=0.5)
    rng = np.random.default_rng(1)
    shares, mirrored = [], 0
    for _ in range(200):
        row = augment_batch([ramp], config, SPEC, rng)[0, 24, :, 0]
        shares.append(abs(row[-1] - row[0]) / 2 * 255 / 199 * 48 / 47)
        mirrored += row[0] > row[-1]
    assert np.sqrt(0.85) - 0.02 < min(shares) and max(shares) < 1.02 and 70 < mirrored < 130


def test_rotation_alone_turns_about_the_middle():
    spot = np.zeros((96, 96), np.uint8)
    spot[44:52, 44:52] = 255
    config = AugmentationConfig(patch_area=(1.0, 1.0), flip=0.0, rotation=45.0)
    turned = augment_batch([spot] * 8, config, SPEC, np.random.default_rng(0))[..., 0] > 0
    for mask in turned:
        assert np.argwhere(mask).mean(axis=0) == pytest.approx([23.5, 23.5], abs=0.8)


def test_erasing_covers_a_rectangle_with_one_gray():
    config = AugmentationConfig(patch_area=(1.0, 1.0), flip=0.0, erase=1.0)
    face = augment_batch([np.full((48, 48), 128, np.uint8)], config, SPEC, np.random.default_rng(0))[0, :, :, 0]
    covered = face != face[0, 0] if (face == face[0, 0]).mean() > 0.5 else face == face[0, 0]
    rows, columns = np.nonzero(covered)
    area = (rows.max() - rows.min() + 1) * (columns.max() - columns.min() + 1)
    assert covered.sum() == area and 64 <= area <= 19 * 19 and len(np.unique(face)) == 2
