"""A recorded bag through fer_node; with output:=FOLDER its answers go to a new bag. Everything ends with the bag.

ros2 launch fer_ros replay.launch.py bag:=session image_topic:=/camera/image_raw output:=answers
"""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, EmitEvent, ExecuteProcess, IncludeLaunchDescription, TimerAction
from launch.conditions import IfCondition
from launch.events import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PythonExpression

from launch import LaunchDescription

SHARE = Path(get_package_share_directory("fer_ros"))


def generate_launch_description() -> LaunchDescription:
    """Include fer.launch.py, whose arguments can be given too, play the bag, and record the answers if asked."""
    output, namespace = LaunchConfiguration("output"), LaunchConfiguration("namespace")
    arguments = [
        DeclareLaunchArgument("bag", description="rosbag2 folder, or .mcap or .db3 file"),
        # A bag holds full names, which no namespace changes.
        DeclareLaunchArgument("image_topic", default_value="/camera/image_raw", description="topic in the bag"),
        DeclareLaunchArgument("rate", default_value="1.0", description="times the recorded speed"),
        DeclareLaunchArgument("delay", default_value="5.0", description="seconds for fer_node to load before the bag"),
        DeclareLaunchArgument("output", default_value="", description="new bag for the answers; empty: none"),
    ]
    # First, because it declares the namespace and sets the Fast DDS profile for the processes that start after it.
    recognition = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(SHARE / "launch" / "fer.launch.py")))
    faces = PythonExpression(["'/'.join(['', *'", namespace, "'.strip('/').split(), 'faces/emotions'])"])
    record = ExecuteProcess(
        cmd=["ros2", "bag", "record", "--disable-keyboard-controls", "--output", output, "--topics", faces],
        condition=IfCondition(PythonExpression(["'", output, "' != ''"])),
        output="screen",
    )
    play = ExecuteProcess(
        # The delay is the player's own: it is discovered meanwhile, and its first images are not lost.
        cmd=[
            *("ros2", "bag", "play", LaunchConfiguration("bag"), "--disable-keyboard-controls"),
            *("--rate", LaunchConfiguration("rate"), "--delay", LaunchConfiguration("delay")),
        ],
        output="screen",
        # The last images are answered and recorded meanwhile.
        on_exit=[TimerAction(period=1.0, actions=[EmitEvent(event=Shutdown(reason="the bag has ended"))])],
    )
    return LaunchDescription([*arguments, recognition, record, play])
