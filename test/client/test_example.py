"""The example of a behaviour says what it should, as it stands in examples/."""

from pathlib import Path

from nodes.ros import wait_for
from std_msgs.msg import String

from client.scripted import Stage, face

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/behaviour.py"


def test_the_example_greets_answers_a_smile_once_and_says_goodbye(start, peer):
    stage = Stage(peer.node, "/robot/faces/emotions")
    said = peer.collect(String, "/robot/say")
    node = start(EXAMPLE, "-r", "__ns:=/robot")
    stage.faces = [face("child", "happy")]
    assert node.says("I am glad to see you smile."), node.output
    stage.faces = []
    assert node.says("Goodbye."), node.output
    assert node.lines == ["Hello.", "I am glad to see you smile.", "Goodbye."]
    assert wait_for(lambda: [message.data for message in said][-2:] == node.lines[-2:]), said
    code, _ = node.stop()
    assert code == 0, node.output
