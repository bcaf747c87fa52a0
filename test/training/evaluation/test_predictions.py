"""One loop asks whatever predicts; a run's predictions come back as they were written."""

import numpy as np
import pytest
from look_alike import tiny_crops

from fer_ros.core.classification.preprocessing import PreprocessSpec, preprocess_crops
from fer_training.evaluation.predictions import CHUNK, Predictions, predict

SPEC = PreprocessSpec(size=8)


def test_every_crop_is_predicted_once_and_in_order_whatever_the_chunks():
    pixels = [np.full((8 + i % 3, 8), i % 251, np.uint8) for i in range(2 * CHUNK + 5)]
    sizes = []

    def brightest(batch):
        sizes.append(len(batch))
        return batch.reshape(len(batch), -1).max(axis=1, keepdims=True)

    found = predict(brightest, iter(pixels), SPEC)
    assert sizes == [CHUNK, CHUNK, 5] and found.shape == (len(pixels), 1)
    np.testing.assert_array_equal(found[:, 0], preprocess_crops(pixels, SPEC).reshape(len(pixels), -1).max(axis=1))


def test_nothing_to_predict_is_refused():
    with pytest.raises(ValueError, match="expected one crop or more to predict, got none"):
        predict(lambda batch: batch, [], SPEC)


def test_predictions_come_back_as_they_were_written_under_their_old_name_as_well(tmp_path):
    crops = tiny_crops(7)
    best, last = (np.random.default_rng(i).dirichlet(np.ones(7), 7).astype(np.float32) for i in range(2))
    Predictions(np.array(crops.names), crops.targets, crops.labels, best, last).save(tmp_path)
    for name in ("predictions.npz", "answers.npz"):
        if name == "answers.npz":
            (tmp_path / "predictions.npz").rename(tmp_path / name)
        found = Predictions.load(tmp_path)
        assert found.labels == crops.labels and tuple(found.names) == crops.names
        np.testing.assert_array_equal(found.best, best)
        np.testing.assert_array_equal(found.last, last)
    (tmp_path / "answers.npz").unlink()
    with pytest.raises(FileNotFoundError, match="predictions.npz"):
        Predictions.load(tmp_path)
