"""Messages become typed snapshots, or are refused."""

import dataclasses

import pytest
from fer_ros.msg import FaceEmotion

from client.scripted import CAMERA, LABELS, face, image
from fer_ros.client.snapshots import faces_of, seconds_of
from fer_ros.core.geometry import Box
from fer_ros.core.types import Reasons, State


def test_every_field_of_a_face_arrives():
    message = image([face(side=80.0, at=(100.0, 60.0), reasons=FaceEmotion.BLURRED | FaceEmotion.TOO_SMALL)], 12.25)
    (snapshot,) = faces_of(message)
    assert (snapshot.camera, snapshot.track_id, snapshot.key) == (CAMERA, "abcde", (CAMERA, "abcde"))
    assert snapshot.box == Box(60, 20, 140, 100)
    assert (snapshot.image_width, snapshot.image_height, snapshot.stamp) == (640, 480, 12.25)
    assert (snapshot.raw.label, snapshot.raw.confidence) == ("happy", pytest.approx(0.7))
    assert (snapshot.smoothed.label, snapshot.smoothed.confidence) == ("happy", pytest.approx(0.6))
    assert list(snapshot.raw.probabilities) == LABELS
    assert snapshot.raw.probabilities["happy"] == pytest.approx(0.7)
    assert snapshot.smoothed.probabilities["sad"] == pytest.approx(0.4 / 6)
    assert (snapshot.state, snapshot.stable_label) == (State.STABLE, "happy")
    assert snapshot.reasons == Reasons.BLURRED | Reasons.TOO_SMALL
    assert seconds_of(message) == 12.25


def test_only_a_stable_face_has_a_stable_label():
    raw, unsure = faces_of(image([face(state=FaceEmotion.RAW), face(state=FaceEmotion.UNCERTAIN)], 0))
    assert raw.smoothed is None and raw.stable_label == ""
    assert unsure.smoothed.label == "happy" and unsure.stable_label == ""


def test_a_face_shows_a_label_once_it_has_been_stable_for_long_enough():
    stable, unsure = faces_of(image([face(), face(state=FaceEmotion.UNCERTAIN)], 0))
    held = dataclasses.replace(stable, stable_for=2.0)
    assert stable.shows("happy") and not stable.shows("sad") and not unsure.shows("happy")
    assert held.shows("happy", 2.0) and not held.shows("happy", 2.1)


def test_a_label_that_the_model_does_not_know_is_refused_whatever_the_face_shows():
    for snapshot in faces_of(image([face(), face(state=FaceEmotion.RAW)], 0)):
        with pytest.raises(ValueError, match="^expected angry, .*, got 'hapy': did you mean happy[?]$"):
            snapshot.shows("hapy")
        with pytest.raises(ValueError, match="got 'contempt'$"):
            snapshot.shows("contempt")


def test_size_and_place_are_relative_to_the_image():
    middle, corner = faces_of(image([face(side=48.0), face(at=(640.0, 0.0))], 0))
    assert (middle.off_center, corner.off_center) == (0, pytest.approx(1))
    assert middle.share == pytest.approx(48 * 48 / (640 * 480))


def test_a_snapshot_cannot_be_changed():
    (snapshot,) = faces_of(image([face()], 0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshot.track_id = "other"
    with pytest.raises(TypeError):
        snapshot.raw.probabilities["happy"] = 1.0


def broken(**values):
    message = image([face()], 0)
    for name, value in values.items():
        setattr(message if hasattr(message, name) else message.faces[0], name, value)
    return message


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (broken(camera=""), "camera must be the name of a topic"),
        (broken(image_width=0), "got 0x480"),
        (broken(labels=LABELS[:6]), "expected the probabilities of 6 labels, got 7"),
        (broken(smoothed_probabilities=[]), "expected the probabilities of 7 labels, got 0"),
        (broken(raw_label="joy"), "label must be one of angry, .*, got 'joy'"),
        (broken(state=9), "9"),
        (image([face(side=0.0)], 0), "box must be finite"),
        (image([face(side=float("nan"))], 0), "box must be finite"),
    ],
)
def test_a_message_that_is_not_as_its_definition_says_is_refused(message, reason):
    with pytest.raises(ValueError, match=reason):
        faces_of(message)
