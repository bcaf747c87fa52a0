"""Wait until these nodes are there and have been matched: `wait_for_node.py NAME...`; exit code 1 after 30 s."""

import sys
import time

import rclpy


def main(names: set[str]) -> int:
    """Poll the graph until all names are in it."""
    rclpy.init()
    node = rclpy.create_node("wait_for_node")
    deadline = time.monotonic() + 30
    try:
        while time.monotonic() < deadline:
            ready = names <= set(node.get_node_names()) and node.count_subscribers("camera/image_raw")
            if ready and node.count_subscribers("faces/emotions"):
                return 0
            time.sleep(0.1)
    except KeyboardInterrupt:
        return 130
    finally:
        node.destroy_node()
        rclpy.try_shutdown()
    print(f"expected the nodes {sorted(names)} within 30 s", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
