"""The page of nodes says what a peer sees of them over DDS."""

import importlib
import re
import sys
from pathlib import Path

import pytest
from diagnostic_msgs.msg import DiagnosticArray

from fer_ros.core.images import ENCODINGS
from nodes.cameras import Camera
from nodes.ros import publish_until, wait_for

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/nodes.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def facts():
    """tools/node_facts.py."""
    sys.path.append(str(ROOT / "tools"))
    yield importlib.import_module("node_facts")
    sys.path.remove(str(ROOT / "tools"))


def section(title):
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def documented_keys():
    rows = section("Diagnostics").split("| key | meaning |")[1].splitlines()[2:]
    return {key for row in rows for key in re.findall(r"`(\w+)`", row.split(" | ")[0])}


@pytest.mark.parametrize("recording", [False, True])
def test_the_keys_of_diagnostics_are_those_that_are_published(start, peer, tiny_bundle, tmp_path, recording):
    wanted = {"recording__folder": tmp_path, "recording__consent": "a test"} if recording else {}
    node = start("fer_node", model_bundle=tiny_bundle, diagnostics__period=0.2, **wanted)
    messages = peer.collect(DiagnosticArray, "/diagnostics")
    camera = Camera(peer)

    def found():
        return {value.key for message in messages[-1:] for status in message.status for value in status.values}

    assert publish_until(camera.publish, lambda: "publish_p95_ms" in found()), node.output
    only_recording = set() if recording else {"recorded", "recording_dropped"}
    assert found() == documented_keys() - only_recording


def test_the_qualities_of_service_are_those_of_the_running_node(start, peer, tiny_bundle, facts):
    node = start("fer_node", model_bundle=tiny_bundle)
    topics = ("/faces/emotions", "/faces/detections", "/faces/annotated", "/diagnostics")
    assert wait_for(lambda: all(peer.node.get_publishers_info_by_topic(topic) for topic in topics)), node.output
    (images,) = peer.node.get_subscriptions_info_by_topic("/camera/image_raw")
    seen = {topic: peer.node.get_publishers_info_by_topic(topic)[0].qos_profile for topic in topics}
    said = section("Quality of service")
    for topic, profile in [*seen.items(), ("images", images.qos_profile)]:
        row = next(row for row in said.splitlines() if topic.removeprefix("/faces/") in row)
        # How much is kept is no business of the other end, and is not told it.
        assert row.split(" | ")[1:3] == list(facts.policies(profile)[:2]), topic


def test_several_cameras_get_the_topics_that_the_page_names(start, peer, tiny_bundle):
    start("fer_node", model_bundle=tiny_bundle, image_topics="[/front/image_raw, /back/image_raw]")
    said = section("Several cameras")
    kinds = set(re.findall(r"`(faces/\w+/<camera>[\w/]*)`", said))
    (front,) = re.findall(r"`(\w+)` for `/front/image_raw`", said)
    named = {f"/{kind.replace('<camera>', camera)}" for kind in kinds for camera in (front, "back_image_raw")}
    assert len(named) == 6 and wait_for(lambda: named <= peer.names("publisher", "fer_node"))


def test_the_encodings_that_are_read_are_on_the_page():
    named = set(re.findall(r"`(\w+)`", section("Images that are read").split("\n\n")[0]))
    assert named == set(ENCODINGS)
