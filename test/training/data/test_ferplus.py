"""FER+'s votes go to the pictures that they were given for."""

import numpy as np
import pytest
from look_alike import write_fer2013_csv

from fer_ros.core.emotions import canonical
from fer_training.data.dataset import DatasetError
from fer_training.data.fer2013 import LABELS, read_fer2013
from fer_training.data.ferplus import VOTED, with_ferplus_votes

HEADER = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"


def test_ferplus_follows_the_rows_of_fer2013(tmp_path):
    dataset = read_fer2013(write_fer2013_csv(tmp_path / "fer2013.csv", [(0, "Training"), (1, "Training")]))
    (tmp_path / "new.csv").write_text(HEADER + "\nTraining,a.png,0,0,0,0,6,0,0,2,2,0\nTraining,,0,0,0,0,0,0,0,0,0,10\n")
    voted = with_ferplus_votes(dataset, tmp_path / "new.csv")
    np.testing.assert_allclose(voted.samples[0].votes, [0.75, 0, 0, 0, 0, 0, 0, 0.25])
    assert voted.samples[1].votes is None
    for rows, message in (
        ("Training,a.png,0,0,0,0,6,0,0,2,2,0\n", "expected a row for each of FER-2013's pictures, got 1"),
        ("PublicTest,a.png,0,0,0,0,6,0,0,2,2,0\n" * 2, "row 1: expected the votes of a picture of train"),
    ):
        (tmp_path / "other.csv").write_text(f"{HEADER}\n{rows}")
        with pytest.raises(DatasetError, match=message):
            with_ferplus_votes(dataset, tmp_path / "other.csv")


def table(path, labels, separator=","):
    """Write votes whose majority is each of these labels."""
    rows = [HEADER]
    for number, label in enumerate(labels):
        votes = ["8" if canonical(name) == LABELS[label] else "1" for name in VOTED]
        rows.append(",".join(["Training", f"{number}.png", *votes, "0", "0"]))
    path.write_text("\ufeff" + "\n".join(rows).replace(",", separator) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def faces(tmp_path):
    labels = np.random.default_rng(0).integers(0, 7, 200)
    return read_fer2013(write_fer2013_csv(tmp_path / "fer2013.csv", [(int(i), "Training") for i in labels])), labels


def test_votes_that_agree_with_two_labels_of_three_are_taken(faces, tmp_path):
    dataset, labels = faces
    said = np.where(np.arange(200) % 3 == 0, (labels + 1) % 7, labels)
    voted = with_ferplus_votes(dataset, table(tmp_path / "votes.csv", said, ";"))
    assert all(sample.votes is not None for sample in voted.samples)


def test_a_table_that_was_sorted_anew_is_refused_by_its_agreement(faces, tmp_path):
    dataset, labels = faces
    with pytest.raises(
        DatasetError, match=r"about 62 % of the pictures, got \d+.\d % of 200: these are the votes of o"
    ):
        with_ferplus_votes(dataset, table(tmp_path / "votes.csv", np.sort(labels)))


def test_a_few_pictures_prove_nothing(tmp_path):
    dataset = read_fer2013(write_fer2013_csv(tmp_path / "fer2013.csv", [(0, "Training"), (1, "Training")]))
    assert with_ferplus_votes(dataset, table(tmp_path / "votes.csv", [3, 4])).samples[0].votes is not None
