"""What a behaviour node imports: the faces that fer_node sees, as Python objects and callbacks."""

try:
    from fer_ros.client.snapshots import Expression, ExpressionChange, FaceSnapshot
    from fer_ros.client.watcher import FaceWatcher
except ImportError as error:
    raise ImportError(
        f"fer_ros.client needs ROS 2 and this package built by colcon ({error}): source a ROS 2 installation and the "
        "workspace's install folder, or this package's env.bash"
    ) from None

__all__ = ["Expression", "ExpressionChange", "FaceSnapshot", "FaceWatcher"]
