"""Folds of portraits whose persons are not known, and what recipes on them come to."""

import cv2
import numpy as np

from benchmarks.second_stage import look_alikes, parts, summarise, table
from fer_training.data.crops import Crops


def pictures(count, size=64):
    """Blurred noise: every picture has its own low frequencies."""
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (count, size // 8, size // 8), np.uint8)
    return [cv2.resize(n, (size, size), interpolation=cv2.INTER_CUBIC) for n in noise]


def test_near_duplicates_are_one_group_whatever_their_size_light_and_side():
    different = pictures(12)
    mirrored = np.ascontiguousarray(different[0][:, ::-1])
    smaller = cv2.resize(different[1], (48, 48), interpolation=cv2.INTER_AREA)
    darker = (different[2] * 0.7 + 10).astype(np.uint8)
    groups = look_alikes([*different, mirrored, smaller, darker])
    assert len(set(groups[:12].tolist())) == 12
    assert groups[12:].tolist() == groups[:3].tolist()


def test_a_group_stands_on_one_side_and_so_many_faces_train():
    faces = pictures(60)
    crops = Crops(faces, np.arange(60) % 3, ("angry", "happy", "sad"))
    groups = np.arange(60) // 3 * 3
    every = list(parts(crops, groups, folds=4, seeds=2, count=30))
    assert [p.name for p in every[::4]] == ["seed0/fold0", "seed1/fold0"]
    for seed in (every[:4], every[4:]):
        assert sorted(np.concatenate([p.test for p in seed])) == list(range(60))
    for part in every:
        assert len(set(part.train.tolist())) == 30 and not set(groups[part.train]) & set(groups[part.test])
        # As many of each class as they have in the whole.
        assert np.bincount(crops.targets[part.train]).tolist() == [10, 10, 10]


def test_recipes_are_compared_pair_by_pair():
    rows = summarise({"before": [0.70, 0.80, 0.60], "new": [0.76, 0.84, 0.60]})
    assert rows["new"]["gain"] == 3.33 and rows["new"]["better"] == 2 and rows["new"]["worse"] == 0
    assert rows["before"]["mean"] == 70.0 and rows["before"]["deviation"] == 10.0
    assert "| `new` | 73.33 ± 12.22 % | +3.33 ± 3.06 | 2, 0 of 3 |" in table(rows)
