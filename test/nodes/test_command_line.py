"""What a command line says, and whose section of a parameter file is whose."""

import sys
from pathlib import Path

import pytest

from fer_ros.nodes.command_line import files_of, files_without, parse, wildcard_names
from nodes.ros import wait_for
from reliability import ROOT
from reliability.process import Process

SECTIONS = """
/**:
  ros__parameters:
    shared: {deep: 1}
/**/fer_node:
  ros__parameters:
    own: 1
/robot:
  eye:
    ros__parameters: {seen: 1}
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "robot.yaml"
    path.write_text(SECTIONS)
    return path


def test_parameters_files_and_words_of_nobody_are_told_apart():
    words = "before --ros-args -p a.b:=1 --param node:c:=2 -r x:=y --params-file f.yaml --log-level debug -- after"
    command = parse(words.split())
    assert command.parameters == ("a.b", "c")
    assert command.files == (Path("f.yaml"),)
    assert command.unknown == ("before", "after")
    assert [option for option, _ in command.rules] == ["-p", "--param", "-r", "--params-file", "--log-level"]


def test_parameters_without_ros_args_are_told_with_the_right_command():
    assert "fer_node --ros-args -p rate:=10" in parse(["-p", "rate:=10"]).misuse("fer_node")
    assert "unknown arguments: --sorce 0" in parse(["--sorce", "0"]).misuse("camera_node")
    assert parse(["--ros-args", "-p", "rate:=10"]).misuse("fer_node") == ""


def test_sections_for_several_nodes_are_told_from_a_nodes_own(file):
    assert wildcard_names([file]) == {"shared.deep"}


def test_the_files_of_a_node_are_those_with_a_section_for_it(file, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text("/other:\n  ros__parameters: {a: 1}\n")
    launch = tmp_path / "launch_params_xyz"
    launch.write_text(SECTIONS)
    assert files_of("/ns/fer_node", [file, other, launch, tmp_path / "none.yaml"]) == [file]
    assert files_without("/fer_node", [file, other]) == [other]
    other.write_text("/robot/eye:\n  ros__parameters: {a: 1}\n")
    assert files_of("/robot/eye", [other]) == [other] and files_of("/eye", [other]) == []


def script(name, *words):
    return Process(sys.executable, str(ROOT / "scripts" / name), *words)


@pytest.mark.parametrize("name", ["fer_node", "camera_node", "viewer_node", "page_node", "practice_node"])
def test_help_prints_the_parameters(name):
    node = script(name, "--help")
    assert node.process.wait(timeout=60) == 0
    first = {"fer_node": "image_topics", "camera_node": "source", "viewer_node": "faces_topic"}
    assert wait_for(lambda: f"{first.get(name, '')}:=" in node.output), node.output


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("-p", "source:=0"), "arguments of ROS need --ros-args before them: camera_node --ros-args -p source:=0"),
        (("source:=0",), "arguments of ROS need --ros-args before them: camera_node --ros-args -p source:=0"),
        (("--sorce", "0"), "unknown arguments: --sorce 0"),
        (("--ros-args", "-p", "sorce:=0"), "unknown parameter sorce: did you mean source?"),
        (("--ros-args", "-p", "source=0"), "expected -p source:=0, got -p source=0 (starting"),
        (
            ("--ros-args", "source:=0"),
            "source is a parameter: expected camera_node --ros-args -p source:=0, got source:=0",
        ),
        (("--ros-args", "--params-file", "nope.yaml"), "expected a parameter file at nope.yaml, got nothing (starting"),
    ],
)
def test_a_typing_mistake_ends_the_node_before_it_starts(words, reason):
    node = script("camera_node", *words)
    assert node.process.wait(timeout=60) == 2
    assert wait_for(lambda: reason in node.output and "starting the node again will not heal this" in node.output)
    assert "Traceback" not in node.output and len(node.output.splitlines()) == 1
