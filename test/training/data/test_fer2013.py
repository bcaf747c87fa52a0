"""FER-2013 is read in every layout, and what is wrong with a copy is said."""

import cv2
import numpy as np
import pytest
from look_alike import (
    picture,
    write_fer2013,
    write_fer2013_csv,
)

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.dataset import DatasetError
from fer_training.data.fer2013 import OFFICIAL_COUNTS, read_fer2013


def test_official_counts_are_those_of_the_literature():
    assert [sum(OFFICIAL_COUNTS[s].values()) for s in OFFICIAL_COUNTS] == [28709, 3589, 3589]


@pytest.mark.parametrize("header", ["emotion,pixels,Usage", "emotion, Usage, pixels"])
def test_fer2013_tables_of_both_forms(tmp_path, header):
    rows = [(0, "Training"), (3, "PublicTest"), (6, "PrivateTest")]
    dataset = read_fer2013(write_fer2013_csv(tmp_path / "fer2013.csv", rows, header))
    assert [(s.label, s.split) for s in dataset.samples] == [(0, "train"), (3, "public_test"), (6, "private_test")]
    np.testing.assert_array_equal(dataset.samples[1].pixels, picture(3, 1))
    assert read_fer2013(tmp_path).labels == EMOTIONS[:7]


@pytest.mark.parametrize(
    ("row", "message"),
    [((7, "Training"), "expected a label from 0 to 6, got 7"), ((0, "Testing"), "expected Usage Training")],
)
def test_a_wrong_row_of_fer2013_is_named(tmp_path, row, message):
    with pytest.raises(DatasetError, match=f"row 2: {message}"):
        read_fer2013(write_fer2013_csv(tmp_path / "fer2013.csv", [(0, "Training"), row]))


def test_fer2013_folders_take_the_split_from_the_file_name(tmp_path):
    write_fer2013(tmp_path, train=2, test=2)
    first = next((tmp_path / "test/happy").iterdir())
    first.rename(first.with_name(first.name.replace("PublicTest", "PrivateTest")))
    dataset = read_fer2013(tmp_path)
    assert len(dataset.split("train").samples) == 14 and len(dataset.split("private_test").samples) == 1
    assert any("public_test: expected 895 pictures of 'happy', got 1" in p for p in dataset.problems)


def test_fer2013_is_found_inside_an_unpacked_archive_and_with_a_folder_for_each_test(tmp_path):
    write_fer2013(tmp_path / "archive/fer2013", train=1, test=1)
    for path in (tmp_path / "archive/fer2013/test").rglob("*.jpg"):
        path.rename(path.with_name(path.name.split("_")[1]))
    (tmp_path / "archive/fer2013/test").rename(tmp_path / "archive/fer2013/PrivateTest")
    dataset = read_fer2013(tmp_path / "archive")
    assert len(dataset.split("private_test").samples) == len(dataset.split("train").samples) == 7


def test_an_unreadable_picture_and_a_foreign_folder_are_errors(tmp_path):
    write_fer2013(tmp_path / "a", train=1, test=1)
    (tmp_path / "a/train/sad/Training_1.jpg").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"Training_1.jpg: expected a picture"):
        read_fer2013(tmp_path / "a")
    (tmp_path / "b/train/bored").mkdir(parents=True)
    with pytest.raises(DatasetError, match="bored: expected a folder for each of"):
        read_fer2013(tmp_path / "b")


def test_plain_folders_whose_numbers_begin_anew_have_a_name_for_each_picture(tmp_path):
    for split in ("train", "test"):
        for label, name in enumerate(EMOTIONS[:3]):
            (tmp_path / split / name).mkdir(parents=True)
            for number in range(2):
                cv2.imwrite(str(tmp_path / split / name / f"{number}.png"), picture(label, number))
    dataset = read_fer2013(tmp_path)
    assert len({s.name for s in dataset.samples}) == len(dataset.samples) == 12
    assert {s.split for s in dataset.samples} == {"train", "public_test"}


