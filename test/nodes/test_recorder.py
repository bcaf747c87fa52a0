"""Recordings: only by consent, never over another one, and readable whatever ends them."""

import resource
import signal
import sqlite3
import threading
from types import SimpleNamespace

import pytest
from fer_ros.msg import FaceEmotionArray
from rclpy.serialization import deserialize_message
from rosbags.rosbag2 import Reader
from sensor_msgs.msg import Image

from fer_ros.nodes import recorder as recorder_module
from fer_ros.nodes.recorder import Recorder, RecordingError
from nodes.cameras import Camera
from nodes.ros import publish_until, wait_for

CONSENT = "the parents of A. B., on paper, 2026-11-24"


def messages(path):
    """What a bag or a storage file holds: topic, message, time; read by another library than rclpy."""
    kinds = {"fer_ros/msg/FaceEmotionArray": FaceEmotionArray, "sensor_msgs/msg/Image": Image}
    with Reader(path) as bag:
        return [(c.topic, deserialize_message(d, kinds[c.msgtype]), t) for c, t, d in bag.messages()]


def recorded(path):
    return [number for (number,) in sqlite3.connect(path).execute("SELECT count(*) FROM messages")][0]


def result(number):
    message = FaceEmotionArray(camera="/eye", image_width=640, image_height=480)
    message.header.stamp.sec = number
    return message


@pytest.fixture
def told():
    return []


def test_a_running_node_records_results_and_images_with_who_consented(start, peer, tmp_path):
    parameters = {"recording__folder": tmp_path, "recording__consent": CONSENT, "recording__images": True}
    node = start("fer_node", **parameters)
    results, camera = peer.collect(FaceEmotionArray, "faces/emotions"), Camera(peer)
    assert publish_until(camera.publish, lambda: sum(len(m.faces) == 2 for m in results) > 5), node.output
    assert node.stop(signal.SIGTERM)[0] == 0, node.output
    assert f"consent: {CONSENT}" in node.output
    (folder,) = tmp_path.iterdir()
    text = (folder / "consent.txt").read_text()
    assert CONSENT in text and "(UTC)" in text and "camera images" in text
    assert folder.stat().st_mode & 0o077 == 0
    found = messages(folder / "bag")
    assert {topic for topic, _, _ in found} == {"/faces/emotions", "/camera/image_raw"}
    faces = {(m.header.stamp.sec, m.header.stamp.nanosec): m for t, m, _ in found if t == "/faces/emotions"}
    images = [m for t, m, _ in found if t == "/camera/image_raw"]
    # Each image with its own answer, and each answer that was published.
    assert {(m.header.stamp.sec, m.header.stamp.nanosec) for m in images} == set(faces)
    assert all(faces[m.header.stamp.sec, m.header.stamp.nanosec] == m for m in results)
    assert (images[0].width, len(images[0].data)) == (640, 640 * 480 * 3)


def test_after_a_crash_all_but_the_last_moment_can_be_read(start, peer, tmp_path):
    node = start("fer_node", recording__folder=tmp_path, recording__consent=CONSENT)
    results, camera = peer.collect(FaceEmotionArray, "faces/emotions"), Camera(peer)
    statuses = peer.diagnostics()
    assert publish_until(camera.publish, lambda: len(results) > 5)
    assert publish_until(camera.publish, lambda: list(tmp_path.glob("*/bag/bag.db3")))
    (file,) = tmp_path.glob("*/bag/bag.db3")
    assert publish_until(camera.publish, lambda: recorded(file) > 5)
    node.process.kill()
    node.process.wait()
    found = messages(file)
    assert len(found) > 5 and {topic for topic, _, _ in found} == {"/faces/emotions"}
    assert found[0][1] == next(m for m in results if m.header == found[0][1].header)
    values = [{v.key: v.value for v in status.values} for status in statuses]
    assert any(v["recording"] == str(file.parents[1]) and v["recording_dropped"] == "0" for v in values)


