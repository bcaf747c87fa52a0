"""What is found wrong with cameras, clock and graph: logged once, and on /diagnostics for as long as it holds."""

import pytest
from diagnostic_msgs.msg import DiagnosticStatus
from fer_ros.msg import FaceEmotionArray
from rclpy.parameter import Parameter

from fer_ros.nodes.diagnostics import Statistics
from fer_ros.nodes.diagnostics_publisher import DiagnosticsPublisher
from fer_ros.nodes.problems import Problems
from nodes.ros import wait_for
from reliability.peer import Peer

CAMERA, RESULTS = "/eye/image", "/faces/emotions"


@pytest.fixture
def speaker():
    one = Peer("speaker")
    yield one
    one.close()


@pytest.fixture
def watched(speaker, peer):
    """A node whose diagnostics the test reads; `logged` is what it warned of by itself."""
    return Watched(speaker, peer)


class Watched:
    def __init__(self, speaker, peer):
        self.statuses, self.logged, self.paused = peer.diagnostics(), [], False
        self.statistics = Statistics([CAMERA], 1.0, 2.0)
        problems = Problems(self.logged.append)
        self.publisher = DiagnosticsPublisher(
            speaker.node, self.statistics, problems, {}, dict, lambda: self.paused, RESULTS
        )

    def start(self, no_image_after=60.0):
        self.publisher.set_cameras([CAMERA], 0.1, no_image_after)

    def says(self, text):
        return wait_for(lambda: self.statuses and text in self.statuses[-1].message)

    @property
    def is_fine(self):
        return wait_for(lambda: self.statuses and self.statuses[-1].message == "running")


def test_nothing_wrong_is_nothing_logged(watched):
    watched.start()
    assert watched.is_fine and watched.statuses[-1].level == DiagnosticStatus.OK and watched.logged == []


def test_a_simulated_clock_that_nobody_publishes_is_told(watched, speaker):
    speaker.node.set_parameters([Parameter("use_sim_time", value=True)])
    watched.start()
    assert watched.says("nothing comes on /clock")
    assert watched.statuses[-1].level == DiagnosticStatus.WARN
    assert len(watched.logged) == 1 and watched.logged[0].startswith("use_sim_time is set")
    speaker.node.set_parameters([Parameter("use_sim_time", value=False)])
    assert watched.is_fine


def test_two_nodes_that_publish_the_same_results_are_named(watched, speaker, peer):
    speaker.node.create_publisher(FaceEmotionArray, RESULTS, 10)
    rival = peer.node.create_publisher(FaceEmotionArray, RESULTS, 10)
    watched.start()
    assert watched.says("2 nodes publish /faces/emotions: /speaker and /test_peer; stop all but one")
    peer.node.destroy_publisher(rival)
    assert watched.is_fine and len(watched.logged) == 1


def test_stamps_that_keep_going_back_are_told_and_a_single_jump_is_not(watched):
    for stamp in (5.0, 6.0, 1.0, 2.0):
        watched.statistics.add_received(CAMERA, stamp)
    watched.start()
    assert watched.is_fine and watched.logged == []
    for stamp in (9.0, 1.0) * 5:
        watched.statistics.add_received(CAMERA, stamp)
    assert watched.says("stamps went back 6 times in 10 s") and len(watched.logged) == 1


def test_the_end_of_a_silence_is_logged_too(watched, capfd):
    watched.start(no_image_after=0.3)
    text = []

    def logged(wanted):
        text.append(capfd.readouterr().err)
        return "".join(text).count(wanted) == 1

    assert wait_for(lambda: logged(f"{CAMERA}: no image for 0."))
    watched.publisher._no_image_after = 60.0
    watched.statistics.add_received(CAMERA, 1.0)
    assert wait_for(lambda: logged(f"{CAMERA}: images again, after "))


def test_closed_it_publishes_nothing_any_more(watched, peer):
    watched.start()
    assert watched.is_fine
    watched.publisher.close()
    assert wait_for(lambda: not peer.node.count_publishers("/diagnostics"))
