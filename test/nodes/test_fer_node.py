"""fer_node over real DDS, in a process of its own, on real pictures."""

import signal
import threading
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import pytest
import rclpy
from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from pictures import two_faces
from rcl_interfaces.srv import SetParameters
from rclpy.lifecycle import TransitionCallbackReturn
from rclpy.parameter import Parameter
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray

from fer_ros.client.quality_of_service import IMAGES
from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.tracker_config import TrackerConfig
from fer_ros.nodes.conversions import to_image
from fer_ros.nodes.fer_node import FerNode
from nodes.cameras import Camera, people
from nodes.ros import patience, publish_until, wait_for

LABELS = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]


def center(face):
    return face.bbox.center.position.x, face.bbox.center.position.y


def test_every_face_gets_its_place_its_probabilities_and_the_images_stamp(start, peer):
    start("fer_node")
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    detections = peer.collect(Detection2DArray, "faces/detections")
    camera = Camera(peer)
    assert publish_until(camera.publish, lambda: sum(len(people(m)) == 2 for m in results) > 12)

    message = [m for m in results if len(people(m)) == 2][-1]
    left, right = people(message)
    np.testing.assert_allclose(center(left), (106, 106), atol=12)
    np.testing.assert_allclose(center(right), (468, 167), atol=20)
    assert (left.raw_label, message.header.frame_id) == ("happy", "optical")
    assert 1000 <= message.header.stamp.sec < 1100 and message.header.stamp.nanosec % 33_000_000 == 0
    assert (message.camera, message.image_width, message.image_height) == ("/camera/image_raw", 640, 480)
    assert list(message.labels) == LABELS
    assert message.model_bundle == load_bundle("default").id
    for face in people(message):
        assert sum(face.raw_probabilities) == pytest.approx(1, abs=1e-5)
        assert message.labels[int(np.argmax(face.raw_probabilities))] == face.raw_label
        assert max(face.raw_probabilities) == pytest.approx(face.raw_confidence)
        assert sum(face.smoothed_probabilities) == pytest.approx(1, abs=1e-5)
        assert len(face.track_id) == 5 and face.track_id.islower()
        assert face.state in (FaceEmotion.STABLE, FaceEmotion.UNCERTAIN)
    # The stamps are those of images that were sent, each answered at most once, in order.
    stamps = [(m.header.stamp.sec, m.header.stamp.nanosec) for m in results]
    assert stamps == sorted(set(stamps))

    assert wait_for(lambda: any(len(d.detections) >= 2 for d in detections))
    detection = [d for d in detections if len(d.detections) >= 2][-1].detections[0]
    scores = [r.hypothesis.score for r in detection.results]
    assert {r.hypothesis.class_id for r in detection.results} == set(LABELS)
    assert scores == sorted(scores, reverse=True) and sum(scores) == pytest.approx(1, abs=1e-5)
    # One image after the other is answered: what a slow machine leaves out is a gap in which a face may get another id.
    for count in range(len(results), len(results) + 20):
        assert any(camera.publish() or wait_for(lambda n=count: len(results) > n, 5.0) for _ in range(12))
    assert len({f.track_id for m in results[-10:] for f in people(m)}) == 2


def test_an_image_without_faces_is_answered_with_an_empty_array(start, peer, tiny_bundle):
    start("fer_node", model_bundle=tiny_bundle)
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer, picture=np.full((240, 320, 3), 128, np.uint8))
    assert publish_until(camera.publish, lambda: len(results) > 3)
    assert all(list(m.faces) == [] and m.image_width == 320 for m in results)


def test_a_compressed_topic_and_a_raw_one_are_served_by_one_node(start, peer, tiny_bundle):
    start("fer_node", model_bundle=tiny_bundle, image_topics="[left/image_raw, right/image_raw/compressed]")
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    left = peer.collect(Detection2DArray, "faces/detections/left_image_raw")
    right = peer.collect(Detection2DArray, "faces/detections/right_image_raw_compressed")
    cameras = Camera(peer, "left/image_raw"), Camera(peer, "right/image_raw/compressed", compressed=True)

    def publish():
        for camera in cameras:
            camera.publish()

    names = {"/left/image_raw", "/right/image_raw/compressed"}
    assert publish_until(publish, lambda: {m.camera for m in results if len(m.faces) == 2} == names and left and right)
    assert not {f.track_id for m in results if m.camera == "/left/image_raw" for f in m.faces} & {
        f.track_id for m in results if m.camera != "/left/image_raw" for f in m.faces
    }


