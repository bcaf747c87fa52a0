"""A bundle is evaluated under its own labels, and a picture without a found face counts as wrong."""

import numpy as np
import pytest
from look_alike import photograph
from tiny_bundle import make_tiny_bundle

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.evaluation.evaluate import Missed, crops_for, evaluate_classifier


def scenes(*labels):
    faces = [Sample(f"face{i}", photograph(3, i), i % len(labels), split=("train", "test")[i]) for i in range(2)]
    wall = Sample("wall", np.full((160, 160), 90, np.uint8), 0, split="test")
    return Dataset("scenes", labels, (*faces, wall), cropped=False)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return load_bundle(make_tiny_bundle(tmp_path_factory.mktemp("two") / "b", labels=("happy", "sad", "neutral")))


@pytest.fixture(scope="module")
def evaluation(bundle):
    dataset = scenes("sad", "happy")
    crops, found = crops_for(dataset, bundle)
    assert crops.labels == bundle.labels and crops.targets.tolist() == [1, 0]
    classifier = make_classifier(bundle, "litert")
    return evaluate_classifier(classifier, crops, found, {"split": "all"}, dataset, {"train": "learned"})


def test_a_missed_face_is_a_wrong_prediction_and_has_a_name(bundle, evaluation):
    assert evaluation.missed == (Missed("wall", 1, "test"),), "under the bundle's label: sad is its second"
    right = int((evaluation.probabilities.argmax(axis=1) == evaluation.targets).sum())
    assert evaluation.n == 3 and evaluation.accuracy == pytest.approx(right / 3)
    values = evaluation.to_dict()
    assert values["missed_faces"] == 1 and values["missed"] == ["wall"] and values["bundle"] == bundle.id
    assert any("no face found in 1 of 3 pictures (wall)" in problem for problem in evaluation.problems)


def test_each_split_has_a_result_of_its_own_with_its_missed_faces(evaluation):
    right = (evaluation.probabilities.argmax(axis=1) == evaluation.targets).astype(int).tolist()
    train, test = evaluation.by_split()
    assert (train.split, train.n, train.right, train.learned) == ("train", 1, right[0], "learned")
    assert (test.split, test.n, test.right, test.learned) == ("test", 2, right[1], "")
    assert [box is not None and box.width > 50 for box in evaluation.boxes] == [True, True]


def test_a_label_that_the_bundle_does_not_have_is_refused(bundle):
    with pytest.raises(DatasetError, match=r"expected labels among the bundle's .*, got also \['fear'\]"):
        crops_for(scenes("happy", "fear"), bundle)
