"""The ROS 2 nodes: with fer_ros.client, the only part of the package that imports rclpy."""

from fer_ros.core.missing import needs_ros

try:
    import rclpy  # noqa: F401

    import fer_ros.msg  # noqa: F401
except ImportError as error:
    raise ImportError(needs_ros(__name__, error)) from None
