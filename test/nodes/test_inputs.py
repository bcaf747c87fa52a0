"""Image topics over real DDS: heard in the type that is published, whatever they are called."""

import pytest
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import String

from fer_ros.client.quality_of_service import IMAGES
from fer_ros.nodes.inputs import Inputs, guessed_type, resolve_cameras
from fer_ros.nodes.problems import Problems
from nodes.ros import publish_until, wait_for
from reliability.peer import Peer

TOPIC = "/eye/image"


class Listener:
    """A node with inputs, spun by a thread; they are changed in the executor's thread, as nodes do it."""

    def __init__(self):
        self.peer = Peer("listener")
        self.received, self.logged = [], []
        self.problems = Problems(self.logged.append)
        self.inputs = Inputs(self.peer.node, lambda camera, message: self.received.append(message), self.problems)

    def set_cameras(self, *arguments):
        done = []

        def change():
            timer.cancel()
            done.append(self.inputs.set_cameras(*arguments))

        timer = self.peer.node.create_timer(0.01, change)
        assert wait_for(lambda: done)

    @property
    def types(self):
        return [type(message) for message in self.received]


@pytest.fixture
def listener():
    one = Listener()
    yield one
    one.set_cameras([])
    one.peer.close()


class Camera:
    """A node that publishes messages of one type: a process has one type for each topic."""

    def __init__(self, name, kind, topic):
        self.peer, self.kind = Peer(name), kind
        self.publisher = self.peer.node.create_publisher(kind, topic, IMAGES)

    def publish(self):
        self.publisher.publish(self.kind())

    def close(self):
        self.peer.close()


@pytest.fixture
def camera():
    """Make cameras that are closed at the end of the test."""
    cameras = []

    def make(kind, name="camera", topic=TOPIC):
        cameras.append(Camera(name, kind, topic))
        return cameras[-1]

    yield make
    for one in cameras:
        one.close()


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        (TOPIC, Image),
        (TOPIC, CompressedImage),
        (f"{TOPIC}/compressed", Image),
        (f"{TOPIC}/compressed", CompressedImage),
    ],
)
def test_either_type_is_heard_whatever_the_name(listener, camera, topic, kind):
    eye = camera(kind, topic=topic)
    listener.set_cameras([topic])
    assert publish_until(eye.publish, lambda: kind in listener.types)
    assert listener.logged == []


def test_a_camera_that_starts_later_and_one_that_changes_its_type_are_followed(listener, camera, peer):
    listener.set_cameras([TOPIC])
    first = camera(CompressedImage)
    assert publish_until(first.publish, lambda: CompressedImage in listener.types)
    first.close()
    assert publish_until(camera(Image).publish, lambda: Image in listener.types)
    assert wait_for(lambda: peer.node.count_subscribers(TOPIC) == 1)


def test_a_type_that_is_forced_is_kept_and_the_mismatch_told_while_it_holds(listener, camera):
    first = camera(CompressedImage)
    listener.set_cameras([TOPIC], "raw")
    assert wait_for(lambda: listener.logged)
    expected = (
        "expected sensor_msgs/msg/Image, got sensor_msgs/msg/CompressedImage from /camera: set image_transport to auto"
    )
    assert listener.logged == [f"{TOPIC}: {expected}"] and listener.problems.of(TOPIC) == [expected]
    first.close()
    assert publish_until(camera(Image).publish, lambda: Image in listener.types)
    assert wait_for(lambda: not listener.problems.of(TOPIC))


def test_what_is_no_image_is_named(listener, camera):
    listener.set_cameras([TOPIC])
    camera(String)
    assert wait_for(lambda: listener.logged)
    expected = "expected sensor_msgs/msg/Image or sensor_msgs/msg/CompressedImage, got std_msgs/msg/String from /camera"
    assert expected in listener.logged[0]


def test_two_publishers_are_warned_of_once_by_name_until_one_has_gone(listener, camera):
    camera(Image, "left")
    second = camera(Image, "right")
    listener.set_cameras([TOPIC])
    assert wait_for(lambda: listener.logged)
    assert listener.logged == [f"{TOPIC}: 2 publishers, /left and /right, whose images mix: stop or remap all but one"]
    second.close()
    assert wait_for(lambda: not listener.problems.of(TOPIC)) and len(listener.logged) == 1


def test_no_camera_leaves_no_subscription(listener, peer):
    listener.set_cameras([TOPIC])
    assert wait_for(lambda: peer.node.count_subscribers(TOPIC) == 1)
    listener.set_cameras([])
    assert wait_for(lambda: peer.node.count_subscribers(TOPIC) == 0)


def test_the_name_is_only_the_guess():
    assert guessed_type("/a/compressed") is CompressedImage and guessed_type("/a/image_raw") is Image


@pytest.mark.parametrize("topics", [[], ["a", "/a"], ["a b"]])
def test_topics_must_be_different_names(peer, topics):
    with pytest.raises(ValueError, match="image_topics must be"):
        resolve_cameras(peer.node, topics)
