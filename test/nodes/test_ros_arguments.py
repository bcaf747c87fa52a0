"""A mistake in a node's arguments of ROS is told with the right form; what rcl takes is never refused."""

import contextlib
import os

import pytest
import rclpy

from fer_ros.nodes.command_line import parse
from fer_ros.nodes.parameters import NODES
from fer_ros.nodes.ros_arguments import in_one_line, mistake
from fer_ros.nodes.runner import run


def told(*words, node="camera_node"):
    return mistake(parse(["--ros-args", *words]), node, [parameter.name for parameter in NODES[node]])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("rate:=10", "rate is a parameter: expected camera_node --ros-args -p rate:=10, got rate:=10"),
        ("rate=10", "rate is a parameter: expected camera_node --ros-args -p rate:=10, got rate=10"),
        ("use_sim_time:=true", "expected camera_node --ros-args -p use_sim_time:=true"),
        ("-r rate:=10", "rate is a parameter: expected camera_node --ros-args -p rate:=10, got -r rate:=10"),
        ("/a/b:=/c", "expected -p before a parameter (-p /a/b:=/c) or -r before a topic's name (-r /a/b:=/c)"),
        ("sorce:=0", "or -r before a topic's name (-r sorce:=0), got sorce:=0 alone: did you mean source?"),
        ("-p rate=10", "expected -p rate:=10, got -p rate=10"),
        ("-p sorce=0", "expected -p sorce:=0, got -p sorce=0 (there is no parameter sorce: did you mean source?)"),
        ("-p camera_node:rate=10", "expected -p camera_node:rate:=10, got"),
        ("-p rate", "expected -p rate:=VALUE, got -p rate"),
        ("-p rate=", "expected -p rate:=VALUE, got -p rate="),
        ("-p rate:", "expected -p rate:=VALUE, got -p rate:"),
        ("-p", "expected NAME:=VALUE after -p, got nothing"),
        ("-p frame_id:=", "expected a value after -p frame_id:=, got none; an empty text is \"''\""),
        (
            "-p rate:=[1,",
            "after -p rate:=, got [1,; a text with signs that YAML reads needs quotes: -p rate:=\"'...'\"",
        ),
        ("-p frame_id:=@a", "got @a; a text with signs that YAML reads needs quotes"),
        ("-p=rate:=10", "expected a blank between -p and what it gives: -p rate:=10, got -p=rate:=10"),
        ("--params-file=a.yaml", "expected a blank between --params-file and what it gives: --params-file a.yaml"),
        ("--params-file", "expected a parameter file after --params-file, got nothing"),
        ("-r a=b", "expected -r a:=b, got -r a=b"),
        ("-r a", "expected -r FROM:=TO, got -r a"),
        ("--log-level waring", "expected --log-level with one of debug, info, warn, error, fatal"),
        ("-p source:=0 -p rate=1", "expected -p rate:=1"),
    ],
)
def test_a_mistake_is_told_with_the_right_form(words, said):
    assert said in told(*words.split())


def test_a_value_that_yaml_reads_otherwise_is_told():
    assert "after -p frame_id:=, got a: b; a text" in told("-p", "frame_id:=a: b")


@pytest.fixture
def there(tmp_path, monkeypatch):
    """Go into a folder of parameter files, good and bad."""
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "mine.yaml": "camera_node:\n  ros__parameters: {rate: 5}\n",
        "space.yaml": "/a:\n  b:\n    ros__parameters: {x: {y: [1, 2]}}\n",
        "none.yaml": "# nothing\n",
        "odd.yaml": "camera_node:\n  ros__parameters: {a: 2026-99-99, b: '='}\n",
        "flat.yaml": "rate: 5\n",
        "half.yaml": "camera_node:\n  rate: 5\n",
        "bare.yaml": "camera_node:\n  ros__parameters:\n",
        "list.yaml": "- rate\n",
        "tab.yaml": "camera_node:\n\tros__parameters: {a: 1}\n",
        "open.yaml": "camera_node: [1\n",
    }.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "folder").mkdir()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("nope.yaml", "expected a parameter file at nope.yaml, got nothing"),
        ("mime.yaml", "expected a parameter file at mime.yaml, got nothing: did you mean mine.yaml?"),
        ("robot.yaml", "expected a parameter file at robot.yaml, got nothing; the profile robot is /"),
        ("folder", "expected a parameter file at folder, got a folder"),
        (
            "flat.yaml",
            "flat.yaml, line 1: expected NODE:, ros__parameters: below it, and the parameters below that, got",
        ),
        ("half.yaml", "half.yaml, line 2: expected NODE:, ros__parameters: below it"),
        ("bare.yaml", "got ros__parameters: nothing"),
        (
            "list.yaml",
            "list.yaml, line 1: expected NODE:, ros__parameters: below it, and the parameters below that, got a",
        ),
        ("tab.yaml", "tab.yaml, line 2: expected YAML, got"),
        ("open.yaml", "open.yaml, line 2: expected YAML, got"),
    ],
)
def test_a_parameter_file_that_cannot_be_used_is_named_with_what_is_wrong(there, file, said):
    assert said in told("--params-file", file)


@pytest.mark.parametrize(
    "words",
    [
        ["-p", "rate:=10", "-p", "camera_node:rate:=5", "--param", "frame_id:=a#b", "-p", "frame_id:='a: b'"],
        ["-p", "frame_id:=''", "-p", "source:=2026-99-99", "-p", "calibration:=~", "-p", "a:=[1, 2]", "-p", "b:= c"],
        ["-r", "camera/image_raw:=/eye", "-r", "__node:=eye", "-r", "__ns:=/robot", "--remap", "/rate:=/speed"],
        ["-r", "camera_node:a:=b", "--log-level", "INFO", "--log-level", "camera_node:=warn"],
        ["--disable-rosout-logs", "-e", "/enclave", "--params-file", "mine.yaml", "--params-file", "space.yaml"],
        ["--params-file", "none.yaml", "--params-file", "odd.yaml"],
    ],
)
def test_what_rcl_takes_is_not_refused(there, words):
    with contextlib.ExitStack() as stack:
        stack.callback(rclpy.try_shutdown)
        rclpy.init(args=["--ros-args", *words])
    assert told(*words) == ""


def test_a_pipe_is_left_to_rcl(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert told("--params-file", str(tmp_path / "pipe")) == ""


@pytest.mark.parametrize("words", [["--foo", "3"], ["-p", "a-b:=1"], ["-e", "bad//enclave"], ["-p", "a:b:c:=1"]])
def test_what_only_rcl_refuses_is_one_line_without_the_places_in_its_sources(words, capfd):
    assert told(*words) == ""
    with pytest.raises(RuntimeError) as error:
        rclpy.init(args=["--ros-args", *words])
    rclpy.try_shutdown()
    line = in_one_line(error.value)
    assert words[1] in line or words[1] == "bad//enclave"
    assert "\n" not in line and "/project" not in line and ".c:" not in line and "[" not in line


@pytest.mark.parametrize("node", NODES)
def test_every_node_ends_with_one_line_and_makes_nothing(node, capfd):
    name = NODES[node][0].name
    assert run(node, lambda: pytest.fail("made"), ["--ros-args", f"{name}:=1"]) == 2
    said = capfd.readouterr().err
    assert said.startswith(f"{name} is a parameter: expected {node} --ros-args -p {name}:=1") and said.count("\n") == 1
