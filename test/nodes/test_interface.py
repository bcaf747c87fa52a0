"""The reference's topics and services have the types that a peer sees of the running nodes."""

import importlib
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from nodes.ros import wait_for


@pytest.fixture
def interfaces(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "tools"))
    yield importlib.import_module("interface").INTERFACES
    del sys.modules["interface"]


def seen(peer, kind, node):
    found = getattr(peer.node, f"get_{kind}_names_and_types_by_node")(node, "/")
    return {name: {text.replace("/msg/", "/").replace("/srv/", "/") for text in types} for name, types in found}


@pytest.mark.parametrize("name", ["fer_node", "camera_node", "practice_node"])
def test_types_are_those_of_the_running_node(start, peer, interfaces, tmp_path, name):
    cv2.imwrite(str(tmp_path / "picture.png"), np.zeros((48, 64, 3), np.uint8))
    process = start(name, **({"source": tmp_path, "loop": True} if name == "camera_node" else {}))
    interface = interfaces[name]
    told = [t for t in (*interface.topics, *interface.services) if not t.optional and t.name != "camera/camera_info"]
    kinds = {"in": "subscriber", "out": "publisher", "": "service"}

    def differing():
        if name not in peer.node.get_node_names():
            return told
        found = {direction: seen(peer, kind, name) for direction, kind in kinds.items()}
        full = {t: t.name.replace("~", f"/{name}") if t.name[0] in "/~" else f"/{t.name}" for t in told}
        return [t for t in told if not found[t.direction].get(full[t], set()) & set(t.kind.split(", "))]

    assert wait_for(lambda: not differing()), (differing(), process.output)
