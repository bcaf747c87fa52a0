"""viewer_node: what it prints and what it does not write."""

import re

import cv2
import numpy as np
from builtin_interfaces.msg import Time
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from fer_ros.client.quality_of_service import RESULTS
from fer_ros.core.palette import COLOURS, UNCERTAIN
from fer_ros.nodes.conversions import to_image
from fer_ros.nodes.viewer_node import said, styled_bar, styled_label, trust
from nodes.ros import publish_until


def test_expressions_and_one_closing_line_are_printed(start, peer, tmp_path):
    viewer = start("viewer_node", title="demo")
    publisher = peer.node.create_publisher(FaceEmotionArray, "faces/emotions", 10)

    def publish():
        now = peer.node.get_clock().now().to_msg()
        face = FaceEmotion(track_id="abcde", raw_label="happy", raw_confidence=0.9)
        stamp = Time(sec=now.sec, nanosec=now.nanosec)
        publisher.publish(FaceEmotionArray(header=Header(stamp=stamp), camera="/camera/image_raw", faces=[face]))

    assert publish_until(publish, lambda: viewer.output.count("/camera/image_raw: abcde happy 90% (") > 1)
    # Unchanged, it is repeated once a second with rate and latency, not with every image.
    assert re.search(r"abcde happy 90% \(\d+\.\d Hz, \d+\.\d ms\)", viewer.output)
    assert viewer.output.count("abcde happy") <= 3
    code, _ = viewer.stop()
    assert code == 0
    last = viewer.lines[-1]
    assert last.startswith("demo: ") and " frames, " in last and " faces, latency p50 " in last and last.endswith(" ms")


def test_each_name_is_answered_once_and_its_picture_written(start, peer, tmp_path):
    settings = {"title": "demo", "show_frame_id": True, "expected": 3, "save_to": tmp_path, "hint": "more light?"}
    viewer = start("viewer_node", **settings)
    faces = peer.node.create_publisher(FaceEmotionArray, "faces/emotions", RESULTS)
    pictures = peer.node.create_publisher(Image, "faces/annotated", RESULTS)
    names = ["a.png", "b.png", "a.jpg"]
    turn = iter(range(10**6))

    def publish():
        number = next(turn) // 10
        now = peer.node.get_clock().now().to_msg()
        header = Header(stamp=now, frame_id=names[number % 3])
        faces.publish(FaceEmotionArray(header=header, camera="/camera/image_raw"))
        pictures.publish(to_image(np.full((8, 8, 3), 80 * (number % 3), np.uint8), header, "bgr8"))

    assert publish_until(publish, lambda: viewer.process.poll() is not None)
    assert viewer.process.returncode == 0
    for name in names:
        # Single pictures have no rate.
        assert len(re.findall(rf"^{name}: nobody \(\d+\.\d ms\)$", viewer.output, re.MULTILINE)) == 1, viewer.output
    assert viewer.lines[-3:-1] == [f"demo: wrote 3 pictures to {tmp_path}", "demo: no face was found: more light?"]
    assert viewer.lines[-1].startswith("demo: 3 pictures, 0 faces")
    found = {path.name: int(cv2.imread(str(path))[0, 0, 0]) for path in tmp_path.iterdir()}
    # Of two inputs of one name, the one that comes later keeps its ending.
    assert {found["b.annotated.png"], *found.values()} == {0, 80, 160} and found["b.annotated.png"] == 80
    assert set(found) - {"b.annotated.png", "a.annotated.png"} <= {"a.png.annotated.png", "a.jpg.annotated.png"}


def test_after_some_seconds_without_a_face_it_says_once_what_to_try(start, peer):
    viewer = start("viewer_node", title="demo", hint="more light?")
    publisher = peer.node.create_publisher(FaceEmotionArray, "faces/emotions", RESULTS)

    def publish():
        stamp = peer.node.get_clock().now().to_msg()
        publisher.publish(FaceEmotionArray(header=Header(stamp=stamp), camera="/camera/image_raw"))

    assert publish_until(publish, lambda: "demo: no face for 5 s: more light?" in viewer.output)
    code, _ = viewer.stop()
    assert code == 0 and viewer.output.count("more light?") == 1


def test_in_a_terminal_what_is_sure_has_its_colour_and_what_is_not_is_gray_and_hatched():
    shares = [0.0, 0.0, 0.0, 0.9, 0.0, 0.0, 0.1]
    face = FaceEmotion(smoothed_label="happy", smoothed_confidence=0.9, smoothed_probabilities=shares, state=1)
    sure = styled_label(face)
    assert sure.plain.strip() == "happy" and COLOURS["happy"] in sure.style and "bold" in sure.style
    assert "█" in styled_bar(face).plain and "90%" in styled_bar(face).plain and trust(face) == "sure"
    face.state = 2
    assert UNCERTAIN in styled_label(face).style and "bold" not in styled_label(face).style
    assert "░" in styled_bar(face).plain and not {"█", "%"} & set(styled_bar(face).plain)
    # What was stable before is no answer to what is shown now.
    assert said(face) == styled_label(face).plain == "uncertain" and trust(face) == "no expression stands out"
    face.reasons = FaceEmotion.TOO_DARK | FaceEmotion.BLURRED
    assert trust(face) == "too dark, blurred"
    # Without smoothing: one picture's answer, which reasons speak against or not.
    face = FaceEmotion(raw_label="sad", raw_confidence=0.9, raw_probabilities=shares)
    assert COLOURS["sad"] in styled_label(face).style and "bold" not in styled_label(face).style
    assert said(face) == "sad" and trust(face) == "this picture alone"
    face.reasons = 1
    assert UNCERTAIN in styled_label(face).style and said(face) == "uncertain"


def test_an_uncertain_face_is_printed_with_its_reason_and_no_number(start, peer):
    viewer = start("viewer_node", title="demo")
    publisher = peer.node.create_publisher(FaceEmotionArray, "faces/emotions", 10)
    shares = {"smoothed_probabilities": [0.01, 0.01, 0.01, 0.94, 0.01, 0.01, 0.01], "smoothed_confidence": 0.94}
    face = FaceEmotion(track_id="abcde", state=FaceEmotion.UNCERTAIN, reasons=FaceEmotion.TOO_DARK, **shares)

    def publish():
        stamp = peer.node.get_clock().now().to_msg()
        publisher.publish(FaceEmotionArray(header=Header(stamp=stamp), camera="/camera/image_raw", faces=[face]))

    assert publish_until(publish, lambda: "abcde uncertain (too dark) (" in viewer.output)
    viewer.stop()
    assert "%" not in viewer.output
