"""Folds keep apart what they promise, and are the same again."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from look_alike import picture, write_ckplus, write_jaffe

from fer_training.data.ckplus import read_ckplus
from fer_training.data.class_folders import read_class_folders
from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.data.jaffe import read_jaffe
from fer_training.data.splits import (
    ONE_SUBJECT,
    PAPER,
    TEN_GROUPS,
    Protocol,
    hold_out,
    make_folds,
    save_folds,
)


@pytest.fixture(scope="module")
def jaffe(tmp_path_factory):
    return read_jaffe(write_jaffe(tmp_path_factory.mktemp("jaffe")))


@pytest.fixture(scope="module")
def ckplus(tmp_path_factory):
    return read_ckplus(write_ckplus(tmp_path_factory.mktemp("ckplus")))


def every_sample_once(folds, count):
    assert sorted(np.concatenate([f.validation for f in folds]).tolist()) == list(range(count))
    assert all(not set(f.train) & set(f.validation) for f in folds)


def test_the_papers_protocol_is_five_random_groups_that_share_subjects(jaffe):
    folds = make_folds(jaffe, PAPER)
    every_sample_once(folds, 70)
    assert [len(f.validation) for f in folds] == [14] * 5
    subjects = np.array([s.subject for s in jaffe.samples])
    assert set(subjects[folds[0].train]) & set(subjects[folds[0].validation])


@pytest.mark.parametrize(("name", "protocol", "count"), [("ckplus", TEN_GROUPS, 10), ("jaffe", ONE_SUBJECT, 10)])
def test_disjoint_protocols_keep_subjects_apart(request, name, protocol, count):
    dataset = request.getfixturevalue(name)
    folds = make_folds(dataset, protocol)
    every_sample_once(folds, len(dataset.samples))
    subjects = np.array([s.subject for s in dataset.samples])
    assert len(folds) == count
    for fold in folds:
        assert not set(subjects[fold.train]) & set(subjects[fold.validation])
    if protocol is ONE_SUBJECT:
        assert [f.name for f in folds] == sorted(set(subjects))


def test_folds_are_the_same_again_and_their_manifest_is_not_written_over(ckplus, tmp_path):
    folds = make_folds(ckplus, TEN_GROUPS)
    save_folds(ckplus, TEN_GROUPS, folds, tmp_path / "folds.json")
    for a, b in zip(folds, make_folds(ckplus, TEN_GROUPS), strict=True):
        assert a.name == b.name
        np.testing.assert_array_equal(a.train, b.train)
        np.testing.assert_array_equal(a.validation, b.validation)
    written = json.loads((tmp_path / "folds.json").read_text())["folds"]
    assert sorted(name for held in written.values() for name in held) == sorted(s.name for s in ckplus.samples)
    save_folds(ckplus, TEN_GROUPS, folds, tmp_path / "folds.json")
    with pytest.raises(ValueError, match="expected the folds of this data set and protocol, got others"):
        save_folds(ckplus, PAPER, make_folds(ckplus, PAPER), tmp_path / "folds.json")


def test_a_data_set_that_was_renamed_has_the_same_folds(ckplus, tmp_path):
    save_folds(ckplus, TEN_GROUPS, make_folds(ckplus, TEN_GROUPS), tmp_path / "folds.json")
    renamed = replace(ckplus, name="moved")
    save_folds(renamed, TEN_GROUPS, make_folds(renamed, TEN_GROUPS), tmp_path / "folds.json")
    other = replace(ckplus, samples=ckplus.samples[:-1])
    with pytest.raises(ValueError, match="expected the folds of this data set and protocol, got others"):
        save_folds(other, TEN_GROUPS, make_folds(other, TEN_GROUPS), tmp_path / "folds.json")


def test_reported_splits_are_never_in_a_fold_and_a_validation_split_is_the_fold(tmp_path):
    for number, (split, count) in enumerate((("train", 6), ("val", 3), ("test", 4))):
        for label, name in enumerate(("happy", "sad")):
            (tmp_path / split / name).mkdir(parents=True)
            for i in range(count):
                cv2.imwrite(str(tmp_path / split / name / f"{i}.png"), picture(label, 10 * number + i))
    dataset = read_class_folders(tmp_path).without_reported()
    (fold,) = make_folds(dataset, PAPER)
    names = np.array([s.name.split("/")[0] for s in dataset.samples])
    assert set(names[fold.train]) == {"train"} and set(names[fold.validation]) == {"val"}
    assert len(fold.train) == 12 and len(fold.validation) == 6
    with pytest.raises(DatasetError, match="expected a training split"):
        make_folds(dataset.split("validation"), PAPER)


def test_subjects_are_needed_where_they_are_to_be_kept_apart(jaffe):
    nobody = Dataset("x", ("happy",), tuple(Sample(n, np.zeros((9, 9), np.uint8), 0) for n in "abcd"), True)
    with pytest.raises(DatasetError, match="expected a subject for each picture"):
        make_folds(nobody, TEN_GROUPS)
    with pytest.raises(DatasetError, match="expected 11 subjects or more, got 10"):
        make_folds(jaffe, Protocol("x", "grouped", parts=11))


def test_duplicates_are_held_out_together():
    pixels = [np.full((9, 9), i // 2, np.uint8) for i in range(40)]
    samples = tuple(Sample(f"s{i}", p, (i // 2) % 2) for i, p in enumerate(pixels))
    train, held = hold_out(Dataset("pairs", ("happy", "sad"), samples, True))
    assert not {samples[i].digest for i in train} & {samples[i].digest for i in held}
    assert len(held) == 4
