"""The faces on the topics of REP-155, read by a peer over DDS."""

import math
import subprocess
import sys
import time

import numpy as np
import pytest
from builtin_interfaces.msg import Time
from hri_msgs.msg import Expression as ExpressionMessage
from hri_msgs.msg import IdsList, NormalizedRegionOfInterest2D
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fer_ros.client.quality_of_service import RESULTS
from fer_ros.core.emotions import EMOTIONS, REP155_NAMES
from fer_ros.core.geometry import Box
from fer_ros.core.types import Expression, Face, Frame, Reasons, State, TrackedFace
from fer_ros.nodes.ros4hri import LATEST, Ros4Hri
from nodes.ros import Peer, publish_until, wait_for

MAX_AGE = 1.0
BOX = Box(160.0, 120.0, 320.0, 360.0)


@pytest.fixture(scope="module")
def speaker():
    """The node that publishes, in a participant of its own."""
    one = Peer()
    yield one.node
    one.close()


@pytest.fixture(scope="module")
def peer():
    """The node that listens."""
    one = Peer()
    yield one
    one.close()


@pytest.fixture
def make(speaker, peer):
    """Make publishers that are closed at the end of the test, with all their topics gone."""
    made = []

    def make_one(crops=False, max_age=MAX_AGE):
        made.append(Ros4Hri(speaker, max_age, crops))
        return made[-1]

    yield make_one
    for humans in made:
        humans.close()
    assert wait_for(lambda: face_topics(peer) == set())


def expression(label, confidence=0.75):
    rest = (1 - confidence) / (len(EMOTIONS) - 1)
    return Expression(
        label, confidence, np.array([confidence if name == label else rest for name in EMOTIONS], np.float32)
    )


def face(track_id="abcde", label="happy", state=State.STABLE, box=BOX, score=0.5, reasons=Reasons.NONE):
    smoothed = None if state is State.RAW else expression(label)
    return TrackedFace(Face(box, score), expression(label), track_id, smoothed, state, reasons)


def show(humans, faces, stamp, camera="/camera/image_raw", frame=None):
    """Publish the faces of a 640x480 image. stamp: seconds."""
    header = Header(stamp=Time(sec=int(stamp), nanosec=round(stamp % 1 * 1e9)), frame_id="lens")
    frame = frame or Frame(np.zeros((480, 640), np.uint8))
    humans.publish(camera, header, Frame(frame.gray, stamp, frame.to_rgb), faces)


def face_topics(peer):
    """The topics below humans/faces that have a publisher, as the peer sees it."""
    names = [name for name, _ in peer.node.get_topic_names_and_types() if name.startswith("/humans/faces/")]
    return {name for name in names if peer.node.count_publishers(name)}


def show_until(humans, faces, condition, stamp=1.25, frame=None):
    """Show the faces at stamps from this one on until the condition holds; returns the clock of the stamps."""
    clock = iter(np.arange(stamp, stamp + 0.7, 0.0005).tolist())
    assert publish_until(lambda: show(humans, faces, next(clock), frame=frame), condition)
    return clock


def listen(peer, humans, kind, topic, faces, stamp=1.25):
    """Subscribe, and show the faces until a message comes; returns the messages and the clock of the stamps."""
    messages = peer.collect(kind, topic, RESULTS)
    return messages, show_until(humans, faces, lambda: messages, stamp)


def test_the_list_names_the_faces_of_all_cameras_with_the_images_header(make, peer):
    humans = make()
    lists, clock = listen(peer, humans, IdsList, "humans/faces/tracked", [face("aaaaa"), face("bbbbb")])
    show(humans, [face("right")], 5.0, "/right/image_raw")
    assert wait_for(lambda: lists[-1].header.stamp.sec == 5)
    assert list(lists[-1].ids) == ["aaaaa", "bbbbb", "right"]
    show(humans, [face("aaaaa")], next(clock))
    assert wait_for(lambda: lists[-1].header.stamp.sec == 1)
    assert list(lists[-1].ids) == ["aaaaa", "bbbbb", "right"] and lists[-1].header.frame_id == "lens"


def test_an_image_without_faces_is_told_too(make, peer):
    lists, _ = listen(peer, make(), IdsList, "humans/faces/tracked", [])
    assert list(lists[0].ids) == []


