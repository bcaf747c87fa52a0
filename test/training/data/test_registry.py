"""Data sets go by name; a copy that is missing, or a way of reading that there is not, is said."""

import json
from dataclasses import asdict

import cv2
import pytest
from look_alike import picture

from fer_training.data.dataset import DatasetError
from fer_training.data.registry import NAMES, DatasetSpec, read_dataset


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_that_is_not_there_is_named(tmp_path, name):
    with pytest.raises(DatasetError, match=r"expected a .* at .*nowhere, got nothing"):
        read_dataset(DatasetSpec(name), tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("imagenet",), "data set must be one of fer2013, ckplus, jaffe, folders, got 'imagenet'"),
        (("ckplus", "9"), "classes must be one of .*, got '9'"),
        (("ckplus", "8", "huge"), "size must be one of small, large, got 'huge'"),
    ],
)
def test_unknown_names_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        DatasetSpec(*values)


def test_a_spec_comes_back_from_the_records_of_a_run():
    spec = DatasetSpec("folders", whole=True, detector="robot", class_names=(("0", "angry"), ("1", "happy")))
    again = DatasetSpec(**json.loads(json.dumps(asdict(spec))))
    assert again == spec and hash(again) == hash(spec)


def test_a_data_set_says_whose_search_finds_its_faces(tmp_path):
    (tmp_path / "happy").mkdir()
    cv2.imwrite(str(tmp_path / "happy" / "1.png"), picture(3, 1))
    assert read_dataset(DatasetSpec("folders", whole=True, detector="robot"), tmp_path).detector == "robot"
