"""Parameters of the running fer_node: changed as a whole between two frames, or refused with what to do."""

import threading

import pytest
import rclpy
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from rcl_interfaces.srv import DescribeParameters, GetParameters, SetParameters, SetParametersAtomically
from rclpy.parameter import Parameter, parameter_value_to_python
from std_srvs.srv import SetBool
from vision_msgs.msg import Detection2DArray

from fer_ros.core import pipeline
from fer_ros.core.detection.search import FaceSearch
from fer_ros.nodes.fer_node import FerNode
from nodes.cameras import Camera, people
from nodes.ros import publish_until, wait_for


@pytest.fixture
def node(start, peer):
    """A running node that answers images, with its camera and what it publishes."""
    process = start("fer_node")
    return Running(peer, process)


class Running:
    def __init__(self, peer, process):
        self.peer, self.process = peer, process
        self.results = peer.collect(FaceEmotionArray, "faces/emotions")
        self.camera = Camera(peer)
        self.answers()

    def answers(self, condition=lambda message: message.faces):
        """Send images until one that was sent after this call is answered as the condition wants; return the answer.

        The next image waits for the answer to the last: what a slow machine leaves out is a gap in which tracks end.
        """
        before = self.camera.stamp
        found = []

        def answered():
            found[:] = [m for m in self.results if self.camera.stamp_of(m) > before and condition(m)]
            return found

        def publish():
            self.camera.publish()
            wait_for(lambda: any(self.camera.stamp_of(m) >= self.camera.stamp for m in self.results), 2.0)

        assert publish_until(publish, answered), self.process.output
        return found[0]

    def set(self, **values):
        """Set one parameter after the other; returns their results."""
        return self._call(SetParameters, "fer_node/set_parameters", values).results

    def set_together(self, **values):
        return self._call(SetParametersAtomically, "fer_node/set_parameters_atomically", values).result

    def _call(self, kind, name, values):
        named = [Parameter(key.replace("__", "."), value=value).to_parameter_msg() for key, value in values.items()]
        return self.peer.call(kind, name, kind.Request(parameters=named))

    def value(self, name):
        request = GetParameters.Request(names=[name])
        return parameter_value_to_python(self.peer.call(GetParameters, "fer_node/get_parameters", request).values[0])


def test_a_change_of_smoothing_applies_to_every_later_image_and_keeps_the_ids(node):
    before = node.answers(lambda m: len(people(m)) == 2)
    assert all(result.successful for result in node.set(smoothing__min_confidence=1.0, tracker__max_age=3.0))
    after = node.answers(lambda m: len(people(m)) == 2)
    assert [face.track_id for face in people(after)] == [face.track_id for face in people(before)]
    assert {face.state for face in after.faces} == {FaceEmotion.UNCERTAIN}
    assert node.set_together(smoothing__enabled=False).successful
    raw = node.answers(lambda m: len(people(m)) == 2)
    assert {face.state for face in raw.faces} == {FaceEmotion.RAW}
    assert [face.track_id for face in people(raw)] == [face.track_id for face in people(before)]


def test_the_detector_changes_while_the_node_runs(node):
    # Only the larger one of the two faces is that large.
    assert node.set_together(detector__min_face=140, search__full_scan_period=0.0).successful
    assert node.answers(lambda m: len(m.faces) == 1)


def test_what_does_not_fit_together_is_refused_as_a_whole(node):
    refused = node.set_together(smoothing__min_confidence=1.0, detector__cascade="nobody")
    assert not refused.successful and "expected a cascade file or name, got 'nobody'" in refused.reason
    assert node.value("smoothing.min_confidence") == pytest.approx(0.45)
    for values, reason in (
        ({"detector__kind": "guess"}, "parameter detector.kind must be one of"),
        ({"smoothing__margin": float("nan")}, "smoothing.margin out of range"),
        ({"smoothing__margin": 2.0}, "smoothing.margin"),
        ({"image_topics": ["a", "/a"]}, "image_topics must be one or more different topics"),
        ({"image_topics": ["a b"]}, "image_topics must be names of topics"),
        ({"threads": 4}, "threads: read when the node starts: start it again to change it"),
        ({"recording__folder": "/tmp"}, "recording.folder: read when the node starts"),
        ({"model_bundle": "other"}, "model_bundle: changes only while the node is unconfigured"),
    ):
        (result,) = node.set(**values)
        assert not result.successful and reason in result.reason, (values, result.reason)
    assert node.answers()