def test_stable_expressions_go_out_under_their_rep155_names_without_valence_and_arousal(make, peer):
    names = {label: name for label, name in REP155_NAMES.items() if name}
    topics = {label: f"humans/faces/{label}/expression" for label in names}
    got = {label: peer.collect(ExpressionMessage, topics[label]) for label in names}
    show_until(make(), [face(label, label) for label in names], lambda: all(got.values()))
    for label, messages in got.items():
        assert messages[0].expression == names[label] == getattr(ExpressionMessage, names[label].upper())
        assert messages[0].confidence == pytest.approx(0.75)
        assert math.isnan(messages[0].valence) and math.isnan(messages[0].arousal)
        assert messages[0].header.frame_id == "lens" and messages[0].header.stamp.sec == 1


def test_an_expression_that_is_not_smoothed_goes_out_as_it_is(make, peer):
    faces = [face(state=State.RAW, label="sad")]
    messages, _ = listen(peer, make(), ExpressionMessage, "humans/faces/abcde/expression", faces)
    assert messages[0].expression == "sad"


@pytest.mark.parametrize(
    "doubtful",
    [
        face(state=State.UNCERTAIN),
        face(label="contempt"),
        face(state=State.RAW, reasons=Reasons.TOO_DARK),
    ],
    ids=["uncertain", "no name in REP-155", "too dark"],
)
def test_an_expression_that_cannot_be_told_ends_the_last_one_once(make, peer, doubtful):
    humans = make()
    messages, clock = listen(peer, humans, ExpressionMessage, "humans/faces/abcde/expression", [face()])
    for _ in range(5):
        show(humans, [doubtful], next(clock))
    show(humans, [face(label="sad")], next(clock))
    assert wait_for(lambda: messages[-1].expression == "sad")
    ends = [message for message in messages if not message.expression]
    assert len(ends) == 1 and ends[0].confidence == 0.0 and math.isnan(ends[0].valence)


def test_the_region_is_in_parts_of_the_image_and_within_it(make, peer):
    faces = [face(box=Box(-20.0, 120.0, 320.0, 500.0))]
    regions, _ = listen(peer, make(), NormalizedRegionOfInterest2D, "humans/faces/abcde/roi", faces)
    got = [regions[0].xmin, regions[0].ymin, regions[0].xmax, regions[0].ymax]
    assert got == pytest.approx([0.0, 0.25, 0.5, 1.0])
    assert regions[0].header.frame_id == "lens" and regions[0].header.stamp.sec == 1


def test_the_regions_confidence_is_the_detectors_score_within_0_and_1(make, peer):
    scores = {"weak": (-1.0, 0.0), "usual": (0.5, 0.5), "clear": (4.2, 1.0)}
    got = {name: peer.collect(NormalizedRegionOfInterest2D, f"humans/faces/{name}/roi") for name in scores}
    show_until(make(), [face(name, score=score) for name, (score, _) in scores.items()], lambda: all(got.values()))
    assert {name: regions[0].c for name, regions in got.items()} == {name: c for name, (_, c) in scores.items()}


def test_a_missed_face_stays_for_max_age_and_its_topics_go_with_it(make, peer):
    humans = make()
    lists, _ = listen(peer, humans, IdsList, "humans/faces/tracked", [face("aaaaa"), face("bbbbb")])
    assert wait_for(lambda: "/humans/faces/aaaaa/roi" in face_topics(peer))
    show(humans, [face("aaaaa"), face("bbbbb")], 10.0)
    show(humans, [face("bbbbb")], 10.0 + MAX_AGE)
    assert wait_for(lambda: lists[-1].header.stamp.sec == 11)
    assert list(lists[-1].ids) == ["aaaaa", "bbbbb"]
    show(humans, [face("bbbbb")], 10.1 + MAX_AGE)
    assert wait_for(lambda: list(lists[-1].ids) == ["bbbbb"])
    left = {"/humans/faces/tracked", "/humans/faces/bbbbb/roi", "/humans/faces/bbbbb/expression"}
    assert wait_for(lambda: face_topics(peer) == left)


def test_a_clock_that_goes_backwards_forgets_the_cameras_faces(make, peer):
    humans = make()
    lists, _ = listen(peer, humans, IdsList, "humans/faces/tracked", [face("aaaaa")], 100.0)
    show(humans, [face("other")], 50.0, "/other/image_raw")
    show(humans, [face("bbbbb")], 1.0)
    assert wait_for(lambda: list(lists[-1].ids) == ["other", "bbbbb"])
    assert wait_for(lambda: not any("aaaaa" in name for name in face_topics(peer)))


