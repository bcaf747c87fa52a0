"""The examples do what they say, as they stand there."""

import csv
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
from client.scripted import Stage, face
from nodes.ros import wait_for
from pictures import two_faces
from std_msgs.msg import String

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def run(name, *arguments):
    command = [sys.executable, EXAMPLES / name, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_is_short_and_tells_how_it_is_run(path):
    text = path.read_text()
    assert len(text.splitlines()) < 60
    assert f"\npython examples/{path.name}" in text


def test_a_picture_is_told_in_words_and_drawn(tmp_path):
    given, drawn = tmp_path / "photo.png", tmp_path / "annotated.png"
    cv2.imwrite(str(given), two_faces())
    done = run("picture.py", given, drawn)
    assert done.returncode == 0, done.stderr
    words = [line.split()[0] for line in done.stdout.splitlines()]
    assert sorted(words[:-1]) == ["happy", "neutral"] and done.stdout.endswith("2 faces\n")
    before, after = cv2.imread(str(given)), cv2.imread(str(drawn))
    assert before.shape == after.shape and (before != after).any()


def test_what_is_no_picture_is_named(tmp_path):
    done = run("picture.py", tmp_path / "nothing.png", tmp_path / "annotated.png")
    assert done.returncode == 2 and "nothing.png" in done.stderr and "Traceback" not in done.stderr


def test_a_video_becomes_a_table_and_a_plot(tmp_path):
    clip, table, plot = tmp_path / "clip.avi", tmp_path / "table.csv", tmp_path / "plot.png"
    subprocess.run([sys.executable, ROOT / "tools" / "make_clip.py", clip], check=True, timeout=120)
    done = run("video_to_table.py", clip, table, plot)
    assert done.returncode == 0, done.stderr
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    # The clip has 300 images at 30 a second; the second person is there from 1 to 9 s.
    stable = {row["face"]: row["expression"] for row in rows if row["stable"] == "1"}
    assert sorted(stable.values()) == ["happy", "neutral"]
    happy = [row for row in rows if row["face"] == next(k for k, v in stable.items() if v == "happy")]
    assert len(happy) > 290 and float(happy[-1]["seconds"]) == pytest.approx(299 / 30, abs=0.01)
    picture = cv2.imread(str(plot))
    assert picture is not None and picture.std() > 10


def test_the_robot_answers_a_smile_once(start, peer):
    said = peer.collect(String, "say")
    stage = Stage(peer.node)
    stage.faces = [face("child", "neutral"), face("other", "sad", side=50.0)]
    node = start(EXAMPLES / "behaviour.py", seconds=0.3)
    assert node.says("face child is there"), node.output
    assert not said
    stage.faces = [face("child", "happy"), face("other", "sad", side=50.0)]
    assert wait_for(lambda: said), node.output
    stage.faces = [face("child", "happy"), face("other", "happy", side=50.0)]
    assert wait_for(lambda: len(said) == 2), node.output
    assert {message.data for message in said} == {"How nice to see you smile!"}
    code, _ = node.stop()
    assert code == 0 and "Traceback" not in node.output and len(said) == 2
