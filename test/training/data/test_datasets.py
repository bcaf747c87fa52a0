"""Readers take every layout of their data set, keep subjects and sequences, and say what is wrong with a copy."""

import cv2
import numpy as np
import pytest
from look_alike import (
    picture,
    write_ckplus,
    write_ckplus_folders,
    write_fer2013,
    write_fer2013_csv,
    write_jaffe,
)
from PIL import Image

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.ckplus import CONFIGURATIONS, OFFICIAL_SEQUENCES, read_ckplus
from fer_training.data.class_folders import read_class_folders
from fer_training.data.dataset import Dataset, DatasetError, Sample, read_gray
from fer_training.data.fer2013 import OFFICIAL_COUNTS, read_fer2013
from fer_training.data.ferplus import with_ferplus_votes
from fer_training.data.jaffe import OFFICIAL_COUNTS as JAFFE_COUNTS
from fer_training.data.jaffe import read_jaffe


def test_official_counts_are_those_of_the_literature():
    assert [sum(OFFICIAL_COUNTS[s].values()) for s in OFFICIAL_COUNTS] == [28709, 3589, 3589]
    assert sum(OFFICIAL_SEQUENCES.values()) - OFFICIAL_SEQUENCES["neutral"] == OFFICIAL_SEQUENCES["neutral"] == 327
    assert sum(JAFFE_COUNTS.values()) == 213


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


def test_duplicates_across_splits_are_reported(tmp_path):
    write_fer2013(tmp_path, train=2, test=1)
    source = next((tmp_path / "train/sad").iterdir())
    (tmp_path / "test/fear/PublicTest_99999999.jpg").write_bytes(source.read_bytes())
    problem = read_fer2013(tmp_path).problems[-1]
    assert "1 pictures stand several times (2 files); 1 of them in more than one split, 1 with different" in problem


def test_an_unreadable_picture_a_foreign_folder_and_a_missing_one_are_errors(tmp_path):
    write_fer2013(tmp_path / "a", train=1, test=1)
    (tmp_path / "a/train/sad/Training_1.jpg").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"Training_1.jpg: expected a picture"):
        read_fer2013(tmp_path / "a")
    (tmp_path / "b/train/bored").mkdir(parents=True)
    with pytest.raises(DatasetError, match="bored: expected a folder for each of"):
        read_fer2013(tmp_path / "b")
    for read in (read_fer2013, read_ckplus, read_jaffe, read_class_folders):
        with pytest.raises(DatasetError, match=r"expected a .*, got nothing"):
            read(tmp_path / "nowhere")


def test_ferplus_follows_the_rows_of_fer2013(tmp_path):
    dataset = read_fer2013(write_fer2013_csv(tmp_path / "fer2013.csv", [(0, "Training"), (1, "Training")]))
    header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    (tmp_path / "new.csv").write_text(header + "\nTraining,a.png,0,0,0,0,6,0,0,2,2,0\nTraining,,0,0,0,0,0,0,0,0,0,10\n")
    voted = with_ferplus_votes(dataset, tmp_path / "new.csv")
    np.testing.assert_allclose(voted.samples[0].votes, [0.75, 0, 0, 0, 0, 0, 0, 0.25])
    assert voted.samples[1].votes is None
    for rows, message in (
        ("Training,a.png,0,0,0,0,6,0,0,2,2,0\n", "expected a row for each of FER-2013's pictures, got 1"),
        ("PublicTest,a.png,0,0,0,0,6,0,0,2,2,0\n" * 2, "row 1: expected the votes of a picture of train"),
    ):
        (tmp_path / "other.csv").write_text(f"{header}\n{rows}")
        with pytest.raises(DatasetError, match=message):
            with_ferplus_votes(dataset, tmp_path / "other.csv")


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


def test_two_pictures_of_one_name_are_refused():
    with pytest.raises(DatasetError, match="expected a name of its own for each picture, got a 2 times"):
        Dataset("x", ("happy",), (Sample("a", np.zeros((9, 9), np.uint8), 0),) * 2, True)


@pytest.fixture(scope="module")
def ckplus(tmp_path_factory):
    return write_ckplus(tmp_path_factory.mktemp("ckplus"))


