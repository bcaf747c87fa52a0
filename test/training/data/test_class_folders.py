"""Folders named after expressions are a data set, with splits and subjects where they have them."""

import cv2
import numpy as np
from look_alike import (
    picture,
)

from fer_training.data.class_folders import read_class_folders
from fer_training.data.splits import (
    PROTOCOLS,
    make_folds,
)


def test_class_folders_with_and_without_splits(tmp_path):
    for split, name, number in (("train", "Anger", 2), ("test", "contempt", 1)):
        (tmp_path / split / name).mkdir(parents=True)
        for i in range(number):
            cv2.imwrite(str(tmp_path / split / name / f"{i}.png"), picture(i, number))
    dataset = read_class_folders(tmp_path)
    assert dataset.labels == ("angry", "contempt") and dataset.counts() == {"angry": 2, "contempt": 1}
    assert dataset.split("test").samples[0].name == "test/contempt/0.png"
    assert read_class_folders(tmp_path / "train").samples[0].split == ""


def test_a_folder_in_an_expressions_folder_is_a_person(tmp_path):
    for person in range(6):
        for label, name in enumerate(("happy", "sad")):
            (tmp_path / name / f"p{person}").mkdir(parents=True)
            cv2.imwrite(str(tmp_path / name / f"p{person}" / "1.png"), picture(label, person))
    dataset = read_class_folders(tmp_path)
    subjects = np.array([s.subject for s in dataset.samples])
    assert set(subjects) == {f"p{i}" for i in range(6)}
    for fold in make_folds(dataset, PROTOCOLS["folders"]["disjoint"]):
        assert not set(subjects[fold.train]) & set(subjects[fold.validation])