def test_a_camera_that_falls_silent_takes_its_faces_along(make, peer):
    humans = make(max_age=0.2)
    lists, clock = listen(peer, humans, IdsList, "humans/faces/tracked", [face("aaaaa")])
    began = time.monotonic()
    assert publish_until(
        lambda: show(humans, [face("other")], next(clock), "/other/image_raw"), lambda: list(lists[-1].ids) == ["other"]
    )
    assert time.monotonic() - began > 0.2
    assert wait_for(lambda: list(lists[-1].ids) == [])
    assert wait_for(lambda: face_topics(peer) == {"/humans/faces/tracked"})


def test_closing_tells_that_nobody_is_tracked_and_leaves_no_topic(make, peer):
    humans = make()
    lists, clock = listen(peer, humans, IdsList, "humans/faces/tracked", [face()])
    humans.close()
    humans.close()
    show(humans, [face()], next(clock))
    assert wait_for(lambda: list(lists[-1].ids) == [])
    assert wait_for(lambda: face_topics(peer) == set())


def test_faces_without_an_id_are_left_out_and_that_is_said_once(make, peer, speaker, monkeypatch):
    said = []
    monkeypatch.setattr(speaker, "get_logger", lambda: type("Log", (), {"warning": staticmethod(said.append)}))
    humans = make()
    lists, clock = listen(peer, humans, IdsList, "humans/faces/tracked", [face(""), face("aaaaa")])
    show(humans, [face("")], next(clock))
    assert wait_for(lambda: lists) and list(lists[-1].ids) == ["aaaaa"]
    assert len(said) == 1 and "track id" in said[0]


def test_pictures_of_faces_are_not_even_offered_unless_asked_for(make, peer):
    listen(peer, make(crops=False), IdsList, "humans/faces/tracked", [face()])
    assert wait_for(lambda: "/humans/faces/abcde/roi" in face_topics(peer))
    assert "/humans/faces/abcde/cropped" not in face_topics(peer)


def test_a_picture_is_the_face_in_the_middle_of_128_pixels_in_bgr(make, peer):
    rgb = np.zeros((480, 640, 3), np.uint8)
    rgb[120:360, 160:320] = (200, 100, 50)
    humans, frame = make(crops=True), Frame.from_rgb(rgb)
    pictures = peer.collect(Image, "humans/faces/abcde/cropped", LATEST)
    show_until(humans, [face()], lambda: pictures, frame=frame)
    message = pictures[0]
    assert (message.encoding, message.height, message.width, message.step) == ("bgr8", 128, 128, 384)
    assert message.header.frame_id == "lens" and message.header.stamp.sec == 1
    picture = np.frombuffer(message.data, np.uint8).reshape(128, 128, 3)
    # The face is 160 x 240 pixels: 85 x 128 of the picture, and black beside it.
    np.testing.assert_array_equal(picture[:, 22:105], np.broadcast_to((50, 100, 200), (128, 83, 3)))
    assert not picture[:, :21].any() and not picture[:, 106:].any()


def test_500_faces_leave_nothing_behind(make, speaker, peer):
    humans = make(crops=True)
    before = len(list(speaker.publishers)), len(list(speaker.waitables)), len(speaker.default_callback_group.entities)
    for number in range(500):
        show(humans, [face(f"f{number:04}")], number * 2 * MAX_AGE)
    show(humans, [], 501 * 2 * MAX_AGE)
    after = len(list(speaker.publishers)), len(list(speaker.waitables)), len(speaker.default_callback_group.entities)
    assert after == before
    assert wait_for(lambda: face_topics(peer) == {"/humans/faces/tracked"})


def test_without_hri_msgs_it_imports_and_says_in_one_line_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['hri_msgs'] = None\n"
        "from fer_ros.nodes.ros4hri import Ros4Hri\n"
        "try: Ros4Hri(None, 1.0, False)\n"
        "except ValueError as error: print(error)"
    )
    command = [sys.executable, "-c", code]
    # From elsewhere: beside the sources, Python would not import the package from the overlay.
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1 and "apt-get install ros-jazzy-hri-msgs" in done.stdout
