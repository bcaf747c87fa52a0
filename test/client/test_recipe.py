"""The example in the documentation does what it says, as it stands there."""

import re
from pathlib import Path

from client.scripted import Stage, face

RECIPE = Path(__file__).resolve().parents[2] / "docs/recipes/behaviour_node.md"


def test_the_example_answers_the_nearest_face_in_its_namespace(start, peer, tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", RECIPE.read_text(), re.DOTALL)
    path = tmp_path / "mirror.py"
    path.write_text(code)
    stage = Stage(peer.node, "/robot/faces/emotions")
    stage.faces = [face("child", "happy"), face("other", "angry", side=50.0)]
    node = start(path, "-r", "__ns:=/robot")
    assert node.says("You look happy."), node.output
    stage.faces = [face("child", "sad"), face("other", "neutral", side=50.0)]
    assert node.says("You look sad."), node.output
    assert node.lines == ["You look happy.", "You look sad."]


def test_ctrl_c_ends_the_example_without_a_word(start, peer, tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", RECIPE.read_text(), re.DOTALL)
    path = tmp_path / "mirror.py"
    path.write_text(code)
    stage = Stage(peer.node, "/faces/emotions")
    stage.faces = [face("child", "happy")]
    node = start(path)
    assert node.says("You look happy."), node.output
    code, _ = node.stop()
    assert code == 0 and "Traceback" not in node.output, node.output
