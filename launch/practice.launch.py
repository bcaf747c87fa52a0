"""A camera, fer_node and practice_node; everything ends with the practice.

ros2 launch fer_ros practice.launch.py source:=/dev/video0 targets:=happy,sad log_file:=practice.log
"""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, EmitEvent, IncludeLaunchDescription
from launch.events import Shutdown
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PythonExpression
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from launch import LaunchDescription

SHARE = Path(get_package_share_directory("fer_ros"))


def generate_launch_description() -> LaunchDescription:
    """Include webcam.launch.py, whose arguments can be given too, and start the practice."""
    arguments = [
        DeclareLaunchArgument("targets", default_value="happy,surprise,sad,angry", description="what to practise"),
        DeclareLaunchArgument("hold", default_value="1.0", description="seconds to show it without a break"),
        DeclareLaunchArgument("timeout", default_value="15.0", description="seconds that one try may take"),
        DeclareLaunchArgument("log_file", default_value="", description="file for a line a trial; empty: none"),
    ]
    # First, because it declares the namespace and sets the Fast DDS profile for the processes that start after it.
    camera = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(SHARE / "launch" / "webcam.launch.py")))
    practice = Node(
        package="fer_ros",
        executable="practice_node",
        namespace=LaunchConfiguration("namespace"),
        parameters=[
            {
                "targets": ParameterValue(
                    PythonExpression(["'", LaunchConfiguration("targets"), "'.split(',')"]), value_type=list[str]
                ),
                "hold": ParameterValue(LaunchConfiguration("hold"), value_type=float),
                "timeout": ParameterValue(LaunchConfiguration("timeout"), value_type=float),
                "log_file": ParameterValue(LaunchConfiguration("log_file"), value_type=str),
            }
        ],
        output="screen",
        on_exit=[EmitEvent(event=Shutdown(reason="the practice has ended"))],
    )
    return LaunchDescription([*arguments, camera, practice])
