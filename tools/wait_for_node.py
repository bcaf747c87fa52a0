"""Wait until these nodes are there and have been matched: `wait_for_node.py NAME...`; exit code 1 after a minute."""

import signal
import sys
import time

# Also during the imports: a signal ends the process, without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import rclpy  # noqa: E402
from rclpy.signals import SignalHandlerOptions  # noqa: E402

_PATIENCE = 60.0  # seconds


def main(names: set[str]) -> int:
    """Poll the graph until all names are in it."""
    rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    node = rclpy.create_node("wait_for_node")
    deadline = time.monotonic() + _PATIENCE
    try:
        while time.monotonic() < deadline:
            ready = names <= set(node.get_node_names()) and node.count_subscribers("camera/image_raw")
            if ready and node.count_subscribers("faces/emotions"):
                return 0
            time.sleep(0.1)
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    print(f"expected the nodes {sorted(names)} within {_PATIENCE:.0f} s", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
