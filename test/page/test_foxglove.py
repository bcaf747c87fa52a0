"""The Foxglove layout shows what the nodes publish: their topics, the fields of the messages, and our class order."""

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from fer_ros.msg import FaceEmotion, FaceEmotionArray

from fer_ros.core.emotions import EMOTIONS

CONFIG = Path(__file__).resolve().parents[2] / "config"
LAYOUT = json.loads((CONFIG / "foxglove.json").read_text())
PANELS = LAYOUT["configById"]
PATHS = [path for panel in PANELS.values() for path in panel.get("paths", [])]
MESSAGES = {"/faces/emotions": FaceEmotionArray, "/diagnostics": DiagnosticArray}
PARTS = {cls.__name__: cls for cls in (FaceEmotion, DiagnosticStatus, KeyValue)}


def published_topics():
    """What the nodes publish by default, as the SROS2 policy has it, which is held to the running nodes."""
    policy = ElementTree.parse(CONFIG / "sros2" / "policy.xml")
    names = [topic.text for topic in policy.iterfind(".//topics[@publish]/topic")]
    return {name if name.startswith("/") else f"/{name}" for name in names}


def test_only_topics_that_our_nodes_publish_are_shown():
    shown = {path["value"].split(".")[0] for path in PATHS}
    shown |= {panel["imageMode"]["imageTopic"] for panel in PANELS.values() if "imageMode" in panel}
    shown |= {panel["topicToRender"] for panel in PANELS.values() if "topicToRender" in panel}
    assert shown == {"/faces/annotated", "/camera/image_raw", "/faces/emotions", "/diagnostics"}
    assert shown <= published_topics()


@pytest.mark.parametrize("path", [path["value"] for path in PATHS])
def test_every_plotted_field_exists(path):
    topic, *fields = path.split(".")
    cls = MESSAGES[topic]
    for number, field in enumerate(fields, 1):
        name, many = re.fullmatch(r"(\w+)((?:\[[\d:]+\])?)(?:\{key==\"\w+\"\})?", field).groups()
        kind = cls.get_fields_and_field_types()[name]
        assert bool(many) == kind.startswith("sequence<"), path
        if number < len(fields):
            cls = PARTS[kind.removeprefix("sequence<").removesuffix(">").split("/")[-1]]


def test_the_probabilities_are_labelled_in_the_class_order():
    found = [(path["value"], path["label"]) for path in PATHS if "probabilities" in path["value"]]
    expected = [(f"/faces/emotions.faces[0].smoothed_probabilities[{i}]", name) for i, name in enumerate(EMOTIONS[:7])]
    assert found == expected


def test_every_panel_has_its_place():
    def names(place):
        return [place] if isinstance(place, str) else names(place["first"]) + names(place["second"])

    assert sorted(names(LAYOUT["layout"])) == sorted(PANELS)
