"""A recorded bag through fer_node, live: ros2 bag play, fer_node, and a recorder of the results where asked.

ros2 launch fer_ros replay.launch.py bag:=session image_topic:=/camera/image_raw record:=session_results
"""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch.actions import (
    DeclareLaunchArgument,
    EmitEvent,
    ExecuteProcess,
    IncludeLaunchDescription,
    RegisterEventHandler,
    TimerAction,
)
from launch.conditions import IfCondition
from launch.event_handlers import OnProcessExit
from launch.events import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PythonExpression

from launch import LaunchDescription

SHARE = Path(get_package_share_directory("fer_ros"))


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, include fer.launch.py, play the bag once, and end everything when it is over."""
    record = LaunchConfiguration("record")
    arguments = [
        DeclareLaunchArgument("bag", description="rosbag2 folder to play"),
        DeclareLaunchArgument("rate", default_value="1.0", description="times real time"),
        DeclareLaunchArgument("record", default_value="", description="new bag for the results; empty: none"),
        DeclareLaunchArgument("delay", default_value="3.0", description="seconds that fer_node gets to load its model"),
    ]
    recognition = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(SHARE / "launch" / "fer.launch.py")))
    player = ExecuteProcess(
        cmd=["ros2", "bag", "play", LaunchConfiguration("bag"), "--rate", LaunchConfiguration("rate")], output="screen"
    )
    recorder = ExecuteProcess(
        cmd=["ros2", "bag", "record", "--output", record, "faces/emotions"],
        output="screen",
        condition=IfCondition(PythonExpression(["'", record, "' != ''"])),
    )
    # The last images are still being answered when the player ends.
    end = TimerAction(period=1.0, actions=[EmitEvent(event=Shutdown(reason="the bag is over"))])
    return LaunchDescription(
        [
            *arguments,
            recognition,
            recorder,
            TimerAction(period=LaunchConfiguration("delay"), actions=[player]),
            RegisterEventHandler(OnProcessExit(target_action=player, on_exit=[end])),
        ]
    )
