"""Batches depend on (data, config, step) alone."""

from dataclasses import replace

import numpy as np
import pytest
from look_alike import tiny_config, tiny_crops

from fer_training.data.augmentation import AugmentationConfig
from fer_training.training.batches import BatchMaker


def test_a_batch_is_the_same_whenever_it_is_made():
    config = tiny_config(augmentation=AugmentationConfig(rotation=10, contrast=0.3, brightness=0.1, erase=0.5))
    maker = BatchMaker(tiny_crops(), config)
    maker(3)
    again = BatchMaker(tiny_crops(), config)(7)
    np.testing.assert_array_equal(maker(7).faces, again.faces)
    np.testing.assert_array_equal(maker(7).classes, again.classes)
    assert not np.array_equal(maker(7).faces, maker(8).faces)


def test_an_epoch_holds_every_face_once_even_across_batches():
    maker = BatchMaker(tiny_crops(20), tiny_config(batch_size=8))
    seen = np.concatenate([maker.indices(step) for step in range(5)])
    assert sorted(seen[:20]) == sorted(seen[20:]) == list(range(20))


def test_targets_are_smoothed_and_mixed_but_sum_to_one():
    maker = BatchMaker(tiny_crops(), tiny_config(label_smoothing=0.1))
    assert maker(0).targets.max() == pytest.approx(0.9 + 0.1 / 7) and np.allclose(maker(0).targets.sum(axis=1), 1)
    mixed = BatchMaker(tiny_crops(), tiny_config(mixup=1.0, center_weight=0.0))(0)
    assert np.allclose(mixed.targets.sum(axis=1), 1) and ((mixed.targets > 0).sum(axis=1) == 2).any()


def test_balance_raises_rare_classes_and_keeps_the_mean_weight():
    crops = tiny_crops(28)
    few = crops.take(np.array([i for i in range(28) if crops.targets[i] != 1 or i == 1]))
    weights = BatchMaker(few, tiny_config(balance=1.0)).class_weights
    assert weights[1] / weights[0] == pytest.approx(4)
    assert weights[few.targets].mean() == pytest.approx(1)


def test_soft_targets_take_their_share_of_the_target():
    crops = tiny_crops(14)
    soft_targets = np.full((14, 7), 1 / 7, np.float32)
    batch = BatchMaker(replace(crops, soft_targets=soft_targets), tiny_config(teacher_weight=0.25))(0)
    assert np.allclose(batch.targets.max(axis=1), 0.75 + 0.25 / 7) and np.allclose(batch.targets.sum(axis=1), 1)
    with pytest.raises(ValueError, match="the crops carry no soft targets"):
        BatchMaker(crops, tiny_config(teacher_weight=0.25))
