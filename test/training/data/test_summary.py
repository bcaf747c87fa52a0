"""What was read is told by class and split, and what cannot be trained on before the training."""

import numpy as np
import pytest

from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.data.summary import check_trainable, describe

SPLITS = {"train": (2, 1, 0), "validation": (1, 0, 0), "test": (1, 1, 12)}


def dataset(splits=SPLITS, **changes):
    samples = [
        Sample(
            f"{split}{label}{number}",
            np.full((8, 8), label, np.uint8),
            label,
            "ann" if number % 2 else "ben",
            "",
            split,
        )
        for split, counts in splits.items()
        for label, count in enumerate(counts)
        for number in range(count)
    ]
    return Dataset("mine", ("happy", "sad", "contempt"), tuple(samples), cropped=True, **changes)


def test_pictures_are_counted_by_class_and_split():
    assert describe(dataset(problems=("mine: left out 1 picture",))).splitlines() == [
        "mine: 18 pictures of 2 people",
        "              happy  sad  contempt  all",
        "  train           2    1         0    3",
        "  validation      1    0         0    1",
        "  test            1    1        12   14",
        "note: mine: left out 1 picture",
    ]


def test_a_set_without_splits_has_one_row_and_notes_can_be_left_to_others():
    text = describe(dataset({"": (1, 1, 1)}, problems=("a problem",)), notes=False)
    assert text.splitlines()[2].split() == ["pictures", "1", "1", "1", "3"] and "problem" not in text


def train(dataset):
    return [i for i, sample in enumerate(dataset.samples) if sample.split == "train"]


def test_a_class_that_only_the_test_has_is_told_before_the_training():
    mine = dataset()
    with pytest.raises(
        DatasetError, match="training pictures of each class, got none of contempt, which only test has"
    ):
        check_trainable(mine, train(mine))


def test_a_class_that_nothing_has_is_told_too():
    mine = dataset({"": (2, 2, 0)})
    with pytest.raises(DatasetError, match="got none of contempt; add some, or take the class away"):
        check_trainable(mine, range(4))


@pytest.mark.parametrize(("counts", "got"), [((3, 0, 0), "only happy"), ((0, 0, 0), "only none")])
def test_one_class_alone_is_refused(counts, got):
    mine = dataset({"train": counts, "test": (1, 1, 1)})
    with pytest.raises(DatasetError, match=f"expected training pictures of two classes or more, got {got}"):
        check_trainable(mine, train(mine))


def test_a_whole_set_passes():
    mine = dataset({"train": (1, 1, 1)})
    check_trainable(mine, train(mine))
