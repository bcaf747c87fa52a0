"""Faces are found by the node's own search; what was not found, or is doubtful, is named."""

import json

import cv2
import numpy as np
import pytest
from look_alike import photograph

from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.detection.search import FaceSearch
from fer_ros.core.loading import load_pipeline
from fer_training.data.class_folders import read_class_folders
from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.data.face_cropping import BoxCache, find_faces, read_crops
from fer_training.data.registry import DatasetSpec
from fer_training.legacy import BARE_CASCADE


def scene(blank=1):
    faces = [Sample(f"face{i}", photograph(3, i), 0) for i in range(2)]
    walls = [Sample(f"wall{i}", np.full((160, 160), 90 + i, np.uint8), 1) for i in range(blank)]
    return Dataset("scene", ("happy", "sad"), (faces[0], *walls, faces[1]), cropped=False)


def small_and_large():
    """Return a sharp small face left of a large blurred one, (400, 600) uint8."""
    picture = np.full((400, 600), 120, np.uint8)
    picture[100:260, 20:180] = photograph(3, 0)
    picture[20:380, 220:580] = cv2.GaussianBlur(cv2.resize(photograph(3, 1), (360, 360)), (0, 0), 9)
    return picture


def test_pictures_without_a_found_face_are_named():
    dataset = scene()
    found = find_faces(dataset)
    assert found.missed == ("wall0",) and found.kept.tolist() == [0, 2]
    assert found.problems(dataset) == ["scene: no face found in 1 of 3 pictures (wall0)"]
    assert found.crops.names == ("face0", "face1") and found.crops.targets.tolist() == [0, 0]


@pytest.mark.parametrize("detector", ["default", "robot", "paper"])
def test_crops_are_of_the_very_boxes_that_the_node_would_find(detector):
    dataset = Dataset("scene", ("happy", "sad"), scene().samples, cropped=False, detector=detector)
    found = find_faces(dataset)
    (face,) = load_pipeline(detector).look(photograph(3, 0))
    assert found.faces[0].box == face.box
    left, top, right, bottom = (round(v) for v in face.box.as_tuple())
    np.testing.assert_array_equal(found.crops.pixels[0], photograph(3, 0)[top:bottom, left:right])
    assert found.crops.pixels[0].shape[0] > 48


def test_what_only_the_bare_cascade_takes_for_a_face_is_no_training_picture():
    """A patch that fools the cascade and that the confirming one does not see: two dark spots above a bar."""
    searched = find_faces(scene())
    assert len(searched.crops) == 2
    patch = next(seen for seen in fooling() if HaarDetector().detect(seen, 48))
    samples = (*scene().samples, Sample("patch", patch, 1))
    dataset = Dataset("scene", ("happy", "sad"), samples, cropped=False)
    assert "patch" in find_faces(dataset).missed
    bare = find_faces(Dataset("scene", ("happy", "sad"), samples, cropped=False, detector=BARE_CASCADE))
    assert "patch" in bare.crops.names


def fooling():
    """Yield random blots, some of which the cascade takes for a face."""
    for seed in range(4000):
        rng = np.random.default_rng(seed)
        coarse = rng.integers(60, 200, (12, 12), dtype=np.uint8)
        yield cv2.resize(coarse, (160, 160), interpolation=cv2.INTER_CUBIC)


def test_the_surest_face_is_taken_and_pictures_of_several_are_named():
    dataset = Dataset("pair", ("happy",), (Sample("both", small_and_large(), 0),), cropped=False)
    found = find_faces(dataset)
    faces = load_pipeline().look(small_and_large())
    assert len(faces) == 2 and faces[1].score > faces[0].score, "the smaller one is the surer one"
    assert found.faces[0].box == faces[1].box and found.several == ("both",)
    assert "pair: several faces in 1 of 1 pictures, the surest one is taken (both)" in found.problems(dataset)


def test_a_doubtful_face_is_named_with_what_speaks_against_it():
    blurred = cv2.GaussianBlur(cv2.resize(photograph(3, 0), (320, 320)), (0, 0), 12)
    dataset = Dataset("blurred", ("happy",), (Sample("soft", blurred, 0),), cropped=False)
    assert find_faces(dataset).problems(dataset) == ["blurred: a doubtful face in 1 of 1 pictures (soft: blurred)"]


def test_no_face_at_all_is_an_error():
    walls = Dataset("walls", ("happy",), scene(2).samples[1:3], cropped=False)
    with pytest.raises(DatasetError, match="walls: expected faces, found none in 2 pictures"):
        find_faces(walls)


def test_the_cache_goes_by_content_and_holds_no_pictures(tmp_path, monkeypatch):
    first = find_faces(scene(), cache=BoxCache(tmp_path))
    (file,) = tmp_path.iterdir()
    entries = json.loads(file.read_text())
    assert len(entries) == 3 and file.stat().st_size < 1000
    monkeypatch.setattr(FaceSearch, "find", lambda *_: pytest.fail("the cache was not used"))
    again = find_faces(scene(), cache=BoxCache(tmp_path))
    assert again.missed == first.missed and again.faces == first.faces
    np.testing.assert_array_equal(again.crops.pixels[1], first.crops.pixels[1])


def test_what_was_found_is_kept_when_the_search_is_interrupted(tmp_path, monkeypatch):
    dataset = scene()
    searched = FaceSearch.find

    def find(self, frame, known=()):
        if frame.gray.mean() == 90:
            raise KeyboardInterrupt
        return searched(self, frame, known)

    monkeypatch.setattr(FaceSearch, "find", find)
    with pytest.raises(KeyboardInterrupt):
        find_faces(dataset, cache=BoxCache(tmp_path))
    (file,) = tmp_path.iterdir()
    assert len(json.loads(file.read_text())) == 1


def test_a_cropped_set_needs_no_detector(monkeypatch):
    monkeypatch.setattr(FaceSearch, "__init__", lambda *_: pytest.fail("a detector was made"))
    small = Sample("a", np.zeros((48, 48), np.uint8), 0)
    assert len(find_faces(Dataset("small", ("happy",), (small,), cropped=True)).crops) == 1


@pytest.fixture
def photographs(tmp_path):
    for label, name in enumerate(("happy", "sad")):
        (tmp_path / "people" / name).mkdir(parents=True)
        for number in range(2):
            cv2.imwrite(str(tmp_path / "people" / name / f"{number}.png"), photograph(label, number))
    return tmp_path / "people"


def test_whole_pictures_are_read_one_at_a_time(photographs):
    dataset = read_class_folders(photographs, cropped=False)
    assert all(sample.picture.suffix == ".png" for sample in dataset.samples), "files, not pixels"
    found = find_faces(dataset)
    assert len(found.crops) == 4 and all(crop.base is None for crop in found.crops.pixels), "faces, not pictures"


def test_a_whole_picture_that_cannot_be_read_is_left_out_and_named(photographs, tmp_path):
    (photographs / "sad" / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + b"\0" * 40)
    dataset, crops = read_crops(DatasetSpec("folders", whole=True), photographs, 1.0, tmp_path / "boxes")
    assert len(crops) == len(dataset.samples) == 4
    assert (
        "people: left out 1 picture that cannot be read: sad/IMG_1.HEIC (HEIC, which is not read: convert it to JPEG)"
        in (dataset.problems)
    )


def test_a_profile_that_is_not_there_is_named(photographs):
    with pytest.raises(FileNotFoundError, match="profile must be one of default, robot, paper, or a parameter file"):
        read_crops(DatasetSpec("folders", whole=True, detector="blaze"), photographs, 1.0, photographs / "boxes")
