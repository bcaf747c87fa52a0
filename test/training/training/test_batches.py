"""Batches depend on (data, config, step) alone; augmentation stays within what its config allows."""

from dataclasses import replace

import numpy as np
import pytest
from look_alike import picture, tiny_config, tiny_crops

from fer_ros.core.classification.preprocessing import PreprocessSpec, preprocess_crops
from fer_training.data.augmentation import AugmentationConfig, augment_batch
from fer_training.data.crops import Crops
from fer_training.models.center_loss import CenterLoss
from fer_training.training.batches import BatchMaker
from fer_training.training.config import OptimizerConfig
from fer_training.training.schedule import learning_rate

SPEC = PreprocessSpec()


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


def test_center_loss_by_hand():
    """Wen et al. 2016: half the squared distance; c_j moves by alpha * sum(c_j - x) / (1 + count)."""
    loss = CenterLoss(3, 2, rate=0.5)
    features = np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 2.0]], np.float32)
    labels = np.array([0, 0, 1])
    assert float(loss(features, labels)) == pytest.approx(0.5 * (1 + 9 + 4) / 3)
    loss.update(*loss.delta(features, labels))
    np.testing.assert_allclose(loss.centers.numpy(), [[0.5 * 4 / 3, 0], [0, 0.5 * 2 / 2], [0, 0]])
    loss.initialise(features, labels)
    np.testing.assert_allclose(loss.centers.numpy(), [[2, 0], [0, 2], [0, 0]])


def test_schedules():
    stairs = OptimizerConfig(learning_rate=0.01, decay=0.94, decay_steps=10)
    assert [round(learning_rate(stairs, s, 100), 6) for s in (0, 9, 10, 25)] == [0.01, 0.01, 0.0094, 0.008836]
    cosine = OptimizerConfig(learning_rate=0.01, schedule="cosine", warmup_steps=4)
    assert learning_rate(cosine, 0, 100) == pytest.approx(0.0025)
    assert learning_rate(cosine, 50, 100) == pytest.approx(0.005) and learning_rate(cosine, 99, 100) < 1e-5


def test_crops_refuse_what_does_not_fit():
    crops = tiny_crops(4)
    with pytest.raises(ValueError, match="expected one target a picture, got 3 and 4"):
        Crops(crops.pixels[:3], crops.targets, crops.labels)
    with pytest.raises(ValueError, match="targets must be 0 to 1, got up to 3"):
        Crops(crops.pixels, crops.targets, ("a", "b"))
    assert crops.with_labels(("fear", "disgust")).names == ("face_1", "face_2")
    assert crops.with_labels(("fear", "disgust")).targets.tolist() == [1, 0]
    changed = replace(crops, targets=crops.targets[::-1].copy())
    assert changed.digest != crops.digest == tiny_crops(4).digest


def test_a_teachers_answer_takes_its_share_of_the_target():
    crops = tiny_crops(14)
    taught = np.full((14, 7), 1 / 7, np.float32)
    batch = BatchMaker(replace(crops, taught=taught), tiny_config(teacher_weight=0.25))(0)
    assert np.allclose(batch.targets.max(axis=1), 0.75 + 0.25 / 7) and np.allclose(batch.targets.sum(axis=1), 1)
    with pytest.raises(ValueError, match="the faces carry no teacher's answers"):
        BatchMaker(crops, tiny_config(teacher_weight=0.25))
