"""A camera, fer_node and, with page:=true, a live page: `ros2 launch fer_ros webcam.launch.py source:=/dev/video0`."""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, IncludeLaunchDescription
from launch.conditions import IfCondition
from launch.launch_description_sources import PythonLaunchDescriptionSource
from launch.substitutions import LaunchConfiguration, PythonExpression
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from launch import LaunchDescription

SHARE = Path(get_package_share_directory("fer_ros"))


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments, start the camera, and include fer.launch.py for the rest."""
    arguments = [
        DeclareLaunchArgument("source", default_value="0", description="device, video file, folder of images or URL"),
        DeclareLaunchArgument("rate", default_value="30.0", description="images a second, at most"),
        DeclareLaunchArgument("loop", default_value="false", description="start a file or folder again at its end"),
        DeclareLaunchArgument("page", default_value="false", description="also serve a live page on 127.0.0.1:8090"),
    ]
    # First, because it sets the Fast DDS profile for the processes that start after it.
    recognition = IncludeLaunchDescription(PythonLaunchDescriptionSource(str(SHARE / "launch" / "fer.launch.py")))
    camera = Node(
        package="fer_ros",
        executable="camera_node",
        namespace=LaunchConfiguration("namespace"),
        parameters=[
            {
                # As a string, whatever it looks like: the first device is "0".
                "source": ParameterValue(LaunchConfiguration("source"), value_type=str),
                "rate": ParameterValue(LaunchConfiguration("rate"), value_type=float),
                "loop": ParameterValue(LaunchConfiguration("loop"), value_type=bool),
                "image_topic": LaunchConfiguration("image_topic"),
            }
        ],
        output="screen",
    )
    page = Node(
        package="fer_ros",
        executable="page_node",
        namespace=LaunchConfiguration("namespace"),
        condition=IfCondition(LaunchConfiguration("page")),
        parameters=[
            {
                "image_topics": ParameterValue(
                    PythonExpression(["['", LaunchConfiguration("image_topic"), "']"]), value_type=list[str]
                )
            }
        ],
        output="screen",
    )
    return LaunchDescription([*arguments, recognition, camera, page])
