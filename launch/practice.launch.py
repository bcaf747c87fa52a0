"""A camera, fer_node and practice_node; everything ends with the practice.

ros2 launch fer_ros practice.launch.py source:=/dev/video0 targets:=happy,sad log_file:=practice.log
"""

from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from fer_ros.launching.actions import declare, end_with, include, start
from fer_ros.launching.arguments import FER, PRACTICE, WEBCAM, check_targets
from launch import Action, LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Check the arguments, include webcam.launch.py, and start the practice."""
    declared = declare(__file__, PRACTICE, includes=(*WEBCAM, *FER), check=check_targets)
    return LaunchDescription([*declared, include("webcam.launch.py"), start(PRACTICE, practice)])


def practice(targets: list[str], hold: float, timeout: float, log_file: str | None) -> list[Action]:
    """Return practice_node, which ends launch."""
    node = Node(
        package="fer_ros",
        executable="practice_node",
        namespace=LaunchConfiguration("namespace"),
        parameters=[
            {
                "targets": ParameterValue(targets, value_type=list[str]),
                "hold": hold,
                "timeout": timeout,
                "log_file": ParameterValue(log_file or "", value_type=str),
            }
        ],
        on_exit=end_with("practice_node", wait=0.0),
        output="screen",
    )
    return [node]
