"""FER+'s votes go to the pictures that they were given for."""

import numpy as np
import pytest
from look_alike import (
    write_fer2013_csv,
)

from fer_training.data.dataset import DatasetError
from fer_training.data.fer2013 import read_fer2013
from fer_training.data.ferplus import with_ferplus_votes


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
