"""The clips that benchmarks are made on: their faces are where they say."""

import pytest

from benchmarks.clips import appearing, crossing, moving_faces, to_gray
from benchmarks.quality import score
from fer_ros.core.detection.haar import HaarDetector
from fer_ros.core.geometry import Box


def found(shot):
    return [face.box for face in HaarDetector().detect(to_gray(shot), 48)]


@pytest.mark.parametrize("count", [1, 4, 16])
def test_full_search_finds_every_known_face(count):
    shot = moving_faces(count, 1)[0]
    assert len(shot.faces) == count
    assert score([shot.faces], [found(shot)])["recall"] == 1


def test_faces_are_as_small_as_asked_for_and_no_smaller():
    shots = moving_faces(16, 60, smallest=48)
    assert 48 <= min(box.width for shot in shots for box in shot.faces) < 48.5


def test_too_many_faces_are_refused():
    with pytest.raises(ValueError, match="expected at most what fits"):
        moving_faces(100, 1)


def test_clips_are_the_same_each_time():
    assert (moving_faces(2, 2)[1].picture == moving_faces(2, 2)[1].picture).all()


def test_empty_room_has_no_face():
    shot = moving_faces(0, 1)[0]
    assert shot.faces == ()
    assert score([shot.faces], [[]]) == {"recall": None, "false_per_frame": 0}


def test_second_face_appears_on_the_frame_it_should():
    assert [len(shot.faces) for shot in appearing(4, 2)] == [1, 1, 2, 2]


def test_people_cross():
    shots = crossing(9)
    first, last = shots[0].faces, shots[-1].faces
    assert first[0].center[0] < first[1].center[0]
    assert last[0].center[0] > last[1].center[0]
    assert shots[4].faces[0].iou(shots[4].faces[1]) > 0.5


def test_score_counts_hits_and_false_faces():
    here, there = Box(0, 0, 10, 10), Box(50, 50, 60, 60)
    assert score([[here], [here]], [[here], [there]]) == {"recall": 0.5, "false_per_frame": 0.5}
