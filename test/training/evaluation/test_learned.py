"""A split that a bundle has learned from is told from one that it never saw."""

import numpy as np
import pytest
from look_alike import tiny_crops
from tiny_bundle import make_tiny_bundle

from fer_ros.core.classification.bundle import load_bundle
from fer_training.data.face_cropping import FoundFaces
from fer_training.data.registry import DatasetSpec
from fer_training.evaluation.learned import (
    FOLDED,
    INITIAL,
    LEARNED,
    SAME_KIND,
    SELECTED,
    UNKNOWN,
    LearnedPictures,
    learned_from,
    learned_pictures,
    read_otherwise,
)

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


def test_what_is_recorded_of_pictures_is_counted_in_words():
    known = LearnedPictures(frozenset("abc"), frozenset("d"), frozenset("ae"))
    assert known.tell("abcxyz") == (
        "3 of these 6 pictures were trained on; the initial weights have learned from 1 of these 6 pictures"
    )
    assert known.tell("bc") == "all of these 2 pictures were trained on"
    assert known.tell("bx") == "1 of these 2 pictures was trained on"
    assert known.tell("dx") == "the weights were selected by 1 of these 2 pictures"
    assert known.tell("xy") == "" and known.deny("xy") == "none of these 2 pictures was trained on"
    assert "e" in known and "x" not in known
    unsure = LearnedPictures(frozenset(), frozenset(), frozenset(), "bundle mine-12345678")
    assert unsure.deny("xy").endswith("; which ones bundle mine-12345678 learned from before is not on record")


def test_where_pictures_are_recorded_names_tell_only_what_those_leave_open(bundle):
    bundle.training.update(data={"name": "folders"}, initial_weights="bundle mobilenet-v1-48-456aef5c")
    known = LearnedPictures(frozenset(), frozenset(), frozenset())
    unsure = LearnedPictures(frozenset(), frozenset(), frozenset(), "bundle mobilenet-v1-48-456aef5c")
    assert learned_from(bundle, FOLDERS, ("train", "validation"), unsure) == {}
    assert learned_from(bundle, FER2013, SPLITS, unsure) == {"train": INITIAL}
    assert learned_from(bundle, FER2013, SPLITS, known) == {}
    bundle.training["data"] = {"name": "jaffe"}
    assert learned_from(bundle, JAFFE, ("",), known) == {}
    assert learned_pictures(bundle, FoundFaces(tiny_crops(), np.arange(42))) is None


def test_pictures_that_are_made_into_faces_in_another_way_are_told(bundle):
    whole, by_robot = DatasetSpec("folders", whole=True), DatasetSpec("folders", whole=True, detector="/my/robot.yaml")
    bundle.training.update(data={"name": "folders"})
    assert read_otherwise(bundle, FOLDERS) == read_otherwise(bundle, whole) == []
    bundle.training.update(data={"name": "folders", "found_by": "default"})
    assert read_otherwise(bundle, whole) == read_otherwise(bundle, FER2013) == []
    (faces,) = read_otherwise(bundle, FOLDERS)
    assert "give --whole" in faces
    (other,) = read_otherwise(bundle, by_robot)
    assert "were found by robot.yaml: --detector default" in other
