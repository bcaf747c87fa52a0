"""FaceWatcher over real DDS: another node publishes, a node with a watcher is told."""

import threading
import time

import pytest
import rclpy
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from nodes.ros import Peer, wait_for
from rclpy.executors import MultiThreadedExecutor
from rclpy.qos import QoSProfile, ReliabilityPolicy

from client.scripted import Stage, face, image
from fer_ros.client import FaceWatcher


class Behaviour(Peer):
    """A node with a watcher; `told` holds what it was told, with the steady time."""

    def __init__(self, **settings):
        super().__init__()
        self.told = []
        self.changes = []
        self.watcher = FaceWatcher(
            self.node,
            on_appeared=lambda face: self.tell("appeared", face),
            on_left=lambda face: self.tell("left", face),
            on_stable=self.on_stable,
            **settings,
        )

    def on_stable(self, change):
        self.changes.append(change)
        self.tell(change.label, change.face)

    def tell(self, what, face):
        self.told.append((f"{what} {face.track_id}", time.monotonic()))

    @property
    def words(self):
        return [words for words, _ in self.told]

    def time_of(self, words):
        return dict(self.told)[words]


@pytest.fixture
def behave():
    behaviours = []

    def make(**settings):
        behaviours.append(Behaviour(**settings))
        return behaviours[-1]

    yield make
    for behaviour in behaviours:
        behaviour.close()


def test_a_face_appears_becomes_stable_changes_and_leaves(stage, behave):
    behaviour = behave(left_after=1.0)
    stage.faces = [face(state=FaceEmotion.UNCERTAIN)]
    assert wait_for(lambda: behaviour.words == ["appeared abcde"])
    stage.faces = [face()]
    assert wait_for(lambda: "happy abcde" in behaviour.words)
    assert wait_for(lambda: behaviour.watcher.largest().stable_for > 1.0)
    stage.faces = [face(label="sad")]
    assert wait_for(lambda: "sad abcde" in behaviour.words)
    stage.faces, gone = [], time.monotonic()
    assert wait_for(lambda: "left abcde" in behaviour.words)
    assert behaviour.words == ["appeared abcde", "happy abcde", "sad abcde", "left abcde"]
    assert 0.9 < behaviour.time_of("left abcde") - gone < 4
    change = behaviour.changes[1]
    assert (change.previous, change.label) == ("happy", "sad")
    took = behaviour.time_of("sad abcde") - behaviour.time_of("happy abcde")
    assert change.previous_seconds == pytest.approx(took, abs=0.5)
    assert behaviour.watcher.largest() is None and behaviour.watcher.faces() == ()


def test_a_face_also_leaves_when_messages_stop(stage, behave):
    behaviour = behave(left_after=0.3)
    stage.faces = [face()]
    assert wait_for(lambda: behaviour.watcher.largest())
    stage.faces = None
    assert wait_for(lambda: "left abcde" in behaviour.words)


def test_a_recording_that_starts_again_forgets_its_faces(stage, behave):
    behaviour = behave(left_after=5.0)
    stage.faces = [face()]
    assert wait_for(lambda: "happy abcde" in behaviour.words)
    stage.shift = -100.0
    assert wait_for(lambda: len(behaviour.words) >= 5)
    assert behaviour.words == ["appeared abcde", "happy abcde", "left abcde", "appeared abcde", "happy abcde"]


def test_attention_goes_to_the_largest_or_to_the_central_face(stage, behave):
    behaviour = behave()
    assert behaviour.watcher.largest() is None and behaviour.watcher.central() is None
    stage.faces = [face("large", side=200.0, at=(110.0, 110.0)), face("small", side=60.0, at=(300.0, 250.0))]
    assert wait_for(lambda: len(behaviour.watcher.faces()) == 2)
    assert behaviour.watcher.largest().track_id == "large"
    assert behaviour.watcher.central().track_id == "small"
    assert behaviour.watcher.find(("/camera/image_raw", "small")).track_id == "small"
    assert behaviour.watcher.find(("/other", "small")) is None


