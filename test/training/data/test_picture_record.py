"""Pictures are told apart by short hashes, which are small, sorted and whole or not there."""

import cv2
import numpy as np
import pytest
from look_alike import photograph, picture

from fer_training.data.class_folders import read_class_folders
from fer_training.data.dataset import Sample
from fer_training.data.face_cropping import find_faces
from fer_training.data.picture_record import NAME, NOTHING, PictureRecord, keep_record, read_record, short_hashes


def hashes(*numbers):
    return np.array(numbers, np.uint64)


def test_a_hash_goes_by_the_pixels_and_not_by_the_name():
    samples = Sample("a", picture(1, 1), 0), Sample("b", picture(1, 1), 3, subject="p"), Sample("c", picture(1, 2), 0)
    a, b, c = short_hashes(sample.digest for sample in samples)
    assert a == b != c and max(a, c) < 2**40


def test_a_picture_is_the_same_whether_a_face_is_to_be_found_in_it_or_it_is_one(tmp_path):
    scenes = {"happy/1.png": photograph(3, 0), "happy/wall.png": np.full((160, 160), 90, np.uint8)}
    scenes["sad/2.png"] = photograph(4, 1)
    for name, pixels in scenes.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / name), pixels)
    faces, whole = (find_faces(read_class_folders(tmp_path, cropped=cropped)) for cropped in (True, False))
    assert whole.missed == ("happy/wall.png",) and whole.crops.names == ("happy/1.png", "sad/2.png")
    of_faces = dict(zip(faces.crops.names, faces.crops.pictures.tolist(), strict=True))
    of_whole = dict(zip(whole.crops.names, whole.crops.pictures.tolist(), strict=True))
    of_whole["happy/wall.png"] = whole.missed_pictures.item()
    assert of_whole == of_faces and len(set(of_faces.values())) == 3
    # From a table of numbers, such as FER-2013's, it is the same too.
    assert short_hashes([Sample("row 7", scenes["sad/2.png"], 0).digest]).item() == of_faces["sad/2.png"]
    assert faces.crops.take(np.array([2])).pictures.tolist() == [of_faces["sad/2.png"]]


def test_what_is_written_is_read_sorted_and_once():
    record = PictureRecord(hashes(2**40 - 1, 0, 5, 5), hashes(7), hashes(1, 2, 3))
    content = record.to_bytes()
    assert content.startswith(b"short hashes of pictures: 3 trained, 1 selected, 3 initial\n")
    found = PictureRecord.from_bytes(content)
    assert found.trained.tolist() == [0, 5, 2**40 - 1] and found.selected.tolist() == [7]
    assert found.initial.tolist() == [1, 2, 3] and found.all().tolist() == [0, 1, 2, 3, 5, 7, 2**40 - 1]


def test_unknown_is_not_none():
    unknown = PictureRecord.from_bytes(PictureRecord(hashes(1), hashes(), None).to_bytes())
    assert unknown.initial is None and unknown.all() is None
    nothing = PictureRecord.from_bytes(NOTHING.to_bytes())
    assert nothing.initial.tolist() == nothing.all().tolist() == []


@pytest.mark.parametrize(
    "damage", [lambda c: c[:-1], lambda c: c + b"x", lambda c: c[1:], lambda c: b"", lambda c: b"x"]
)
def test_a_part_of_a_record_is_none(damage, tmp_path):
    content = damage(PictureRecord(hashes(1, 2), hashes(3), hashes()).to_bytes())
    with pytest.raises(ValueError, match="expected a record of pictures"):
        PictureRecord.from_bytes(content)
    (tmp_path / NAME).write_bytes(content)
    assert read_record(tmp_path) is None


def test_the_pictures_of_fer2013_need_as_many_bytes_as_is_said():
    rng = np.random.default_rng(0)
    record = PictureRecord(rng.integers(0, 2**40, 28709).astype(np.uint64), hashes(), hashes())
    assert len(record.to_bytes()) < 144_000


def test_a_run_keeps_its_first_record(tmp_path):
    assert keep_record(tmp_path, None, hashes(1), NOTHING) is None and read_record(tmp_path) is None
    first = keep_record(tmp_path, hashes(1), hashes(2), PictureRecord(hashes(3), hashes(4), hashes(5)))
    assert first.initial.tolist() == [3, 4, 5]
    again = keep_record(tmp_path, hashes(9), hashes(9), None)
    assert again.trained.tolist() == [1] and again.initial.tolist() == [3, 4, 5]
    assert keep_record(tmp_path / "..", None, None, None) is None
