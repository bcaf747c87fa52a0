"""The launch files with the real launch and the real nodes, where launch is installed."""

import ast
import importlib.util
import os
import shutil
import signal
import sys
from pathlib import Path

import numpy as np
import pytest
from rosbags.rosbag2 import Reader
from videos import write_video

from reliability import ROOT
from reliability.process import Process, wait_for

FILES = sorted((ROOT / "launch").glob("*.launch.py"))
# The folders that are called launch make `import launch` succeed without it.
real = pytest.mark.skipif(
    importlib.util.find_spec("ros2launch") is None or shutil.which("ros2") is None,
    reason="ros2 launch is not installed (apt: ros-$ROS_DISTRO-ros2launch); PyPI has no launch",
)


def in_session(session):
    """Return the processes that were started with a session's first one and still run."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split() if entry.name.isdigit() else []
        except OSError:
            continue
        if fields and fields[0] != "Z" and int(fields[3]) == session:
            found.append(int(entry.name))
    return found


@pytest.fixture
def launch(tmp_path):
    """Start a launch file; what is left of it ends with the test."""
    started = []

    def start(name, *arguments, env=None):
        log = {"ROS_LOG_DIR": str(tmp_path / "log")}
        command = [sys.executable, shutil.which("ros2"), "launch", "fer_ros", f"{name}.launch.py", *arguments]
        started.append(Process(*command, env=log | (env or {})))
        return started[-1]

    yield start
    for process in started:
        for pid in in_session(process.pid):
            os.kill(pid, signal.SIGKILL)
        process.ended()


@pytest.fixture
def clip(tmp_path):
    """A video of two seconds."""
    pictures = [np.random.default_rng(i).integers(0, 255, (120, 160, 3), dtype=np.uint8) for i in range(20)]
    return write_video(tmp_path / "clip.avi", pictures, 10)


@pytest.fixture
def fake_bag(tmp_path):
    """A folder that is taken for a recording, and an environment in which ros2bag is said to be there: `ros2` fails."""
    folder, prefix = tmp_path / "session", tmp_path / "prefix"
    index = prefix / "share" / "ament_index" / "resource_index" / "packages"
    for one in (folder, index, tmp_path / "bin"):
        one.mkdir(parents=True)
    (folder / "metadata.yaml").write_text("{}\n")
    (index / "ros2bag").touch()
    ros2 = tmp_path / "bin" / "ros2"
    ros2.write_text('#!/bin/sh\necho "player: $*"\nexit ${PLAYER_STATUS:-0}\n')
    ros2.chmod(0o755)
    paths = {"AMENT_PREFIX_PATH": prefix, "PATH": ros2.parent}
    return folder, {name: f"{first}{os.pathsep}{os.environ[name]}" for name, first in paths.items()}


def ended(process, seconds=60.0):
    """Return the exit status of launch, and the processes that it left."""
    status = process.ended(seconds)
    wait_for(lambda: not in_session(process.pid), 2)
    return status, in_session(process.pid)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_text_of_a_user_is_run_as_python(path):
    names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
    assert "PythonExpression" not in names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_check_comes_before_everything_that_starts_a_process(path):
    (make,) = [
        n for n in ast.walk(ast.parse(path.read_text())) if getattr(n, "name", "") == "generate_launch_description"
    ]
    calls = [(n.lineno, n.col_offset, n.func.id) for n in ast.walk(make) if isinstance(n, ast.Call)]
    order = [name for _, _, name in sorted(calls) if name in ("declare", "include", "start")]
    assert order[0] == "declare" and order[-1] == "start" and order.count("declare") == 1


@real
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_show_args_names_what_can_be_given(launch, path):
    process = launch(path.name.partition(".")[0], "--show-args")
    assert process.ended(60) == 0, process.output
    for words in ("default, robot or paper", "default or balanced", "auto, litert or tensorflow"):
        assert words in process.output


@real
@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("fer", "image_topic:=a b", "argument image_topic: expected topics"),
        ("fer", "fastdds_profile:=/nowhere/fast.xml", "argument fastdds_profile: expected an XML file"),
        ("fer", "respawn:=maybe", "argument respawn: expected true or false, got 'maybe'"),
        ("webcam", "rate:=abc", "argument rate: expected a number"),
        ("webcam", "page:=yes", "argument page: expected true or false"),
        ("webcam", "image_topic:=a,b", "argument image_topic: expected one topic, got 2"),
        ("webcam", "backend:=torch", "argument backend: expected auto, litert or tensorflow"),
        ("webcam", "sorce:=0", "unknown argument sorce: did you mean source?"),
        ("practice", "hold:=abc", "argument hold: expected a number"),
        ("practice", "rate:=abc", "argument rate: expected a number"),
        ("practice", "profile:=robto", "argument profile: expected default, robot, paper"),
        ("practice", "targets:=smiling", "argument targets: expected one or more of"),
        ("practice", "log_file:=/nowhere/at/all.log", "argument log_file: expected a folder that exists"),
    ],
)
def test_a_bad_argument_ends_launch_before_anything_starts(launch, name, given, said):
    process = launch(name, given)
    assert ended(process) == (1, []), process.output
    assert said in process.output and "process started" not in process.output and "Traceback" not in process.output


@real
def test_a_missing_recording_or_player_is_said_first(launch, tmp_path, fake_bag):
    folder, env = fake_bag
    for bag, environment, said in ((tmp_path / "nowhere", env, "argument bag: expected"), (folder, {}, "-ros2bag")):
        process = launch("replay", f"bag:={bag}", env=environment)
        assert ended(process) == (1, []), process.output
        assert said in process.output and "process started" not in process.output


@real
@pytest.mark.parametrize("status", [0, 1])
def test_a_replay_ends_as_its_player_does(launch, fake_bag, status):
    folder, env = fake_bag
    process = launch("replay", f"bag:={folder}", "rate:=2", env={**env, "PLAYER_STATUS": str(status)})
    assert ended(process) == (status, []), process.output
    assert f"player: bag play {folder} --disable-keyboard-controls --rate 2.0 --delay 5.0" in process.output


@real
def test_a_file_is_answered_from_its_first_image_and_ends_everything(launch, clip, tmp_path):
    # Counted by the node's own recording: whoever subscribes to the answers may find their publisher late.
    records, file = tmp_path / "records", tmp_path / "recording.yaml"
    values = f"recording.folder: {records}\n    recording.consent: drawn pictures"
    file.write_text(f"/**/fer_node:\n  ros__parameters:\n    {values}\n")
    given = ("namespace:=clinic", "profile:=robot", "fastdds_profile:=none", f"params_file:={file}")
    process = launch("webcam", f"source:={clip}", *given)
    assert ended(process, 120) == (0, []), process.output
    (folder,) = records.iterdir()
    with Reader(folder / "bag") as bag:
        counts = {connection.topic: connection.msgcount for connection in bag.connections}
    assert counts == {"/clinic/faces/emotions": 20}, process.output


@real
@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 0), (signal.SIGTERM, 1)])
def test_launch_leaves_no_process_whichever_way_it_is_ended(launch, clip, number, expected):
    process = launch("webcam", f"source:={clip}", "loop:=true", "page:=true", "page_port:=0")
    assert process.says("waiting for images") and process.says("page_node: open"), process.output
    process.send(number)
    assert process.ended(20) == expected, process.output
    assert wait_for(lambda: not in_session(process.pid), 10), process.output


@real
def test_a_practice_that_fails_fails_launch(launch, clip, tmp_path):
    log = tmp_path / "full.log"
    log.symlink_to("/dev/full/nothing")
    process = launch("practice", f"source:={clip}", "loop:=true", f"log_file:={log}")
    status, left = ended(process, 60)
    assert (status, left) == (1, []), process.output


@real
def test_what_no_other_start_heals_is_not_started_again(launch, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("/**/fer_node:\n  ros__parameters:\n    threads: 1000\n")
    process = launch("fer", f"params_file:={file}")
    assert ended(process) == (1, []), process.output
    assert process.output.count("process started") == 1 and "fer_node failed (exit code 2)" in process.output
