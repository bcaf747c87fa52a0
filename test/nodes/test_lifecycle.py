"""fer_node under a lifecycle manager, over DDS: round and round without leaks, and usable after errors."""

import re
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
import rclpy
from fer_ros.msg import FaceEmotionArray
from lifecycle_msgs.msg import State, Transition
from rcl_interfaces.srv import SetParameters
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from std_srvs.srv import SetBool

from fer_ros.nodes.fer_node import FerNode
from fer_ros.nodes.inputs import Inputs
from nodes.cameras import Camera
from nodes.ros import patience, publish_until, wait_for

CONFIGURE, CLEANUP = Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_CLEANUP
ACTIVATE, DEACTIVATE = Transition.TRANSITION_ACTIVATE, Transition.TRANSITION_DEACTIVATE


class Manager:
    """Drives a node's lifecycle by its services."""

    def __init__(self, peer, process):
        self._peer = peer
        self.process = process

    def go(self, *transitions):
        """Ask for transitions, in this order, until one fails; returns whether none did."""
        return all(self._peer.change("fer_node", transition) for transition in transitions)

    @property
    def state(self):
        return self._peer.state("fer_node")

    def set(self, name, value):
        request = SetParameters.Request(parameters=[Parameter(name, value=value).to_parameter_msg()])
        return self._peer.call(SetParameters, "fer_node/set_parameters", request).results[0]

    def memory(self):
        """Resident memory of its own in MiB: neither files nor the memory shared with other processes."""
        return int(re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024

    def threads(self):
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def topics(self):
        """What it publishes and subscribes to."""
        return self._peer.names("publisher", "fer_node") | self._peer.names("subscriber", "fer_node")


@pytest.fixture
def managed(start, peer):
    """Start a node that waits for its manager."""

    def managed_one(**parameters):
        node = start("fer_node", autostart=False, **parameters)
        manager = Manager(peer, node.process)
        manager.node = node
        return manager

    return managed_one


@pytest.mark.timeout(240)
def test_rounds_under_images_answer_each_time_and_leak_nothing(managed, peer):
    manager = managed(image_topics="[left/image_raw, right/image_raw]")
    cameras = Camera(peer, "left/image_raw"), Camera(peer, "right/image_raw")
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    assert manager.state == State.PRIMARY_STATE_UNCONFIGURED
    unconfigured = {"/rosout", "/parameter_events", "/fer_node/transition_event"}
    assert wait_for(lambda: manager.topics() == unconfigured), manager.topics()
    flood = peer.node.create_timer(1 / 20, lambda: [camera.publish() for camera in cameras])
    memory, threads = [], []
    for _ in range(16):
        assert manager.go(CONFIGURE, ACTIVATE)
        results.clear()
        assert wait_for(lambda: {m.camera for m in results} == {"/left/image_raw", "/right/image_raw"})
        assert manager.go(DEACTIVATE, CLEANUP)
        memory.append(manager.memory())
        threads.append(manager.threads())
    flood.cancel()
    assert manager.state == State.PRIMARY_STATE_UNCONFIGURED
    assert manager.node.says("deactivated: no images are received", count=16)
    assert manager.node.says("cleaned up: the model is unloaded", count=16)
    assert wait_for(lambda: manager.topics() == unconfigured), manager.topics()
    assert max(threads[-5:]) <= max(threads[:5]), threads
    # An allocator may keep 10 MiB more from one round on. What leaks adds to every round: a model or an image of each
    # camera is 2 MiB or more. The median round adds nothing.
    growth = np.median(np.diff(memory[3:]))
    assert growth < 1, f"{growth:.2f} MiB a round: {list(map(round, memory))}"


def test_a_configure_that_fails_leaves_the_node_usable_once_the_parameter_is_mended(managed, peer):
    manager = managed(model_bundle="/no_such_bundle", image_topics="[a, a]")
    assert not manager.go(CONFIGURE)
    assert manager.state == State.PRIMARY_STATE_UNCONFIGURED
    assert manager.node.says("image_topics must be one or more different topics")
    # One after the other: the whole is judged by the next configure.
    assert manager.set("image_topics", ["camera/image_raw"]).successful
    assert not manager.go(CONFIGURE)
    assert manager.node.says("expected a bundle's folder")
    assert manager.set("model_bundle", "default").successful
    assert manager.go(CONFIGURE)
    refused = manager.set("model_bundle", "/no_such_bundle")
    assert not refused.successful and "deactivate, clean up, set, configure, activate" in refused.reason
    assert manager.go(ACTIVATE)
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    assert publish_until(Camera(peer).publish, lambda: results)
    assert "Traceback" not in manager.node.output


def test_a_transition_that_is_not_possible_is_refused_and_ends_nothing(managed):
    manager = managed()
    assert not manager.go(ACTIVATE)
    assert manager.node.says("Transition is not registered")
    assert manager.state == State.PRIMARY_STATE_UNCONFIGURED
    assert manager.go(CONFIGURE)


def test_a_pause_works_only_while_active(managed, peer):
    manager = managed()

    def pause(wanted):
        return peer.call(SetBool, "fer_node/pause", SetBool.Request(data=wanted))

    assert (pause(True).success, pause(True).message) == (False, "the node is not active: activate it first")
    assert manager.go(CONFIGURE, ACTIVATE) and pause(True).success
    assert manager.go(DEACTIVATE) and not pause(False).success
    # A pause ends with the activity.
    assert manager.go(ACTIVATE)
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    assert publish_until(Camera(peer).publish, lambda: results)


def test_a_node_that_was_shut_down_lets_go_of_everything_and_still_ends_in_time(managed, peer):
    manager = managed()
    assert manager.go(CONFIGURE, ACTIVATE, Transition.TRANSITION_ACTIVE_SHUTDOWN)
    assert manager.state == State.PRIMARY_STATE_FINALIZED
    assert manager.node.says("shut down: the node cannot be configured again")
    assert wait_for(lambda: "/faces/emotions" not in manager.topics() and "/camera/image_raw" not in manager.topics())
    code, passed = manager.node.stop(signal.SIGTERM)
    assert code == 0 and passed < patience(manager.node)


def test_a_destroyed_node_leaves_no_service_that_a_manager_would_wait_for(peer):
    def services():
        return [name for name, _ in peer.node.get_service_names_and_types() if name.startswith("/fer_node/")]

    rclpy.init(args=["--ros-args", "-p", "autostart:=false"])
    node = FerNode()
    try:
        assert wait_for(lambda: "/fer_node/change_state" in services())
    finally:
        node.close()
        node.destroy_node()
        rclpy.try_shutdown()
    assert wait_for(lambda: services() == [], 20), services()


def test_an_exception_in_a_transition_is_told_and_leaves_the_node_unconfigured_and_usable(monkeypatch, capfd):
    rclpy.init(args=["--ros-args", "-p", "autostart:=false"])
    node = FerNode()
    try:
        assert node.trigger_configure() is TransitionCallbackReturn.SUCCESS
        with monkeypatch.context() as patch:
            patch.setattr(Inputs, "set_cameras", lambda self, cameras, transport="auto": 1 / 0 if cameras else None)
            assert node.trigger_activate() is TransitionCallbackReturn.ERROR
        assert "/faces/emotions" not in {
            name for name, _ in node.get_publisher_names_and_types_by_node("fer_node", "/")
        }
        assert not [thread for thread in threading.enumerate() if thread.name == "worker"]
        assert "ZeroDivisionError" in capfd.readouterr().err
        assert node.trigger_configure() is TransitionCallbackReturn.SUCCESS
        assert node.trigger_activate() is TransitionCallbackReturn.SUCCESS
    finally:
        node.close()
        node.destroy_node()
        rclpy.try_shutdown()