def test_a_picture_that_stands_in_two_class_folders_has_two_names(tmp_path):
    for name in EMOTIONS[:2]:
        (tmp_path / "train" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "train" / name / "Training_7.jpg"), picture(0, 7))
    dataset = read_fer2013(tmp_path)
    assert [s.name for s in dataset.samples] == [f"train/{EMOTIONS[0]}/Training_7.jpg", "Training_7.jpg"]
    assert any("1 with different labels" in problem for problem in dataset.problems)


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_table_of_a_spreadsheet_is_read(tmp_path, start):
    path = write_fer2013_csv(tmp_path / "fer2013.csv", [(0, "Training"), (3, "PrivateTest")])
    expected = read_fer2013(path).samples
    path.write_text(start + path.read_text().replace(",", ";"), encoding="utf-8")
    assert [(s.digest, s.label, s.split) for s in read_fer2013(path).samples] == [
        (s.digest, s.label, s.split) for s in expected
    ]


def test_an_archive_named_csv_is_called_one(tmp_path):
    (tmp_path / "fer2013.csv").write_bytes(b"PK\x03\x04" + b"\0" * 60)
    for path in (tmp_path / "fer2013.csv", tmp_path):
        with pytest.raises(DatasetError, match="fer2013.csv.*, got a ZIP archive: unpack it"):
            read_fer2013(path)


def test_a_table_of_ckplus_is_sent_to_its_reader(tmp_path):
    with pytest.raises(DatasetError, match="from 0 to 6, got 7; a table of CK[+] is read by --dataset ckplus"):
        read_fer2013(write_fer2013_csv(tmp_path / "fer2013.csv", [(7, "Training")]))


def copies(folder, tops):
    """Write one picture of each class into folders of these names."""
    for number, top in enumerate(tops):
        for label, name in enumerate(EMOTIONS[:7]):
            (folder / top / name).mkdir(parents=True)
            cv2.imwrite(str(folder / top / name / f"{number}.png"), picture(label, number))
    return folder


@pytest.mark.parametrize(
    "names", [("train", "val", "test"), ("Training", "dev", "testing"), ("train", "valid", "test")]
)
def test_three_folders_are_the_three_splits(tmp_path, names):
    dataset = read_fer2013(copies(tmp_path, names))
    assert {s.name.split("/")[0]: s.split for s in dataset.samples} == dict(
        zip(names, ("train", "public_test", "private_test"), strict=True)
    )


def test_fer2013_in_folders_of_its_own_numbers(tmp_path):
    copies(tmp_path, ("train", "test"))
    for top in ("train", "test"):
        for number, name in enumerate(EMOTIONS[:7]):
            (tmp_path / top / name).rename(tmp_path / top / str(number))
    assert [s.label for s in read_fer2013(tmp_path).split("train").samples] == list(range(7))
    (tmp_path / "train" / "0").rename(tmp_path / "train" / "7")
    with pytest.raises(DatasetError, match="7: expected a folder named 0, 1, 2, 3, 4, 5, 6 or after an expression"):
        read_fer2013(tmp_path)


def test_litter_beside_the_pictures_of_fer2013_does_not_matter_and_a_strange_folder_is_named(tmp_path):
    write_fer2013(tmp_path, train=1, test=1)
    expected = read_fer2013(tmp_path)
    (tmp_path / "train" / "sad" / "Thumbs.db").write_bytes(b"litter")
    (tmp_path / "train" / "sad" / "._Training_1.jpg").write_bytes(b"litter")
    (tmp_path / "__MACOSX" / "train").mkdir(parents=True)
    (tmp_path / "train" / ".DS_Store").write_bytes(b"litter")
    again = read_fer2013(tmp_path)
    assert [s.name for s in again.samples] == [s.name for s in expected.samples] and again.problems == expected.problems
    (tmp_path / "train" / "sad" / "list.txt").write_text("a list")
    assert "FER-2013: left out 1 file that is no picture (sad/list.txt)" in read_fer2013(tmp_path).problems
    write_fer2013(tmp_path / "more", train=1, test=0)
    with pytest.raises(DatasetError, match="more: expected beside test, train only folders of splits"):
        read_fer2013(tmp_path)
