"""A recorded bag through fer_node; with output:=FOLDER its answers go to a new bag. Everything ends with the bag.

ros2 launch fer_ros replay.launch.py bag:=session image_topic:=/camera/image_raw output:=answers
"""

import os
from collections.abc import Mapping

from ament_index_python.packages import PackageNotFoundError, get_package_prefix
from launch.actions import ExecuteProcess

from fer_ros.launching.actions import declare, end_with, include, start
from fer_ros.launching.arguments import FER, REPLAY, check_recording
from launch import Action, LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Check the arguments, include fer.launch.py, play the bag, and record the answers if asked."""
    declared = declare(__file__, REPLAY, includes=FER, check=check)
    # Included first, because it sets the Fast DDS profile for the processes that start after it.
    return LaunchDescription([*declared, include("fer.launch.py"), start((*REPLAY, *FER), play)])


def check(texts: Mapping[str, str]) -> None:
    """Refuse what cannot be played, before fer_node starts."""
    try:
        get_package_prefix("ros2bag")
    except PackageNotFoundError:
        install = f"sudo apt-get install ros-{os.environ.get('ROS_DISTRO', 'jazzy')}-ros2bag"
        raise RuntimeError(f"replay.launch.py needs ros2bag, which is not installed: {install}") from None
    check_recording(texts)


def play(bag: str, rate: float, delay: float, output: str | None, namespace: str) -> list[Action]:
    """Return the player, which ends launch, and before it the recorder if there is to be one."""
    quiet = "--disable-keyboard-controls"
    # The delay is the player's own: it is discovered meanwhile, and its first images are not lost.
    player = ["ros2", "bag", "play", bag, quiet, "--rate", str(rate), "--delay", str(delay)]
    # The last images are answered and recorded before launch ends.
    actions = [ExecuteProcess(cmd=player, on_exit=end_with("ros2 bag play"), output="screen")]
    if output:
        faces = f"/{namespace.strip('/')}/faces/emotions".replace("//", "/")
        recorder = ["ros2", "bag", "record", quiet, "--output", output, "--topics", faces]
        actions.insert(0, ExecuteProcess(cmd=recorder, on_exit=end_with("ros2 bag record", wait=0.0), output="screen"))
    return actions