def test_a_wrong_image_is_reported_once_and_the_next_good_one_is_answered(start, peer, tiny_bundle):
    node = start("fer_node", model_bundle=tiny_bundle)
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer)
    assert publish_until(camera.publish, lambda: results)
    publisher = peer.node.create_publisher(Image, "camera/image_raw", IMAGES)
    broken = Image(encoding="rgb8", width=640, height=480, step=1920, data=b"\0" * 10)
    assert publish_until(lambda: publisher.publish(broken), lambda: node.says("data must hold", 0))
    for _ in range(5):
        publisher.publish(broken)
    before = len(results)
    assert publish_until(camera.publish, lambda: len(results) > before + 3)
    assert node.output.count("data must hold 921600 bytes (480 rows of 1920), got 10") == 1


def test_the_annotated_image_is_made_while_somebody_listens(start, peer, tiny_bundle):
    start("fer_node", model_bundle=tiny_bundle)
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer)
    assert publish_until(camera.publish, lambda: results)
    pictures = peer.collect(Image, "faces/annotated")
    assert publish_until(camera.publish, lambda: pictures)
    picture = pictures[-1]
    assert (picture.encoding, picture.width, picture.height) == ("rgb8", 640, 480)
    pixels = np.frombuffer(picture.data, np.uint8).reshape(480, 640, 3)
    assert (pixels != two_faces()[..., ::-1]).any()
    # The same picture, compressed.
    compressed = peer.collect(CompressedImage, "faces/annotated/compressed")
    assert publish_until(camera.publish, lambda: compressed)
    assert compressed[-1].format.endswith("jpeg compressed bgr8")
    assert wait_for(lambda: pictures[-1].header.stamp == compressed[-1].header.stamp)
    jpeg = cv2.imdecode(np.asarray(compressed[-1].data), cv2.IMREAD_COLOR)
    pixels = np.frombuffer(pictures[-1].data, np.uint8).reshape(480, 640, 3)
    assert np.abs(jpeg[..., ::-1].astype(int) - pixels).mean() < 6


def test_a_driver_that_sets_no_stamps_gets_stable_expressions_and_a_warning(start, peer, tiny_bundle):
    # An untrained network is never sure of anything.
    node = start("fer_node", model_bundle=tiny_bundle, smoothing__min_confidence=0.1)
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer, stamped=False)

    def stable():
        return [m for m in results if m.faces and all(face.state == face.STABLE for face in m.faces)]

    assert publish_until(camera.publish, stable), [face.state for m in results[-3:] for face in m.faces]
    assert stable()[-1].header.stamp == Time() and stable()[-1].header.frame_id == "optical"
    assert node.says("the images' stamps stand still at 0 s")


def test_a_limit_that_a_network_cannot_have_is_refused_and_the_node_goes_on(start, peer, tiny_bundle):
    node = start("fer_node", model_bundle=tiny_bundle, detector__kind="blazeface_full")
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer)
    assert publish_until(camera.publish, lambda: any(m.faces for m in results))
    request = SetParameters.Request(parameters=[Parameter("detector.min_score", value=1.0).to_parameter_msg()])
    (refused,) = peer.call(SetParameters, "/fer_node/set_parameters", request).results
    assert not refused.successful and "min_score of blazeface_full must be 0 to below 1, got 1.0" in refused.reason
    results.clear()
    assert publish_until(camera.publish, lambda: any(m.faces for m in results)), node.output


def test_diagnostics_tell_rate_age_stages_and_bundle(start, peer, tiny_bundle):
    start("fer_node", model_bundle=tiny_bundle, diagnostics__period=0.3)
    messages = peer.collect(DiagnosticArray, "/diagnostics")
    camera = Camera(peer)

    def values():
        return [{v.key: v.value for v in s.values} for m in messages for s in m.status]

    assert publish_until(camera.publish, lambda: any(float(v["rate_hz"]) > 5 for v in values()))
    last = [v for v in values() if float(v["rate_hz"]) > 5][-1]
    times = ("age_p95_ms", "read_p50_ms", "detect_p50_ms", "publish_p50_ms")
    assert all(float(last[name]) > 0 for name in times)
    assert last["model_bundle"] == load_bundle(tiny_bundle).id and "litert" in last["backend"]


def test_silence_is_warned_of_with_the_topics_name(start, tiny_bundle):
    node = start("fer_node", model_bundle=tiny_bundle, diagnostics__period=0.2, diagnostics__no_image_after=0.5)
    assert node.says("/camera/image_raw: no image for")
    assert node.says("publishers of this topic: 0")


def test_a_compressed_topic_of_any_name_is_answered_also_after_a_remap(start, peer, tiny_bundle):
    node = start("fer_node", "-r", "camera/image_raw:=/front/picture", model_bundle=tiny_bundle)
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer, "/front/picture", compressed=True)
    assert publish_until(camera.publish, lambda: results), node.output
    assert results[0].camera == "/front/picture"


