"""A camera, fer_node and, with page:=true, a live page; a file ends everything with its end.

ros2 launch fer_ros webcam.launch.py source:=/dev/video0 profile:=robot page:=true
"""

from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from fer_ros.launching.actions import declare, end_with, include, start
from fer_ros.launching.arguments import FER, WEBCAM
from launch import Action, LaunchDescription

FER_NODE_LOADS = 120.0  # seconds for which a file waits for fer_node at most


def generate_launch_description() -> LaunchDescription:
    """Check the arguments, include fer.launch.py, and start the camera and the page."""
    # First, because it sets the Fast DDS profile for the processes that start after it.
    return LaunchDescription(
        [*declare(__file__, WEBCAM, includes=FER), include("fer.launch.py"), start(WEBCAM, camera_and_page)]
    )


def camera_and_page(
    source: str, rate: float, loop: bool, page: bool, uploads: bool, page_port: int, image_topic: str
) -> list[Action]:
    """Return camera_node, and page_node where it is asked for."""
    namespace = LaunchConfiguration("namespace")
    camera = Node(
        package="fer_ros",
        executable="camera_node",
        namespace=namespace,
        parameters=[
            {
                "source": ParameterValue(source, value_type=str),
                "rate": rate,
                "loop": loop,
                "image_topic": ParameterValue(image_topic, value_type=str),
                # What a file shows before fer_node listens would be lost.
                "wait_for_subscriber": FER_NODE_LOADS,
            }
        ],
        on_exit=end_with("camera_node"),
        output="screen",
    )
    if not page:
        return [camera]
    topics = ParameterValue([image_topic], value_type=list[str])
    live_page = Node(
        package="fer_ros",
        executable="page_node",
        namespace=namespace,
        parameters=[
            {
                "image_topics": topics,
                "port": page_port,
                "uploads": uploads,
                # What somebody brings is judged as the camera's images are.
                "upload_profile": ParameterValue(LaunchConfiguration("profile"), value_type=str),
            }
        ],
        on_exit=end_with("page_node", wait=0.0),
        output="screen",
    )
    return [camera, live_page]
