"""fer_node alone, for a camera that the robot already runs.

ros2 launch fer_ros fer.launch.py image_topic:=/head_camera/image_raw profile:=robot
"""

from launch.actions import SetEnvironmentVariable
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from fer_ros.launching.actions import declare, end_processes_with_launch, end_unless_respawned, start
from fer_ros.launching.arguments import FER
from launch import Action, LaunchDescription


def generate_launch_description() -> LaunchDescription:
    """Declare and check the arguments, and start the node."""
    return LaunchDescription([*declare(__file__, FER), start(FER, recognition)])


def recognition(
    image_topic: list[str] | None,
    namespace: str,
    profile: str,
    params_file: str | None,
    bundle: str | None,
    backend: str | None,
    respawn: bool,
    fastdds_profile: str,
) -> list[Action]:
    """Return fer_node, and the environment for it and for what starts after it."""
    given = {"image_topics": image_topic, "model_bundle": bundle, "backend": backend}
    node = Node(
        package="fer_ros",
        executable="fer_node",
        namespace=namespace,
        parameters=[
            profile,
            *([params_file] if params_file else []),
            # What nobody gave is left to the files.
            {n: ParameterValue(v, value_type=list[str] if isinstance(v, list) else str) for n, v in given.items() if v},
        ],
        respawn=respawn,
        # Not at once: a node that cannot start says why every second, and does not fill a core.
        respawn_delay=1.0,
        on_exit=end_unless_respawned("fer_node", respawn),
        output="screen",
    )
    actions = [*end_processes_with_launch(), node]
    if fastdds_profile:
        actions.insert(0, SetEnvironmentVariable("FASTRTPS_DEFAULT_PROFILES_FILE", fastdds_profile))
    return actions
