"""What a behaviour node imports: the faces that fer_node sees, as Python objects and callbacks."""

from fer_ros.core.missing import needs_ros

try:
    import rclpy  # noqa: F401

    import fer_ros.msg  # noqa: F401
except ImportError as error:
    raise ImportError(needs_ros(__name__, error)) from None

# Outside of the hint: what else fails here has reasons of its own, which its own message says.
from fer_ros.client.snapshots import Expression, ExpressionChange, FaceSnapshot
from fer_ros.client.watcher import FaceWatcher

__all__ = ["Expression", "ExpressionChange", "FaceSnapshot", "FaceWatcher"]
