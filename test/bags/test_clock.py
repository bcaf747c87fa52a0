"""The seconds of a session, whatever its cameras wrote into the stamps."""

from types import SimpleNamespace

import numpy as np
import pytest

from bags.bags import CAMERA, write_bag
from fer_ros.bags.clock import SessionClock
from fer_ros.bags.reading import Bag

PICTURES = [np.full((24, 32, 3), 10 * number, np.uint8) for number in range(9)]


def times(path):
    """The seconds of each image, by camera, and what is said of them."""
    with Bag(path) as bag:
        clock = SessionClock.of(bag)
        found = {camera: [] for camera in bag.cameras}
        for image in bag.images():
            found[image.camera].append(clock.passed(image))
    return found, clock


def walk(*images):
    """The seconds of images of one camera. images: stamp and time of recording, both in seconds."""
    clock = SessionClock()
    passed = [clock.passed(SimpleNamespace(camera="/c", stamp=s, recorded=round(r * 1e9))) for s, r in images]
    return [round(one, 3) for one in passed], clock


def test_stamps_that_go_on_are_the_time(tmp_path):
    found, clock = times(write_bag(tmp_path / "bag", PICTURES))
    assert found[CAMERA] == pytest.approx([n / 10 for n in range(9)])
    assert clock.first == 1000 and clock.by_recording == {} and clock.notes() == []


def test_where_stamps_stand_still_every_image_goes_by_its_recording(tmp_path):
    found, clock = times(write_bag(tmp_path / "bag", PICTURES, still=(CAMERA,)))
    assert found[CAMERA] == pytest.approx([n / 10 for n in range(9)])
    assert clock.first is None and clock.by_recording == {CAMERA: 9}
    assert clock.notes() == [
        f"the stamps of {CAMERA} stand still: 9 of 9 images go by the times at which they were recorded"
    ]


def test_a_camera_that_stands_still_does_not_move_the_times_of_another(tmp_path):
    found, clock = times(write_bag(tmp_path / "bag", PICTURES, topics=("/a", "/b"), still=("/a",)))
    assert found["/a"] == pytest.approx([n / 10 for n in range(9)])
    assert found["/b"] == pytest.approx([n / 10 for n in range(9)])
    assert clock.first == 1000 and clock.by_recording == {"/a": 9}


def test_an_image_that_comes_twice_is_no_reason_to_speak():
    passed, clock = walk((5, 100), (5.1, 100.1), (5.1, 100.13), (5.2, 100.2), (5.3, 100.3))
    assert passed == [0, 0.1, 0.13, 0.2, 0.3] and clock.by_recording == {}


def test_stamps_that_stop_in_the_middle_go_on_by_the_recording_from_there():
    images = [(5 + n / 10, 100 + n / 10) for n in range(3)] + [(5.2, 100.2 + n / 10) for n in range(1, 8)]
    passed, clock = walk(*images, (6.5, 101.5))
    assert passed == [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.5] and clock.by_recording == {"/c": 7}


def test_three_images_of_one_stamp_are_told():
    passed, clock = walk((0, 100), (0, 100.5), (0, 101))
    assert passed == [0, 0.5, 1] and clock.by_recording == {"/c": 2}


def test_a_bag_that_is_damaged_at_once_is_left_to_its_reader(tmp_path):
    path = write_bag(tmp_path / "bag", PICTURES)
    (data,) = path.glob("*.mcap")
    content = bytearray(data.read_bytes())
    content[len(content) // 10 : len(content) // 2] = bytes(len(content) // 2 - len(content) // 10)
    data.write_bytes(content)
    with Bag(path) as bag:
        assert SessionClock.of(bag).by_recording == {}
