"""What a behaviour node imports: the faces that fer_node sees, as Python objects and callbacks."""

try:
    import rclpy  # noqa: F401

    import fer_ros.msg  # noqa: F401
except ImportError as error:
    raise ImportError(
        f"fer_ros.client needs ROS 2 and this package built by colcon ({error}): source a ROS 2 installation and the "
        "workspace's install folder, or this package's env.bash, and run elsewhere than in its sources"
    ) from None

# Outside of the hint: what else fails here has reasons of its own, which its own message says.
from fer_ros.client.snapshots import Expression, ExpressionChange, FaceSnapshot
from fer_ros.client.watcher import FaceWatcher

__all__ = ["Expression", "ExpressionChange", "FaceSnapshot", "FaceWatcher"]
