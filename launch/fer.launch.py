"""fer_node alone, for a camera that the robot already runs.

ros2 launch fer_ros fer.launch.py image_topic:=/head_camera/image_raw
"""

from pathlib import Path

from ament_index_python.packages import get_package_share_directory
from launch.actions import DeclareLaunchArgument, SetEnvironmentVariable
from launch.conditions import IfCondition
from launch.substitutions import LaunchConfiguration, PythonExpression
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from launch import LaunchDescription

SHARE = Path(get_package_share_directory("fer_ros"))


def generate_launch_description() -> LaunchDescription:
    """Declare the arguments and start the node."""
    profile = LaunchConfiguration("fastdds_profile")
    return LaunchDescription(
        [
            DeclareLaunchArgument("image_topic", default_value="camera/image_raw", description="topic of the images"),
            DeclareLaunchArgument("namespace", default_value="", description="namespace of all nodes and topics"),
            DeclareLaunchArgument(
                "params_file",
                default_value=str(SHARE / "config" / "default.yaml"),
                description="parameters of fer_node",
            ),
            DeclareLaunchArgument("bundle", default_value="default", description="folder of a model bundle"),
            DeclareLaunchArgument("backend", default_value="auto", description="auto, litert or tensorflow"),
            DeclareLaunchArgument("respawn", default_value="true", description="start the node again when it ends"),
            DeclareLaunchArgument(
                "fastdds_profile",
                default_value=str(SHARE / "config" / "fastdds.xml"),
                description="Fast DDS profile with room for images; empty: the environment's own",
            ),
            SetEnvironmentVariable(
                "FASTRTPS_DEFAULT_PROFILES_FILE",
                profile,
                condition=IfCondition(PythonExpression(["'", profile, "' != ''"])),
            ),
            Node(
                package="fer_ros",
                executable="fer_node",
                respawn=LaunchConfiguration("respawn"),
                # Not at once: a node that cannot start says why every second, and does not fill a core.
                respawn_delay=1.0,
                namespace=LaunchConfiguration("namespace"),
                parameters=[
                    LaunchConfiguration("params_file"),
                    {
                        "image_topics": ParameterValue(
                            PythonExpression(["'", LaunchConfiguration("image_topic"), "'.split(',')"]),
                            value_type=list[str],
                        ),
                        "model_bundle": ParameterValue(LaunchConfiguration("bundle"), value_type=str),
                        "backend": LaunchConfiguration("backend"),
                    },
                ],
                output="screen",
            ),
        ]
    )
