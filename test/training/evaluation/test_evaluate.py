"""A bundle is evaluated under its own labels, and a picture without a found face counts as wrong."""

import numpy as np
import pytest
from look_alike import photograph
from tiny_bundle import make_tiny_bundle

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.evaluation.evaluate import crops_for, evaluate_classifier


def scenes(*labels):
    faces = [Sample(f"face{i}", photograph(3, i), i % len(labels)) for i in range(2)]
    wall = Sample("wall", np.full((160, 160), 90, np.uint8), 0)
    return Dataset("scenes", labels, (*faces, wall), cropped=False)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return load_bundle(make_tiny_bundle(tmp_path_factory.mktemp("two") / "b", labels=("happy", "sad", "neutral")))


def test_a_missed_face_is_a_wrong_prediction(bundle):
    crops, missed = crops_for(scenes("sad", "happy"), bundle)
    assert missed == 1 and crops.labels == bundle.labels and crops.targets.tolist() == [1, 0]
    evaluation = evaluate_classifier(make_classifier(bundle, "litert"), crops, missed, {"split": "all"})
    right = int((evaluation.probabilities.argmax(axis=1) == crops.targets).sum())
    assert evaluation.n == 3 and evaluation.accuracy == pytest.approx(right / 3)
    assert evaluation.to_dict()["missed_faces"] == 1 and evaluation.facts["bundle"] == bundle.id


def test_a_label_that_the_bundle_does_not_have_is_refused(bundle):
    with pytest.raises(DatasetError, match=r"expected labels among the bundle's .*, got also \['fear'\]"):
        crops_for(scenes("happy", "fear"), bundle)
