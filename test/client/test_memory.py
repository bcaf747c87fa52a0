"""Who is there, who came and left, and how long an expression has been held."""

import pytest
from fer_ros.msg import FaceEmotion

from client.scripted import CAMERA, face, image
from fer_ros.client.memory import Appeared, FaceMemory, Left
from fer_ros.client.snapshots import ExpressionChange, faces_of

UNCERTAIN = FaceEmotion.UNCERTAIN


class Told:
    """A memory that is told of images at a steady time equal to their stamp, and says what happened as short text."""

    def __init__(self, left_after=1.0):
        self.memory = FaceMemory(left_after)

    def see(self, stamp, *faces, camera=CAMERA, now=None):
        snapshots = faces_of(image(list(faces), stamp, camera))
        return self._text(self.memory.update(camera, stamp, snapshots, stamp if now is None else now))

    def expire(self, now):
        return self._text(self.memory.expire(now))

    @staticmethod
    def _text(events):
        def text(event):
            if isinstance(event, ExpressionChange):
                return f"{event.face.track_id} {event.previous}->{event.label} after {event.previous_seconds:g}"
            assert isinstance(event, Appeared | Left)
            return f"{type(event).__name__} {event.face.track_id}"

        return [text(event) for event in events]

    def held(self, key=(CAMERA, "abcde")):
        return self.memory.find(key).stable_for


def test_a_change_is_told_once_with_the_time_of_the_label_before():
    told = Told()
    assert told.see(10.0, face(state=UNCERTAIN)) == ["Appeared abcde"]
    assert told.see(10.5, face()) == ["abcde ->happy after 0"]
    assert told.see(11.0, face()) == []
    assert told.see(11.5, face(label="sad")) == ["abcde happy->sad after 1"]
    assert told.see(12.0, face(label="happy")) == ["abcde sad->happy after 0.5"]


def test_an_uncertain_moment_is_no_change_but_ends_the_holding():
    told = Told()
    told.see(10.0, face())
    told.see(10.5, face())
    assert told.held() == 0.5
    assert told.see(11.0, face(state=UNCERTAIN)) == []
    assert told.held() == 0
    assert told.see(11.5, face()) == []
    assert told.held() == 0
    told.see(12.0, face())
    assert told.held() == 0.5
    assert told.see(12.5, face(label="sad")) == ["abcde happy->sad after 2.5"]
    assert told.held() == 0


def test_an_image_that_missed_the_face_does_not_end_the_holding():
    told = Told()
    told.see(10.0, face())
    told.see(10.5)
    told.see(11.0, face())
    assert told.held() == 1


def test_a_face_leaves_after_the_stated_time_while_images_come_and_while_none_come():
    told = Told(left_after=1.0)
    told.see(10.0, face("aaaaa"), face("bbbbb"))
    assert told.see(11.0, face("aaaaa")) == []
    assert told.see(11.1, face("aaaaa")) == ["Left bbbbb"]
    assert told.expire(12.1) == []
    assert told.expire(12.2) == ["Left aaaaa"]
    assert told.memory.present() == () and told.memory.find((CAMERA, "aaaaa")) is None


def test_a_face_that_comes_back_is_a_new_one():
    told = Told()
    told.see(10.0, face())
    told.expire(12.0)
    assert told.see(13.0, face()) == ["Appeared abcde", "abcde ->happy after 0"]
    assert told.see(16.0, face()) == ["Left abcde", "Appeared abcde", "abcde ->happy after 0"]


def test_a_recording_that_starts_again_forgets_its_camera_and_no_other():
    told = Told()
    told.see(10.0, face("aaaaa"), now=1.0)
    told.see(99.0, face("bbbbb"), camera="/other", now=1.0)
    events = told.see(5.0, face("aaaaa"), now=1.1)
    assert events == ["Left aaaaa", "Appeared aaaaa", "aaaaa ->happy after 0"]
    assert told.memory.find(("/other", "bbbbb")) is not None
    assert told.held((CAMERA, "aaaaa")) == 0


def test_cameras_are_kept_apart():
    told = Told()
    assert told.see(10.0, face("abcde"), camera="/left")[0] == "Appeared abcde"
    assert told.see(10.1, face("abcde", "sad"), camera="/right") == ["Appeared abcde", "abcde ->sad after 0"]
    assert told.see(10.2, camera="/left") == []
    assert {f.key for f in told.memory.present()} == {("/left", "abcde"), ("/right", "abcde")}


def test_faces_without_an_id_are_there_in_the_newest_image_only():
    told = Told()
    assert told.see(10.0, face(""), face("", "sad")) == []
    assert len(told.memory.present()) == 2
    told.see(10.1, face(""))
    assert len(told.memory.present()) == 1
    told.expire(11.2)
    assert told.memory.present() == ()


def test_the_largest_share_of_an_image_comes_first():
    told = Told()
    told.see(10.0, face("aaaaa", side=50.0), face("bbbbb", side=120.0), face("ccccc", side=80.0))
    assert [f.track_id for f in told.memory.present()] == ["bbbbb", "ccccc", "aaaaa"]


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_a_face_must_be_given_time_to_leave(seconds):
    with pytest.raises(ValueError, match="left_after must be above 0 s"):
        FaceMemory(seconds)
