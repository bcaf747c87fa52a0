"""Samples have names of their own, labels can be chosen, and duplicates are counted."""

import cv2
import numpy as np
import pytest
from look_alike import (
    write_fer2013,
)
from PIL import Image

from fer_training.data.dataset import Dataset, DatasetError, Sample, read_gray
from fer_training.data.fer2013 import read_fer2013


def test_two_pictures_of_one_name_are_refused():
    with pytest.raises(DatasetError, match="expected a name of its own for each picture, got a 2 times"):
        Dataset("x", ("happy",), (Sample("a", np.zeros((9, 9), np.uint8), 0),) * 2, True)


def test_duplicates_across_splits_are_reported(tmp_path):
    write_fer2013(tmp_path, train=2, test=1)
    source = next((tmp_path / "train/sad").iterdir())
    (tmp_path / "test/fear/PublicTest_99999999.jpg").write_bytes(source.read_bytes())
    problem = read_fer2013(tmp_path).problems[-1]
    assert "1 pictures stand several times (2 files); 1 of them in more than one split, 1 with different" in problem


def test_a_palette_is_read_through_its_colours(tmp_path):
    indices = Image.fromarray(np.arange(4, dtype=np.uint8).reshape(2, 2), "P")
    indices.putpalette([v for gray in (200, 10, 90, 255) for v in (gray, gray, gray)])
    indices.save(tmp_path / "p.tiff")
    np.testing.assert_array_equal(read_gray(tmp_path / "p.tiff"), [[200, 10], [90, 255]])


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tiff"])
def test_gray_is_what_opencv_reads_as_gray(tmp_path, suffix):
    """Runs of earlier versions know their faces by the hash of these pixels."""
    colours = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    path = tmp_path / f"p{suffix}"
    cv2.imwrite(str(path), colours)
    np.testing.assert_array_equal(read_gray(path), cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))


def test_a_whole_picture_is_read_when_it_is_asked_for_and_known_by_its_file(tmp_path):
    for name in "ab":
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((9, 7), 90, np.uint8))
    first, second = (Sample(name, tmp_path / f"{name}.png", 0) for name in "ab")
    assert first.digest == second.digest and first.pixels.shape == (9, 7)
    (tmp_path / "a.png").unlink()
    with pytest.raises(DatasetError, match="a.png: expected a picture, got one that cannot be read"):
        _ = first.pixels


def test_with_labels_renumbers():
    samples = tuple(Sample(f"s{i}", np.zeros((9, 9), np.uint8), i % 3) for i in range(6))
    dataset = Dataset("x", ("fear", "happy", "contempt"), samples, True).with_labels(("happy", "contempt"))
    assert dataset.counts() == {"happy": 2, "contempt": 2} and [s.name for s in dataset.samples][:2] == ["s1", "s2"]
