"""A split that a bundle has learned from is told from one that it never saw."""

import pytest
from tiny_bundle import make_tiny_bundle

from fer_ros.core.classification.bundle import load_bundle
from fer_training.data.registry import DatasetSpec
from fer_training.evaluation.learned import FOLDED, INITIAL, LEARNED, SAME_KIND, SELECTED, UNKNOWN, learned_from

FER2013, FOLDERS, JAFFE = (DatasetSpec(name) for name in ("fer2013", "folders", "jaffe"))
SPLITS = ("train", "public_test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_tiny_bundle(tmp_path_factory.mktemp("learned") / "b")


@pytest.fixture
def bundle(folder):
    found = load_bundle(folder)
    found.training.update(config={})
    return found


@pytest.mark.parametrize("name", ["default", "balanced"])
def test_the_bundles_that_ship_have_learned_from_the_training_split_alone(name):
    assert learned_from(load_bundle(name), FER2013, SPLITS) == {"train": LEARNED}
    assert learned_from(load_bundle(name), FOLDERS, ("", "train", "test")) == {}


def test_a_first_stage_that_was_selected_on_the_public_test_says_so(bundle):
    bundle.training.update(data={"name": "fer2013", "validation_split": "public_test"}, weights="best")
    assert learned_from(bundle, FER2013, SPLITS) == {"train": LEARNED, "public_test": SELECTED}
    bundle.training["weights"] = "last"
    assert learned_from(bundle, FER2013, SPLITS) == {"train": LEARNED}


def test_a_second_stage_knows_its_own_data_and_that_of_the_first(bundle):
    bundle.training.update(data={"name": "folders"}, initial_weights="bundle mobilenet-v1-48-456aef5c")
    assert learned_from(bundle, FER2013, SPLITS) == {"train": INITIAL}
    assert learned_from(bundle, FOLDERS, ("train", "validation", "test")) == {
        "train": SAME_KIND,
        "validation": SAME_KIND,
    }
    assert learned_from(bundle, JAFFE, ("",)) == {}
    bundle.training["initial_weights"] = "ImageNet"
    assert learned_from(bundle, FER2013, SPLITS) == {}


def test_all_of_a_data_set_but_one_fold_is_known(bundle):
    bundle.training["data"] = {"name": "jaffe"}
    assert learned_from(bundle, JAFFE, ("",)) == {"": FOLDED}


def test_a_bundle_that_does_not_say_is_not_taken_for_innocent(bundle):
    assert learned_from(bundle, FER2013, SPLITS) == {"train": UNKNOWN}
