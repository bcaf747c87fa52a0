"""Faces are found by the node's detector and those not found are counted; folds keep apart what they promise."""

import json

import cv2
import numpy as np
import pytest
from look_alike import photograph, picture, write_ckplus, write_jaffe

from fer_ros.core.detection.haar import HaarDetector
from fer_training.data.ckplus import read_ckplus
from fer_training.data.class_folders import read_class_folders
from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.data.face_cropping import BoxCache, find_faces
from fer_training.data.jaffe import read_jaffe
from fer_training.data.splits import (
    ONE_SUBJECT,
    PAPER,
    PROTOCOLS,
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


def scene(blank=1):
    faces = [Sample(f"face{i}", photograph(3, i), 0) for i in range(2)]
    walls = [Sample(f"wall{i}", np.full((160, 160), 90 + i, np.uint8), 1) for i in range(blank)]
    return Dataset("scene", ("happy", "sad"), (faces[0], *walls, faces[1]), cropped=False)


def test_pictures_without_a_found_face_are_named():
    dataset = scene()
    found = find_faces(dataset)
    assert found.missed == ("wall0",) and found.kept.tolist() == [0, 2]
    assert found.problems(dataset) == ["scene: no face found in 1 of 3 pictures (wall0)"]
    assert found.crops.names == ("face0", "face1") and found.crops.targets.tolist() == [0, 0]


def test_crops_keep_the_full_resolution_and_are_the_detectors_box():
    found = find_faces(scene())
    box = HaarDetector().detect(photograph(3, 0), 48)[0].box
    left, top, right, bottom = (round(v) for v in box.as_tuple())
    np.testing.assert_array_equal(found.crops.pixels[0], photograph(3, 0)[top:bottom, left:right])
    assert found.crops.pixels[0].shape[0] > 48


def test_no_face_at_all_is_an_error():
    walls = Dataset("walls", ("happy",), scene(2).samples[1:3], cropped=False)
    with pytest.raises(DatasetError, match="walls: expected faces, found none in 2 pictures"):
        find_faces(walls)


def test_the_cache_goes_by_content_and_holds_no_pictures(tmp_path, monkeypatch):
    first = find_faces(scene(), cache=BoxCache(tmp_path))
    file = next(tmp_path.iterdir())
    assert all(box is None or len(box) == 4 for box in json.loads(file.read_text()).values())
    monkeypatch.setattr(HaarDetector, "detect", lambda *_: pytest.fail("the cache was not used"))
    again = find_faces(scene(), cache=BoxCache(tmp_path))
    assert again.missed == first.missed
    np.testing.assert_array_equal(again.crops.pixels[1], first.crops.pixels[1])


def test_a_cropped_set_needs_no_detector(monkeypatch):
    monkeypatch.setattr(HaarDetector, "__init__", lambda *_: pytest.fail("a detector was made"))
    small = Sample("a", np.zeros((48, 48), np.uint8), 0)
    assert len(find_faces(Dataset("small", ("happy",), (small,), cropped=True)).crops) == 1


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
