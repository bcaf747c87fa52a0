"""Data sets go by name; a copy that is missing, or a way of reading that there is not, is said."""

import pytest

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
