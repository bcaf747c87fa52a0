"""viewer_node: what it prints and what it does not write."""

import re

from builtin_interfaces.msg import Time
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from std_msgs.msg import Header

from nodes.ros import publish_until


def test_expressions_and_one_closing_line_are_printed(start, peer, tmp_path):
    viewer = start("viewer_node", title="demo")
    publisher = peer.node.create_publisher(FaceEmotionArray, "faces/emotions", 10)

    def publish():
        now = peer.node.get_clock().now().to_msg()
        face = FaceEmotion(track_id="abcde", raw_label="happy", raw_confidence=0.9)
        stamp = Time(sec=now.sec, nanosec=now.nanosec)
        publisher.publish(FaceEmotionArray(header=Header(stamp=stamp), camera="/camera/image_raw", faces=[face]))

    assert publish_until(publish, lambda: viewer.output.count("/camera/image_raw: abcde happy (") > 1)
    # Unchanged, it is repeated once a second with rate and latency, not with every image.
    assert re.search(r"abcde happy \(\d+\.\d Hz, \d+\.\d ms\)", viewer.output)
    assert viewer.output.count("abcde happy") <= 3
    code, _ = viewer.stop()
    assert code == 0
    last = viewer.lines[-1]
    assert last.startswith("demo: ") and " frames, " in last and " faces, latency p50 " in last and last.endswith(" ms")
