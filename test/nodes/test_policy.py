"""The SROS2 policy allows each node exactly the topics and services that it has, seen by a peer over DDS."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_ros.nodes.parameters import NODES
from nodes.ros import wait_for
from nodes.test_page_node import address, client  # noqa: F401

POLICY = Path(__file__).resolve().parents[2] / "config" / "sros2" / "policy.xml"
KINDS = {
    ("topics", "publish"): "publisher",
    ("topics", "subscribe"): "subscriber",
    ("services", "reply"): "service",
    ("services", "request"): "client",
}
CALIBRATION = """image_width: 64
image_height: 48
distortion_model: plumb_bob
distortion_coefficients: {data: [0, 0, 0, 0, 0]}
camera_matrix: {data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
rectification_matrix: {data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
projection_matrix: {data: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]}
"""


def profiles():
    """The profile of each node, by the node's name."""
    enclaves = ElementTree.parse(POLICY).getroot().findall("enclaves/enclave")
    return {enclave.get("path"): enclave.find("profiles/profile") for enclave in enclaves}


def allowed(profile):
    """What a profile allows: the full names of each kind of right."""
    rights = {kind: set() for kind in KINDS}
    for rule in profile:
        for attribute, value in rule.attrib.items():
            assert value == "ALLOW"
            rights[rule.tag, attribute] |= {full_name(profile, name.text) for name in rule}
    return rights


def full_name(profile, name):
    """Expand a name as sros2 does: '~' is the node, a relative name is in the namespace."""
    node, namespace = profile.get("node"), profile.get("ns").rstrip("/")
    if name.startswith("~"):
        return f"{namespace}/{node}{name[1:]}"
    return name if name.startswith("/") else f"{namespace}/{name}"


def seen(peer, name):
    """What a node of this name has, as a peer sees it."""
    return {right: peer.names(kind, name) for right, kind in KINDS.items()}


def test_each_node_has_an_enclave_of_its_own():
    found = profiles()
    assert {path: profile.get("node") for path, profile in found.items()} == {
        f"/fer_ros/{name}": name for name in NODES
    }


def test_no_name_stands_for_others():
    for profile in profiles().values():
        names = [name.text for rule in profile for name in rule]
        assert not [name for name in names if "*" in name or "?" in name]


@pytest.mark.parametrize("name", NODES)
def test_a_node_may_do_what_it_does_and_nothing_else(start, peer, tmp_path, request, name):
    cv2.imwrite(str(tmp_path / "picture.png"), np.zeros((48, 64, 3), np.uint8))
    calibration = tmp_path / "camera.yaml"
    calibration.write_text(CALIBRATION)
    # With everything that it can do under its default names.
    arguments = {
        "camera_node": {"source": tmp_path, "loop": True, "calibration": calibration},
        "viewer_node": {"save_to": tmp_path},
        "page_node": {"port": 0},
    }
    process = start(name, **arguments.get(name, {}))
    if name == "page_node":
        # It subscribes while somebody looks.
        client = request.getfixturevalue("client")
        client.look(f"{address(process)}live")
    expected = allowed(profiles()[f"/fer_ros/{name}"])
    assert wait_for(lambda: name in peer.node.get_node_names()), process.output
    wait_for(lambda: seen(peer, name) == expected)
    assert seen(peer, name) == expected