def test_a_mismatch_of_a_forced_type_is_on_the_diagnostics_for_as_long_as_it_holds(start, peer, tiny_bundle):
    # On a slow machine results may be old, which is another message.
    patient = {"diagnostics__period": 0.2, "diagnostics__warn_age": 60.0, "diagnostics__error_age": 60.0}
    node = start("fer_node", model_bundle=tiny_bundle, image_transport="raw", **patient)
    statuses, results = peer.diagnostics(), peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer, compressed=True)
    expected = "expected sensor_msgs/msg/Image, got sensor_msgs/msg/CompressedImage from /test_peer"
    assert wait_for(lambda: statuses and expected in statuses[-1].message), node.output
    assert statuses[-1].level == DiagnosticStatus.WARN and node.output.count(expected) == 1
    request = SetParameters.Request(parameters=[Parameter("image_transport", value="auto").to_parameter_msg()])
    assert peer.call(SetParameters, "/fer_node/set_parameters", request).results[0].successful
    assert publish_until(camera.publish, lambda: results)
    assert publish_until(camera.publish, lambda: statuses[-1].message == "running"), statuses[-1].message


def test_video_in_a_compressed_image_is_named_with_the_way_out(start, peer, tiny_bundle):
    node = start("fer_node", model_bundle=tiny_bundle)
    publisher = peer.node.create_publisher(CompressedImage, "camera/image_raw", IMAGES)
    video = CompressedImage(format="h264", data=b"\0\0\0\1\x67")
    assert publish_until(lambda: publisher.publish(video), lambda: node.says("got H.264 video; decode it first", 0))
    assert "ros2 run image_transport republish" in node.output


def test_a_simulated_clock_without_a_clock_is_told_and_its_delays_are_not(start, peer, tiny_bundle):
    node = start("fer_node", model_bundle=tiny_bundle, use_sim_time=True, diagnostics__period=0.2)
    statuses = peer.diagnostics()
    camera = Camera(peer)
    assert publish_until(camera.publish, lambda: statuses and "nothing comes on /clock" in statuses[-1].message)
    assert node.output.count("use_sim_time is set and nothing comes on /clock") == 1
    assert {entry.key: entry.value for entry in statuses[-1].values}["stamp_delay_p50_ms"] == "unknown"


def test_two_nodes_of_one_name_are_told(start, tiny_bundle):
    for node in [start("fer_node", model_bundle=tiny_bundle) for _ in range(2)]:
        assert node.says("2 nodes publish /faces/emotions: /fer_node and /fer_node"), node.output


def test_what_decides_the_results_is_logged_at_the_start(start, tiny_bundle):
    profile = Path(__file__).resolve().parents[2] / "config" / "paper.yaml"
    node = start("fer_node", "--params-file", str(profile), model_bundle=tiny_bundle)
    assert node.says(f"parameters: profile paper ({profile}); detector haar; model tiny-"), node.output
    assert node.says("on litert")


def test_a_subscriber_that_asks_for_more_is_warned_of_with_topic_and_policy(start, peer, tiny_bundle):
    node = start("fer_node", model_bundle=tiny_bundle)
    assert node.says("waiting for images")
    latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL, reliability=ReliabilityPolicy.RELIABLE)
    peer.collect(FaceEmotionArray, "faces/emotions", latched)
    assert node.says("/faces/emotions: a subscriber gets nothing, its DURABILITY asks for more than ours")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_busy_node_within_two_seconds_without_a_traceback(start, peer, tiny_bundle, number):
    node = start("fer_node", model_bundle=tiny_bundle)
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    camera = Camera(peer)
    # Faster than it can answer, and on after the signal: it must not end between two images.
    flood = peer.node.create_timer(0.005, camera.publish)
    assert wait_for(lambda: len(results) > 5)
    code, seconds = node.stop(number)
    flood.cancel()
    assert seconds < patience(node) and "Traceback" not in node.output and code == 0, node.output


def test_a_worker_that_fails_ends_the_node_with_its_reason(tiny_bundle, monkeypatch):
    rclpy.init(args=["--ros-args", "-p", f"model_bundle:={tiny_bundle}"])
    node = FerNode()
    told = []
    monkeypatch.setattr(threading, "excepthook", told.append)

    def fail(frames, received):
        raise ArithmeticError("made to fail")

    try:
        monkeypatch.setattr(node.recognition.pipeline, "process", fail)
        node.activity.on_image("/camera/image_raw", to_image(two_faces(), Header(), "bgr8"))
        assert node.ended.wait(10) and node.exit_code == 1
        assert wait_for(lambda: told and "made to fail" in str(told[0].exc_value))
    finally:
        node.close()
        node.destroy_node()
        rclpy.try_shutdown()
    assert node.activity is None


