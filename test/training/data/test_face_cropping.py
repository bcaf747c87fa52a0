"""Faces are found by the node's detector, and those not found are counted."""

import json

import numpy as np
import pytest
from look_alike import photograph

from fer_ros.core.detection.haar import HaarDetector
from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.data.face_cropping import BoxCache, find_faces


def scene(blank=1):
    faces = [Sample(f"face{i}", photograph(3, i), 0) for i in range(2)]
    walls = [Sample(f"wall{i}", np.full((160, 160), 90 + i, np.uint8), 1) for i in range(blank)]
    return Dataset("scene", ("happy", "sad"), (faces[0], *walls, faces[1]), cropped=False)


def test_pictures_without_a_found_face_are_named():
    dataset = scene()
    found = find_faces(dataset)
    assert found.missed == ("wall0",) and found.kept.tolist() == [0, 2]
    assert found.problems(dataset) == ["scene: no face found in 1 of 3 pictures (wall0)"]
    assert found.crops.names == ("face0", "face1") and found.crops.targets.tolist() == [0, 0]


def test_crops_keep_the_full_resolution_and_are_the_detectors_box():
    found = find_faces(scene())
    box = HaarDetector().detect(photograph(3, 0), 48)[0].box
    left, top, right, bottom = (round(v) for v in box.as_tuple())
    np.testing.assert_array_equal(found.crops.pixels[0], photograph(3, 0)[top:bottom, left:right])
    assert found.crops.pixels[0].shape[0] > 48


def test_no_face_at_all_is_an_error():
    walls = Dataset("walls", ("happy",), scene(2).samples[1:3], cropped=False)
    with pytest.raises(DatasetError, match="walls: expected faces, found none in 2 pictures"):
        find_faces(walls)


def test_the_cache_goes_by_content_and_holds_no_pictures(tmp_path, monkeypatch):
    first = find_faces(scene(), cache=BoxCache(tmp_path))
    file = next(tmp_path.iterdir())
    assert all(box is None or len(box) == 4 for box in json.loads(file.read_text()).values())
    monkeypatch.setattr(HaarDetector, "detect", lambda *_: pytest.fail("the cache was not used"))
    again = find_faces(scene(), cache=BoxCache(tmp_path))
    assert again.missed == first.missed
    np.testing.assert_array_equal(again.crops.pixels[1], first.crops.pixels[1])


def test_a_cropped_set_needs_no_detector(monkeypatch):
    monkeypatch.setattr(HaarDetector, "__init__", lambda *_: pytest.fail("a detector was made"))
    small = Sample("a", np.zeros((48, 48), np.uint8), 0)
    assert len(find_faces(Dataset("small", ("happy",), (small,), cropped=True)).crops) == 1
