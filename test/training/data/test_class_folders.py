"""Folders named after expressions are a data set, with splits and subjects where they have them."""

import cv2
import numpy as np
import pytest
from look_alike import picture
from PIL import Image

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.class_folders import read_class_folders
from fer_training.data.class_names import NUMBERED, read_class_names
from fer_training.data.dataset import DatasetError
from fer_training.data.splits import PROTOCOLS, make_folds


def write(folder, *names, count=1):
    """Write `count` pictures into each of these folders, all of them different."""
    for label, name in enumerate(names):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            cv2.imwrite(str(folder / name / f"{number}.png"), picture(label, len(str(folder / name)) * 9 + number))
    return folder


def test_class_folders_with_and_without_splits(tmp_path):
    write(tmp_path / "train", "Anger", count=2)
    write(tmp_path / "test", "contempt")
    dataset = read_class_folders(tmp_path)
    assert dataset.labels == ("angry", "contempt") and dataset.counts() == {"angry": 2, "contempt": 1}
    assert dataset.split("test").samples[0].name == "test/contempt/0.png"
    assert read_class_folders(tmp_path / "train").samples[0].split == ""


@pytest.mark.parametrize("name", ["val", "valid", "Validation", "dev", "DEV-SET", "development"])
@pytest.mark.parametrize("last", ["test", "Testing", "test set"])
def test_splits_have_the_names_that_people_give_them(tmp_path, name, last):
    for split in ("Training", name, last):
        write(tmp_path / split, "happy", "sad")
    dataset = read_class_folders(tmp_path)
    assert {s.name.split("/")[0]: s.split for s in dataset.samples} == {
        "Training": "train",
        name: "validation",
        last: "test",
    }


def test_an_unknown_folder_beside_the_splits_is_named(tmp_path):
    write(tmp_path / "train", "happy", "sad")
    (tmp_path / "licence").mkdir()
    (tmp_path / "licence" / "terms.txt").write_text("free")
    name = tmp_path.name
    assert f"{name}: left out the folder licence, which is no split and holds no picture" in (
        read_class_folders(tmp_path).problems
    )
    write(tmp_path / "tset", "happy", "sad")
    with pytest.raises(DatasetError, match=r"tset: expected beside train only folders of splits.*did you mean test\?"):
        read_class_folders(tmp_path)


def test_what_systems_leave_beside_pictures_never_matters(tmp_path):
    plain = write(tmp_path / "plain" / "train", "happy", "sad").parent
    expected = read_class_folders(plain)
    (plain / "__MACOSX" / "train" / "happy").mkdir(parents=True)
    (plain / "__MACOSX" / "train" / "happy" / "._0.png").write_bytes(b"\0\5\x16\7")
    (plain / "train" / "happy" / "._0.png").write_bytes(b"\0\5\x16\7")
    (plain / "train" / "@eaDir").mkdir()
    for folder in (plain, plain / "train", plain / "train" / "sad"):
        for name in ("Thumbs.db", ".DS_Store", "desktop.ini"):
            (folder / name).write_bytes(b"litter")
    read = read_class_folders(plain)
    assert [s.name for s in read.samples] == [s.name for s in expected.samples] and read.problems == ()


def test_pictures_of_every_format_are_read_and_others_named(tmp_path):
    folder = write(tmp_path / "mine", "happy", "sad")
    gray = picture(3, 5)
    for suffix in ("webp", "bmp", "tif", "jfif", "gif"):
        Image.fromarray(gray).save(folder / "happy" / f"a.{suffix}", "JPEG" if suffix == "jfif" else None)
    (folder / "happy" / "b.heic").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 40)
    (folder / "happy" / "c.jpg").write_bytes(b"")
    (folder / "sad" / "notes.txt").write_text("a note")
    cv2.imwrite(str(folder / "loose.png"), gray)
    dataset = read_class_folders(folder)
    assert {s.name for s in dataset.samples} >= {f"happy/a.{s}" for s in ("webp", "bmp", "tif", "jfif", "gif")}
    assert dataset.counts() == {"happy": 6, "sad": 1}
    reason = "happy/b.heic (HEIC, which is not read: convert it to JPEG), happy/c.jpg (empty)"
    assert f"mine: left out 2 pictures that cannot be read: {reason}" in dataset.problems
    assert "mine: left out 1 file that is no picture (sad/notes.txt)" in dataset.problems
    assert "mine: left out 1 picture that is in no class's folder (loose.png)" in dataset.problems


def test_an_empty_class_is_named(tmp_path):
    write(tmp_path / "train", "happy", "sad")
    (tmp_path / "train" / "fear").mkdir()
    assert f"{tmp_path.name}: no picture of 'fear': its folder train/fear is empty" in (
        read_class_folders(tmp_path).problems
    )


@pytest.mark.parametrize("name", NUMBERED)
def test_numbers_are_classes_only_where_somebody_says_whose(tmp_path, name):
    numbers = NUMBERED[name]
    write(tmp_path, *numbers)
    with pytest.raises(DatasetError, match="what a number means depends on the data set: say --class-names fer2013, r"):
        read_class_folders(tmp_path)
    dataset = read_class_folders(tmp_path, class_names=read_class_names(name))
    assert {s.name.split("/")[0]: dataset.labels[s.label] for s in dataset.samples} == numbers


def test_whole_photographs_without_whole_get_a_hint(tmp_path):
    folder = write(tmp_path / "mine", "happy", "sad")
    cv2.imwrite(str(folder / "sad" / "photo.jpg"), np.full((1200, 1600), 90, np.uint8))
    assert (
        "mine: 1 of 3 pictures are large or oblong for a face (photo.jpg: 1600x1200); if they show more than a face, "
        "give --whole"
    ) in read_class_folders(folder).problems
    assert not any("--whole" in problem for problem in read_class_folders(folder, cropped=False).problems)


def test_more_photographs_than_memory_holds_are_refused_before_they_are_read(tmp_path, monkeypatch):
    folder = write(tmp_path / "mine", "happy", "sad")
    cv2.imwrite(str(folder / "sad" / "photo.jpg"), np.full((1200, 1600), 90, np.uint8))
    monkeypatch.setattr("fer_training.data.pictures._MOST_BYTES", 1200 * 1600)
    with pytest.raises(DatasetError, match="give --whole; all of them together would take 0 GiB of memory"):
        read_class_folders(folder)


def test_an_archive_is_called_one_and_a_folder_that_it_unpacked_is_entered(tmp_path):
    write(tmp_path / "all" / "faces-v2" / "train", "happy", "sad")
    assert len(read_class_folders(tmp_path / "all").samples) == 2
    (tmp_path / "faces.zip").write_bytes(b"PK\x03\x04" + b"\0" * 30)
    with pytest.raises(DatasetError, match="expected a folder at .*faces.zip, got a ZIP archive: unpack it"):
        read_class_folders(tmp_path / "faces.zip")


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


def test_all_eight_expressions_are_labels_in_their_order(tmp_path):
    assert read_class_folders(write(tmp_path, *reversed(EMOTIONS))).labels == EMOTIONS
