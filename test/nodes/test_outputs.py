"""Results are made for those who listen."""

import numpy as np
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from fer_ros.core.drawing import annotate
from fer_ros.core.types import Frame
from fer_ros.nodes import outputs
from fer_ros.nodes.outputs import Outputs
from nodes.ros import wait_for


def test_a_picture_is_drawn_only_for_listeners_and_once_for_both_topics(peer, monkeypatch):
    drawn = []
    monkeypatch.setattr(outputs, "annotate", lambda *arguments: drawn.append(1) or annotate(*arguments))
    frame = Frame.from_rgb(np.zeros((48, 64, 3), np.uint8))
    made = Outputs(peer.node, ("angry", "happy"), "bundle", ["/eye"])
    made.publish("/eye", Header(), frame, ())
    assert drawn == []
    raw = peer.collect(Image, "faces/annotated")
    compressed = peer.collect(CompressedImage, "faces/annotated/compressed")
    topics = "faces/annotated", "faces/annotated/compressed"
    assert wait_for(lambda: all(made._publishers[topic].get_subscription_count() for topic in topics))
    made.publish("/eye", Header(), frame, ())
    assert wait_for(lambda: raw and compressed) and drawn == [1]
    made.close()
    assert wait_for(lambda: not peer.node.count_publishers("faces/annotated"))