def test_a_full_disk_ends_the_recording_but_not_the_node(start, peer, tmp_path):
    parameters = {"recording__folder": tmp_path, "recording__consent": CONSENT, "recording__images": True}
    node = start("fer_node", **parameters)
    results, camera = peer.collect(FaceEmotionArray, "faces/emotions"), Camera(peer)
    assert publish_until(camera.publish, lambda: results)
    resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (12_000_000, 12_000_000))
    assert publish_until(camera.publish, lambda: "messages are safe" in node.output)
    results.clear()
    assert publish_until(camera.publish, lambda: len(results) > 5)
    assert node.output.count("[ERROR]") == 1, node.output
    assert node.stop(signal.SIGINT)[0] == 0
    (folder,) = tmp_path.iterdir()
    assert "/camera/image_raw" in {topic for topic, _, _ in messages(folder / "bag")}


@pytest.mark.parametrize("consent", ["", "  "])
def test_without_a_consent_nothing_is_recorded_and_nothing_written(start, peer, tmp_path, consent):
    if consent:
        with pytest.raises(RecordingError, match="does not say who consented"):
            Recorder(str(tmp_path), consent, False, print)
    else:
        node = start("fer_node", recording__folder=tmp_path)
        assert node.says("nothing is recorded: recording.folder is set, but recording.consent does not say")
        results = peer.collect(FaceEmotionArray, "faces/emotions")
        assert publish_until(Camera(peer).publish, lambda: results)
    assert list(tmp_path.iterdir()) == []


def test_without_the_library_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder_module, "find_spec", lambda name: None)
    with pytest.raises(RecordingError, match=r"needs the Python package rosbags: pip install '\.\[bags\]'"):
        Recorder(str(tmp_path), CONSENT, False, print)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordingError, match="cannot record to .*file"):
        Recorder(str(tmp_path / "file"), CONSENT, False, print)


def test_two_recordings_of_one_second_lie_side_by_side(tmp_path, told):
    recorders = [Recorder(str(tmp_path), CONSENT, False, told.append) for _ in range(3)]
    for number, one in enumerate(recorders):
        one.put("/faces/emotions", result(number), number)
        one.close()
    assert len({one.path for one in recorders}) == 3 and told == []
    assert [messages(one.path / "bag")[0][1] for one in recorders] == [result(0), result(1), result(2)]


def test_a_disk_that_lags_behind_costs_records_and_not_the_worker(tmp_path, told, monkeypatch):
    released = threading.Event()
    write = recorder_module._Bag.write
    monkeypatch.setattr(recorder_module._Bag, "write", lambda *arguments: (released.wait(20), write(*arguments)))
    one = Recorder(str(tmp_path), CONSENT, False, told.append)
    for number in range(200):
        one.put("/faces/emotions", result(number), number)
    assert 100 < one.dropped < 200
    released.set()
    one.close()
    found = messages(one.path / "bag")
    assert len(found) == 200 - one.dropped == int(one.diagnostic_values()["recorded"])
    assert [m.header.stamp.sec for _, m, _ in found] == list(range(len(found)))


def test_a_disk_that_is_nearly_full_is_left_alone(tmp_path, told, monkeypatch):
    one = Recorder(str(tmp_path), CONSENT, False, told.append)
    one.put("/faces/emotions", result(1), 1)
    assert wait_for(lambda: recorded(one.path / "bag" / "bag.db3") == 1)
    monkeypatch.setattr(recorder_module.shutil, "disk_usage", lambda path: SimpleNamespace(free=2**20))
    one.put("/faces/emotions", result(2), 2)
    assert wait_for(lambda: told)
    one.put("/faces/emotions", result(3), 3)
    one.close()
    assert len(told) == 1 and "only 1 MiB are free" in told[0]
    assert one.diagnostic_values()["recording"].startswith("stopped: ")
    assert [m.header.stamp.sec for _, m, _ in messages(one.path / "bag")] == [1, 2]
    with pytest.raises(RecordingError, match="only 1 MiB are free"):
        Recorder(str(tmp_path), CONSENT, False, print)
