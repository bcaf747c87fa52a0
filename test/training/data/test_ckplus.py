"""CK+ is read in eight configurations from both layouts, with subjects and sequences."""

import pytest
from look_alike import (
    write_ckplus,
    write_ckplus_folders,
    write_fer2013_csv,
)

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.ckplus import CONFIGURATIONS, OFFICIAL_SEQUENCES, read_ckplus
from fer_training.data.dataset import DatasetError
from fer_training.data.splits import PROTOCOLS, make_folds


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


def test_official_counts_are_those_of_the_literature():
    assert sum(OFFICIAL_SEQUENCES.values()) - OFFICIAL_SEQUENCES["neutral"] == OFFICIAL_SEQUENCES["neutral"] == 327


def write_table(path, counts, usage=("Training", "PublicTest", "PrivateTest")):
    """Write the common table: emotion, pixels and Usage, with a byte-order mark."""
    labels = [EMOTIONS.index(name) for name, count in counts.items() for _ in range(count)]
    rows = [(label, usage[number % len(usage)]) for number, label in enumerate(labels)]
    write_fer2013_csv(path, rows)
    path.write_text("\ufeff" + path.read_text(), encoding="utf-8")
    return path


def test_ckplus_as_a_table_has_crops_and_no_subjects(tmp_path):
    table = write_table(tmp_path / "ckextended.csv", dict.fromkeys(EMOTIONS, 3))
    dataset = read_ckplus(table, "8")
    assert dataset.cropped and dataset.labels == EMOTIONS and len(dataset.samples) == 24
    assert {s.split for s in dataset.samples} == {"train", "public_test", "private_test"}
    assert dataset.samples[0].picture.shape == (48, 48) and {s.subject for s in dataset.samples} == {""}
    assert any("names no subjects" in problem and "--protocol random" in problem for problem in dataset.problems)
    assert any("expected 593 pictures of 'neutral', got 3" in problem for problem in dataset.problems)
    assert read_ckplus(tmp_path, "7_no_neutral").counts() == dict.fromkeys((*EMOTIONS[:6], "contempt"), 3)
    with pytest.raises(DatasetError, match="expected a subject for each picture"):
        make_folds(dataset, PROTOCOLS["ckplus"]["disjoint"])
    assert len(make_folds(dataset.without_reported(), PROTOCOLS["ckplus"]["random"])) == 5


def test_the_table_of_fer2013_is_not_taken_for_ckplus(tmp_path, monkeypatch):
    monkeypatch.setattr("fer_training.data.ckplus._MOST_ROWS", 20)
    with pytest.raises(DatasetError, match="expected the 920 pictures of CK\\+, got 21; is it --dataset fer2013"):
        read_ckplus(write_table(tmp_path / "fer2013.csv", {"happy": 21}))


def test_ckplus_official_pictures_are_read_when_their_face_is_looked_for(ckplus):
    sample = read_ckplus(ckplus).samples[0]
    assert sample.picture.is_file() and sample.pixels.shape == (160, 160)
