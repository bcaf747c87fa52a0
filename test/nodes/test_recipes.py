"""The recipes' commands for ROS 2 from wheels, as they stand there."""

import re
import shlex
import sys
from pathlib import Path

import pytest
from fer_ros.msg import FaceEmotionArray
from hri_msgs.msg import IdsList

from nodes.cameras import Camera
from nodes.ros import publish_until
from reliability.process import Process

ROOT = Path(__file__).resolve().parents[2]


def commands(recipe):
    """The commands of a recipe's tab for ROS 2 from wheels."""
    text = (ROOT / f"docs/recipes/{recipe}.md").read_text(encoding="utf-8")
    tabs = re.findall(r"\*\*With ROS 2 from wheels:\*\*\n(.*?)<!-- end tabs -->", text, re.DOTALL)
    return [
        line.partition("#")[0].rstrip(" &").strip() for tab in tabs for line in re.findall(r"^ +python .*", tab, re.M)
    ]


@pytest.fixture
def typed():
    """Starts what somebody types who follows a recipe, in this repository's folder."""
    processes = []

    def start(recipe):
        (command,) = commands(recipe)
        words = shlex.split(command)
        assert words[0] == "python"
        processes.append(Process(sys.executable, *words[1:]))
        return processes[-1]

    yield start
    for process in processes:
        process.stop()


def test_compressed_images_are_answered(typed, peer):
    node = typed("compressed")
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer, "/camera/image_raw/compressed", compressed=True)
    assert publish_until(camera.publish, lambda: any(m.faces for m in results)), node.output
    assert results[-1].camera == "/camera/image_raw/compressed"


def test_two_cameras_are_answered_by_one_node(typed, peer):
    node = typed("two_cameras")
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    cameras = [Camera(peer, f"/{side}/image_raw") for side in ("left", "right")]
    seen = {"/left/image_raw", "/right/image_raw"}
    both = lambda: {m.camera for m in results if m.faces} == seen  # noqa: E731
    assert publish_until(lambda: [camera.publish() for camera in cameras], both), node.output


def test_faces_are_on_the_topics_of_rep_155(typed, peer):
    node = typed("ros4hri")
    lists = peer.collect(IdsList, "/humans/faces/tracked")
    camera = Camera(peer)
    assert publish_until(camera.publish, lambda: any(m.ids for m in lists)), node.output