def test_a_camera_can_be_asked_about_by_itself(peer, behave):
    behaviour = behave(left_after=20.0)
    publisher = peer.node.create_publisher(FaceEmotionArray, "faces/emotions", 10)
    assert wait_for(lambda: publisher.get_subscription_count())
    publisher.publish(image([face("lefty", side=50.0)], 5.0, "/left"))
    publisher.publish(image([face("right", side=90.0)], 3.0, "/right"))
    assert wait_for(lambda: len(behaviour.watcher.faces()) == 2)
    assert behaviour.watcher.largest().track_id == "right"
    assert behaviour.watcher.largest("/left").track_id == "lefty"
    assert behaviour.watcher.central("/nowhere") is None
    assert "left lefty" not in behaviour.words
    assert behaviour.watcher.labels[0] == "angry"


def test_a_publisher_that_offers_less_is_warned_of(peer, behave, capfd):
    behaviour = behave()
    best_effort = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    Stage(peer.node, qos=best_effort)
    said = []
    expected = "/faces/emotions: no messages, the publisher's RELIABILITY does not fit our subscription"
    assert wait_for(lambda: said.append(capfd.readouterr().err) or expected in "".join(said)), said
    assert behaviour.words == []


def test_broken_messages_are_warned_of_once_and_the_next_good_one_is_taken(peer, behave, capfd):
    behaviour = behave()
    publisher = peer.node.create_publisher(FaceEmotionArray, "faces/emotions", 10)
    assert wait_for(lambda: publisher.get_subscription_count())
    for side in (-3.0, -2.0, 100.0):  # each of the first two is wrong in a way of its own
        publisher.publish(image([face(side=side)], 5.0))
    assert wait_for(lambda: behaviour.words == ["appeared abcde", "happy abcde"])
    said = capfd.readouterr().err
    assert said.count("message dropped") == said.count("message dropped: box must be finite") == 1


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        (face(""), "faces without track_id: no callbacks; see fer_node's tracker.enabled"),
        (face(state=FaceEmotion.RAW), "faces not smoothed: never stable; see fer_node's smoothing.enabled"),
    ],
)
def test_faces_that_can_give_no_events_are_shown_and_warned_of(stage, behave, capfd, given, warning):
    behaviour = behave()
    stage.faces = [given]
    assert wait_for(lambda: behaviour.watcher.largest())
    said = []
    assert wait_for(lambda: said.append(capfd.readouterr().err) or warning in "".join(said)), said
    assert not behaviour.changes


def test_after_close_nothing_is_told_also_from_within_a_callback(stage, behave):
    behaviour = behave()
    tell = behaviour.tell

    def tell_and_close(what, face):
        tell(what, face)
        behaviour.watcher.close()
        behaviour.watcher.close()

    behaviour.tell = tell_and_close
    stage.faces = [face("aaaaa"), face("bbbbb")]
    assert wait_for(lambda: behaviour.told)
    assert wait_for(lambda: behaviour.node.count_subscribers("faces/emotions") == 0)
    assert behaviour.words == ["appeared aaaaa"]


def test_callbacks_do_not_run_at_the_same_time_as_the_nodes_own(stage):
    """In an executor of many threads."""
    context = rclpy.Context()
    rclpy.init(context=context)
    node = rclpy.create_node("busy", context=context)
    inside, together, turns = threading.Lock(), [], []

    def enter(*_):
        if not inside.acquire(blocking=False):
            together.append(1)
            return
        turns.append(1)
        time.sleep(0.005)
        inside.release()

    FaceWatcher(node, left_after=0.02, on_appeared=enter, on_left=enter, on_stable=enter)
    node.create_timer(0.001, enter)
    executor = MultiThreadedExecutor(4, context=context)
    executor.add_node(node)
    thread = threading.Thread(target=executor.spin, daemon=True)
    thread.start()
    stage.faces = [face()]
    assert wait_for(lambda: len(turns) > 100)
    executor.shutdown(timeout_sec=2)
    thread.join(timeout=2)
    node.destroy_node()
    rclpy.try_shutdown(context=context)
    assert not together
