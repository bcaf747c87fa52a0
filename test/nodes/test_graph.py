"""Who publishes a topic, by name and type."""

from sensor_msgs.msg import CompressedImage, Image

from fer_ros.nodes.graph import Publishing, names, publishers_of
from nodes.ros import wait_for
from reliability.peer import Peer


def test_publishers_are_found_with_their_nodes_and_types(peer):
    other = Peer("other")
    try:
        peer.node.create_publisher(Image, "/eye", 1)
        other.node.create_publisher(CompressedImage, "/eye", 1)
        expected = [
            Publishing("/other", "sensor_msgs/msg/CompressedImage"),
            Publishing("/test_peer", "sensor_msgs/msg/Image"),
        ]
        assert wait_for(lambda: publishers_of(peer.node, "/eye") == expected)
    finally:
        other.close()
    assert publishers_of(peer.node, "/nobody") == []


def test_names_are_listed_in_words():
    assert names([Publishing(name, "") for name in ("/a", "/b", "/c")]) == "/a, /b and /c"
    assert names([Publishing("/a", "")]) == "/a"