def test_the_cameras_change_while_the_node_runs(node):
    second = Camera(node.peer, "second/image_raw")
    detections = node.peer.collect(Detection2DArray, "faces/detections/second_image_raw")
    before = node.answers(lambda m: len(people(m)) == 2)
    assert node.set_together(image_topics=["camera/image_raw", "second/image_raw"]).successful
    assert publish_until(second.publish, lambda: any(m.camera == "/second/image_raw" for m in node.results))
    assert publish_until(second.publish, lambda: detections)
    # The one that stayed was not interrupted, nor did its faces get other ids.
    after = node.answers(lambda m: m.camera == "/camera/image_raw" and len(people(m)) == 2)
    assert [face.track_id for face in people(after)] == [face.track_id for face in people(before)]
    assert node.set_together(image_topics=["second/image_raw"]).successful
    node.results.clear()
    assert publish_until(lambda: (second.publish(), node.camera.publish()), lambda: len(node.results) > 5)
    assert {m.camera for m in node.results} == {"/second/image_raw"}
    assert node.peer.node.count_subscribers("/camera/image_raw") == 0


def test_requests_are_converted_and_typing_mistakes_told(node):
    (result,) = node.set(tracker__max_age=2)
    assert result.successful and node.value("tracker.max_age") == 2.0
    (result,) = node.set(image_topics="camera/image_raw")
    assert result.successful and list(node.value("image_topics")) == ["camera/image_raw"]
    (result,) = node.set(search__full_interval=1.0)
    assert (result.successful, result.reason) == (
        False,
        "parameter search.full_interval is now search.full_scan_period",
    )
    refused = node.set_together(detector__min_fase=50)
    assert refused.reason == "unknown parameter detector.min_fase: did you mean detector.min_face?"


@pytest.fixture
def loaded(tiny_bundle, monkeypatch):
    """A FerNode of this process, and the list of the searches that were made since, each of which loads a detector."""
    rclpy.init(args=["--ros-args", "-p", f"model_bundle:={tiny_bundle}"])
    one, made = FerNode(), []

    class CountedSearch(FaceSearch):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            made.append(self)

    monkeypatch.setattr(pipeline, "FaceSearch", CountedSearch)
    yield one, made
    one.close()
    one.destroy_node()
    rclpy.try_shutdown()


def test_a_detector_is_loaded_once_and_no_frame_waits_for_it(loaded):
    node, made = loaded
    applied = []

    def change():
        applied.extend(node.set_parameters([Parameter("detector.min_face", value=100)]))

    # As the worker holds it, for the whole of a frame.
    with node.recognition.lock:
        thread = threading.Thread(target=change)
        thread.start()
        assert wait_for(lambda: made) and not applied
        assert node.recognition.pipeline.config.detector.min_face != 100
    thread.join(timeout=10)
    assert applied[0].successful and len(made) == 1
    assert node.recognition.pipeline.config.detector.min_face == 100


def test_what_needs_no_detector_loads_none(loaded):
    node, made = loaded
    assert node.set_parameters([Parameter("smoothing.margin", value=0.2)])[0].successful
    assert node.recognition.pipeline.config.smoothing.margin == 0.2 and made == []


def test_a_refused_request_keeps_nothing(loaded):
    node, made = loaded
    settings = node.recognition.pipeline.config
    refused = [
        [Parameter("detector.cascade", value="nobody")],
        [Parameter("detector.min_face", value=100), Parameter("threads", value=1)],
        [Parameter("detector.min_face", value=100), Parameter("detector.cascade", value="nobody")],
    ]
    for request in refused:
        assert not node.set_parameters_atomically(request).successful
    assert made == [] and node._settings._pending is None
    assert node.recognition.pipeline.config == settings
    # The next request is not mixed with them.
    assert node.set_parameters([Parameter("smoothing.margin", value=0.2)])[0].successful
    assert node.recognition.pipeline.config.detector == settings.detector and made == []


def test_descriptors_say_when_a_parameter_changes(node):
    names = ["threads", "backend", "smoothing.margin"]
    request = DescribeParameters.Request(names=names)
    told = node.peer.call(DescribeParameters, "fer_node/describe_parameters", request).descriptors
    assert [d.additional_constraints.split(":")[0].split("; ")[-1] for d in told] == [
        "read when the node starts",
        "changes only while the node is unconfigured",
        "changes at any time",
    ]
    assert told[2].floating_point_range[0].to_value == pytest.approx(0.99)


def test_a_pause_processes_nothing_and_the_next_image_after_it_is_answered_with_new_ids(node):
    def pause(wanted):
        return node.peer.call(SetBool, "fer_node/pause", SetBool.Request(data=wanted))

    before = {face.track_id for face in node.answers().faces}
    statuses = node.peer.diagnostics()
    answer = pause(True)
    assert (answer.success, answer.message) == (True, "paused: no image is processed")
    node.results.clear()
    assert publish_until(node.camera.publish, lambda: any(s.message == "paused" for s in statuses))
    assert node.results == []
    # What came during the pause is not answered after it.
    last = node.camera.stamp
    answer = pause(False)
    assert (answer.success, answer.message) == (True, "running: images are processed")
    assert node.camera.stamp_of(node.answers()) > last
    assert not {face.track_id for m in node.results for face in m.faces} & before
    assert min(node.camera.stamp_of(m) for m in node.results) > last
