"""A name of JAFFE says subject and expression."""

import cv2
import pytest
from look_alike import (
    picture,
    write_jaffe,
)

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.dataset import DatasetError
from fer_training.data.jaffe import OFFICIAL_COUNTS, read_jaffe


@pytest.mark.parametrize("suffix", [".tiff", ".png", ".jpg"])
def test_jaffe_takes_label_and_subject_from_the_name(tmp_path, suffix):
    dataset = read_jaffe(write_jaffe(tmp_path, subjects=2, suffix=suffix))
    assert [dataset.labels[s.label] for s in dataset.samples if s.subject == "KA"] == sorted(EMOTIONS[:7])
    assert {s.subject for s in dataset.samples} == {"KA", "KL"} and not dataset.cropped
    assert "JAFFE: expected 10 subjects, got 2" in dataset.problems
    assert "JAFFE: expected 32 pictures of 'fear', got 2" in dataset.problems


def test_jaffe_refuses_an_unknown_expression(tmp_path):
    cv2.imwrite(str(tmp_path / "KA.XX1.1.png"), picture(0, 0))
    with pytest.raises(DatasetError, match="expected AN, DI, FE, HA, SA, SU or NE, got 'XX'"):
        read_jaffe(tmp_path)


def test_official_counts_are_those_of_the_literature():
    assert sum(OFFICIAL_COUNTS.values()) == 213


def test_jaffe_is_read_in_any_format_and_what_else_lies_there_is_named(tmp_path):
    folder = write_jaffe(tmp_path, subjects=1, suffix=".webp")
    (folder / "README_FIRST.txt").write_text("terms")
    (folder / "Thumbs.db").write_bytes(b"litter")
    dataset = read_jaffe(folder)
    assert len(dataset.samples) == 7 and dataset.samples[0].pixels.shape == (160, 160)
    assert f"JAFFE: left out 1 file that is no picture ({folder.name}/README_FIRST.txt)" in dataset.problems
