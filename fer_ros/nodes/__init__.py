"""The ROS 2 nodes: with fer_ros.client, the only part of the package that imports rclpy."""

try:
    import rclpy  # noqa: F401

    import fer_ros.msg  # noqa: F401
except ImportError as error:
    raise ImportError(
        f"fer_ros.nodes needs ROS 2 and this package built by colcon ({error}): source a ROS 2 installation and the "
        "workspace's install folder, or this package's env.bash; then run outside of the folder of its sources"
    ) from None
