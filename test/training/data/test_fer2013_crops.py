"""The first stage trains on nine tenths of the training split, and no test split is among its faces."""

import pytest
from look_alike import write_fer2013, write_ferplus

from fer_training.data.dataset import DatasetError
from fer_training.data.fer2013_crops import paper_stage1_crops, stage1_crops


def test_the_validation_split_is_a_tenth_of_the_training_split_and_always_the_same(fer2013, capsys):
    train, validation = stage1_crops(fer2013)
    assert (len(train), len(validation)) == (63, 7) and not set(train.names) & set(validation.names)
    assert all(name.startswith("Training_") for name in (*train.names, *validation.names))
    assert stage1_crops(fer2013)[1].digest == validation.digest
    assert "note: FER-2013 train: expected 3995 pictures of 'angry', got 10" in capsys.readouterr().err


def test_the_paper_trains_on_the_whole_training_split(fer2013):
    train, watched = paper_stage1_crops(fer2013)
    assert len(train) == 70 and all(name.startswith("PublicTest_") for name in watched.names)


def test_votes_go_to_the_training_faces(fer2013, tmp_path):
    votes = write_ferplus(tmp_path / "votes.csv", fer2013)
    assert stage1_crops(fer2013, votes)[0].votes.shape == (63, 8)
    with pytest.raises(DatasetError, match="expected a CSV file at .*nowhere, got nothing"):
        stage1_crops(fer2013, tmp_path / "nowhere")


def test_what_was_read_is_told_by_class_and_split(fer2013, capsys):
    stage1_crops(fer2013)
    said = capsys.readouterr().err
    assert (
        "FER-2013: 91 pictures" in said
        and "train           10       10    10     10   10        10       10   70" in said
    )


@pytest.mark.parametrize("crops", [stage1_crops, paper_stage1_crops])
def test_a_class_without_training_pictures_is_told_before_the_training(tmp_path, crops):
    write_fer2013(tmp_path, train=11, test=1)
    for file in (tmp_path / "train" / "disgust").iterdir():
        file.unlink()
    with pytest.raises(DatasetError, match="FER-2013: expected training pictures of each class, got none of disgust"):
        crops(tmp_path)