@pytest.mark.parametrize("classes", list(CONFIGURATIONS))
@pytest.mark.parametrize(("size", "last"), [("small", 1), ("large", 3)])
def test_the_eight_configurations_of_ckplus(ckplus, classes, size, last):
    dataset = read_ckplus(ckplus, classes, size)
    sequences = {e: 4 if e == "angry" else 3 for e in EMOTIONS if e != "neutral"}
    assert dataset.labels == tuple(e for e in EMOTIONS if e in CONFIGURATIONS[classes])
    counts = dataset.counts()
    for name in dataset.labels:
        assert counts[name] == (22 if name == "neutral" else sequences[name] * last), name
    assert not dataset.cropped and dataset.samples[0].subject == "S010"
    assert {s.sequence for s in dataset.samples} <= {f"S{i:03d}_00{k}" for i in range(10, 21) for k in (1, 2)}


def test_neutral_is_the_first_frame_and_the_apex_the_last(ckplus):
    dataset = read_ckplus(ckplus, "8", "small")
    frames = {s.name[-12:-4]: dataset.labels[s.label] == "neutral" for s in dataset.samples}
    assert frames == {"00000001": True, "00000004": False}


def test_ckplus_in_class_folders(tmp_path):
    write_ckplus_folders(tmp_path / "CK+48")
    small, large = read_ckplus(tmp_path, "7_no_neutral", "small"), read_ckplus(tmp_path, "7_no_neutral", "large")
    assert len(small.samples) == 14 and len(large.samples) == 42 and small.cropped
    assert all(s.name.endswith("00000013.png") for s in small.samples)
    assert small.samples[0].sequence == "S010_001" and small.samples[0].subject == "S010"
    with pytest.raises(DatasetError, match="classes 8 need neutral faces, but class folders hold only the last frames"):
        read_ckplus(tmp_path, "8", "small")


def test_ckplus_says_which_sequences_are_short_and_which_labels_wrong(tmp_path):
    write_ckplus(tmp_path, subjects=2)
    for file in list((tmp_path / "cohn-kanade-images/S010/001").iterdir())[1:]:
        file.unlink()
    dataset = read_ckplus(tmp_path, "8", "small")
    assert any("S010_001 left out: expected 2 frames or more, got 1" in p for p in dataset.problems)
    assert any("CK+ sequences: expected 83 pictures of 'surprise', got 0" in p for p in dataset.problems)
    next((tmp_path / "Emotion/S011/001").iterdir()).write_text("   9.0000000e+00\n")
    with pytest.raises(DatasetError, match="expected a number from 1 to 7, got '9.0000000e"):
        read_ckplus(tmp_path)


@pytest.mark.parametrize("suffix", [".tiff", ".png", ".jpg"])
def test_jaffe_takes_label_and_subject_from_the_name(tmp_path, suffix):
    dataset = read_jaffe(write_jaffe(tmp_path, subjects=2, suffix=suffix))
    assert [dataset.labels[s.label] for s in dataset.samples if s.subject == "KA"] == sorted(EMOTIONS[:7])
    assert {s.subject for s in dataset.samples} == {"KA", "KL"} and not dataset.cropped
    assert "JAFFE: expected 10 subjects, got 2" in dataset.problems
    assert "JAFFE: expected 32 pictures of 'fear', got 2" in dataset.problems


def test_jaffe_refuses_an_unknown_expression(tmp_path):
    cv2.imwrite(str(tmp_path / "KA.XX1.1.png"), picture(0, 0))
    with pytest.raises(DatasetError, match="expected AN, DI, FE, HA, SA, SU or NE, got 'XX'"):
        read_jaffe(tmp_path)


def test_a_palette_is_read_through_its_colours(tmp_path):
    indices = Image.fromarray(np.arange(4, dtype=np.uint8).reshape(2, 2), "P")
    indices.putpalette([v for gray in (200, 10, 90, 255) for v in (gray, gray, gray)])
    indices.save(tmp_path / "p.tiff")
    np.testing.assert_array_equal(read_gray(tmp_path / "p.tiff"), [[200, 10], [90, 255]])


def test_class_folders_with_and_without_splits(tmp_path):
    for split, name, number in (("train", "Anger", 2), ("test", "contempt", 1)):
        (tmp_path / split / name).mkdir(parents=True)
        for i in range(number):
            cv2.imwrite(str(tmp_path / split / name / f"{i}.png"), picture(i, number))
    dataset = read_class_folders(tmp_path)
    assert dataset.labels == ("angry", "contempt") and dataset.counts() == {"angry": 2, "contempt": 1}
    assert dataset.split("test").samples[0].name == "test/contempt/0.png"
    assert read_class_folders(tmp_path / "train").samples[0].split == ""


def test_with_labels_renumbers(ckplus):
    dataset = read_ckplus(ckplus, "8", "small").with_labels(("happy", "contempt"))
    assert dataset.counts() == {"happy": 3, "contempt": 3}