class Ros4Hri:
    """Notes what it is asked for."""

    made: list = []

    def __init__(self, node, max_age, crops):
        self.settings = max_age, crops
        self.shown, self.closed = [], False
        self.made.append(self)

    def publish(self, camera, header, frame, faces):
        assert not self.closed
        self.shown.append((camera, header.stamp.sec, frame.width, len(faces)))

    def close(self):
        self.closed = True


def test_faces_go_to_rep_155_while_the_node_is_active_and_start_anew_after_a_pause(monkeypatch):
    monkeypatch.setattr("fer_ros.nodes.activity.Ros4Hri", Ros4Hri)
    monkeypatch.setattr(Ros4Hri, "made", [])
    rclpy.init(args=["--ros-args", "-p", "humans.enabled:=true", "-p", "humans.crops:=true"])
    node = FerNode()

    def shown(humans, second):
        node.activity.on_image("/camera/image_raw", to_image(two_faces(), Header(stamp=Time(sec=second)), "bgr8"))
        return wait_for(lambda: humans.shown and humans.shown[-1] == ("/camera/image_raw", second, 640, 2))

    try:
        (first,) = Ros4Hri.made
        assert first.settings == (TrackerConfig().max_age, True) and shown(first, 7)
        node.on_pause(SetBool.Request(data=True), SetBool.Response())
        assert first.closed
        node.on_pause(SetBool.Request(data=False), SetBool.Response())
        second = Ros4Hri.made[-1]
        assert shown(second, 8)
        assert node.set_parameters([Parameter("tracker.max_age", value=2.0)])[0].successful
        assert second.closed and Ros4Hri.made[-1].settings == (2.0, True)
        assert node.trigger_deactivate() is TransitionCallbackReturn.SUCCESS and Ros4Hri.made[-1].closed
        assert node.trigger_activate() is TransitionCallbackReturn.SUCCESS
        assert shown(Ros4Hri.made[-1], 9)
    finally:
        node.close()
        node.destroy_node()
        rclpy.try_shutdown()
    assert all(humans.closed for humans in Ros4Hri.made) and len(first.shown) == 1


@pytest.mark.skipif(find_spec("hri_msgs") is None, reason="hri_msgs is not installed")
def test_rep_155_lists_the_faces_until_a_pause(start, peer):
    from hri_msgs.msg import IdsList

    start("fer_node", humans__enabled=True)
    results, lists = peer.collect(FaceEmotionArray, "faces/emotions"), peer.collect(IdsList, "humans/faces/tracked")
    assert publish_until(Camera(peer).publish, lambda: lists and len(lists[-1].ids) == 2 and results)
    assert set(lists[-1].ids) <= {face.track_id for message in results for face in message.faces}
    assert peer.call(SetBool, "fer_node/pause", SetBool.Request(data=True)).success
    assert wait_for(lambda: list(lists[-1].ids) == [])


@pytest.mark.skipif(find_spec("hri_msgs") is not None, reason="hri_msgs is installed")
def test_rep_155_without_its_messages_ends_the_node_with_one_line(start):
    node = start("fer_node", humans__enabled=True)
    assert node.process.wait(timeout=60) == 2
    assert wait_for(lambda: "hri_msgs" in node.output) and "Traceback" not in node.output, node.output


def test_the_node_on_litert_does_not_hold_tensorflow(start, tiny_bundle):
    node = start("fer_node", model_bundle=tiny_bundle, backend="litert")
    assert node.says("waiting for images")
    maps = Path(f"/proc/{node.process.pid}/maps").read_text()
    assert "/ai_edge_litert/" in maps and "/tensorflow/" not in maps and "/keras/" not in maps


@pytest.mark.parametrize(
    ("parameters", "reason", "code"),
    [
        ({"image_topics": "[]"}, "image_topics: expected a value, got none, or an empty list", 2),
        ({"model_bundle": "/no_such_bundle"}, "expected a bundle's folder, or default or balanced", 2),
        # A file may be there by the next start.
        ({"detector__cascade": "no_such_cascade"}, "expected a cascade file or name, got 'no_such_cascade'", 1),
        ({"detector__min_face": 2}, "detector.min_face", 2),
        ({"backend": "onnx"}, "parameter backend must be one of", 2),
        ({"threads": "many"}, "parameter threads must be a whole number, got 'many'", 2),
        ({"image_topics": "[a, a]"}, "one or more different topics", 2),
        ({"search__evidence": "none"}, "parameter search.evidence is now search.confirm_cascade", 2),
        ({"detector__min_fase": 50}, "unknown parameter detector.min_fase: did you mean detector.min_face?", 2),
    ],
)
def test_a_wrong_parameter_ends_the_node_with_its_reason(start, parameters, reason, code):
    node = start("fer_node", **parameters)
    assert node.process.wait(timeout=60) == code
    assert wait_for(lambda: reason in node.output), node.output
    assert ("starting the node again will not heal this" in node.output) == (code == 2)
    assert "Traceback" not in node.output
