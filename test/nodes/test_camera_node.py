"""camera_node over real DDS, from files, folders and devices that are not there."""

import contextlib
import http.server
import threading
import time

import cv2
import numpy as np
import pytest
import videos
import yaml
from fer_ros.msg import FaceEmotionArray
from pictures import smiling
from sensor_msgs.msg import CameraInfo, Image

from fer_ros.client.quality_of_service import IMAGES
from nodes.ros import patience, wait_for


@pytest.fixture
def folder(tmp_path):
    for index, gray in enumerate((10, 130, 250)):
        cv2.imwrite(str(tmp_path / f"{index}.png"), np.full((48, 64, 3), gray, np.uint8))
    (tmp_path / "notes.txt").write_text("not a picture")
    return tmp_path


def test_a_folder_is_shown_in_order_and_again(start, peer, folder):
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    start("camera_node", source=folder, loop=True, rate=20.0, frame_id="eye")
    assert wait_for(lambda: len(images) > 8)
    grays = [image.data[0] for image in images]
    assert set(grays) == {10, 130, 250}
    follow = {(10, 130), (130, 250), (250, 10)}
    assert sum(pair in follow for pair in zip(grays, grays[1:])) >= len(grays) - 3
    first = images[0]
    assert (first.width, first.height, first.step, first.encoding, first.header.frame_id) == (
        64,
        48,
        192,
        "bgr8",
        "eye",
    )


def test_files_are_named_in_frame_id_and_large_images_reduced_where_asked(start, peer, folder):
    cv2.imwrite(str(folder / "3.png"), np.full((300, 100, 3), 200, np.uint8))
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    start("camera_node", source=folder, loop=True, rate=20.0, name_in_frame_id=True, max_side=64)
    assert wait_for(lambda: len({image.header.frame_id for image in images}) == 4)
    sizes = {image.header.frame_id: (image.width, image.height) for image in images}
    assert sizes == {"0.png": (64, 48), "1.png": (64, 48), "2.png": (64, 48), "3.png": (21, 64)}


def test_stamps_are_the_times_of_capture(start, peer, folder):
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    start("camera_node", source=folder, loop=True, rate=20.0)
    assert wait_for(lambda: len(images) > 20)
    now = peer.node.get_clock().now().nanoseconds * 1e-9
    times = [image.header.stamp.sec + image.header.stamp.nanosec * 1e-9 for image in images]
    assert times == sorted(times) and now - 60 < times[0] <= now
    assert np.median(np.diff(times)) == pytest.approx(1 / 20, rel=0.5)


def test_without_loop_the_node_ends_after_the_last_image(start, folder):
    camera = start("camera_node", source=folder, rate=50.0)
    assert camera.process.wait(timeout=60) == 0
    assert wait_for(lambda: "end after 3 images" in camera.output), camera.output


def test_a_folder_that_waits_for_a_subscriber_is_shown_from_its_first_image_on(start, peer, folder):
    camera = start("camera_node", source=folder, rate=3.0, wait_for_subscriber=20.0)
    assert camera.says("on /camera/image_raw")
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    # A busy subscriber may miss one of the others: only the newest is kept for it.
    assert camera.process.wait(timeout=60) == 0
    assert [image.data[0] for image in images][:1] == [10]


def test_a_calibration_is_published_with_the_images_header(start, peer, folder):
    path = folder / "camera.yaml"
    matrix = {"data": [1.0, 0, 2, 0, 3, 4, 0, 0, 1]}
    values = {
        "image_width": 64, "image_height": 48, "distortion_model": "plumb_bob", "camera_matrix": matrix,
        "distortion_coefficients": {"data": [0.1, 0, 0, 0, 0]}, "rectification_matrix": matrix,
        "projection_matrix": {"data": [1.0, 0, 2, 0, 0, 3, 4, 0, 0, 0, 1, 0]},
    }  # fmt: skip
    path.write_text(yaml.safe_dump(values))
    infos = peer.collect(CameraInfo, "camera/camera_info", IMAGES)
    start("camera_node", source=folder, loop=True, calibration=path)
    assert wait_for(lambda: infos)
    assert (infos[0].width, infos[0].k[4], infos[0].header.frame_id) == (64, 3.0, "camera")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("no/such/file.avi", "source must be a device, a file, a folder or a URL, got 'no/such/file.avi'"),
        ("{folder}/notes.txt", "expected a video, got a file that OpenCV cannot read"),
        ("{folder}/empty", "expected images in this folder, got an empty one"),
    ],
)
def test_a_source_that_is_none_ends_the_node_with_its_reason(start, folder, source, reason):
    (folder / "empty").mkdir()
    camera = start("camera_node", source=source.format(folder=folder))
    assert camera.process.wait(timeout=60) == 1
    assert wait_for(lambda: reason in camera.output), camera.output
    assert "Traceback" not in camera.output


@pytest.mark.parametrize("device", ["/dev/video99", 99])
def test_a_device_that_is_not_there_is_tried_again(start, device):
    camera = start("camera_node", source=device, reconnect_period=0.2)
    assert camera.says(f"{device}: cannot be opened; trying every 0.2 s: no such device; ")
    code, seconds = camera.stop()
    assert code == 0 and seconds < patience(camera) and "Traceback" not in camera.output


def stamps_of(images):
    """Return the stamps in seconds from the first one."""
    times = np.array([image.header.stamp.sec + image.header.stamp.nanosec * 1e-9 for image in images])
    return times - times[0]


def test_a_video_keeps_its_own_timing(start, peer, tmp_path):
    """Also a variable one, though its header says something else; a busy subscriber may miss an image."""
    path = videos.write_matroska(tmp_path / "a.mkv", videos.numbered(len(videos.PHONE)), videos.PHONE, rate=1000)
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    camera = start("camera_node", source=path, rate=100.0, wait_for_subscriber=20.0)
    assert camera.process.wait(timeout=60) == 0
    assert len(images) >= len(videos.PHONE) - 3
    numbers = [videos.number_of(np.frombuffer(image.data, np.uint8)) for image in images]
    expected = np.array([videos.PHONE[number] for number in numbers])
    np.testing.assert_allclose(stamps_of(images), expected - expected[0], atol=2e-3)
    assert camera.says("its header says 1000 images a second, by their own times they come at 7.097")


def test_a_video_faster_than_the_rate_loses_images_and_not_time(start, peer, tmp_path):
    path = videos.write_video(tmp_path / "a.avi", videos.numbered(24), 60)
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    camera = start("camera_node", source=path, rate=20.0, wait_for_subscriber=20.0)
    assert camera.process.wait(timeout=60) == 0
    numbers = [videos.number_of(np.frombuffer(image.data, np.uint8)) for image in images]
    assert set(numbers) <= set(range(0, 24, 3)) and len(numbers) >= 6
    np.testing.assert_allclose(stamps_of(images), (np.array(numbers) - numbers[0]) / 60, atol=2e-3)
    assert camera.says("end after 8 images")
    assert "16 images that came faster than `rate` were left out" in camera.output


def test_a_damaged_video_says_what_is_missing_and_ends_with_an_error(start, tmp_path):
    path = videos.cut_after(videos.write_video(tmp_path / "a.avi", videos.numbered(24), 60), 13)
    camera = start("camera_node", source=path, rate=100.0)
    assert camera.process.wait(timeout=60) == 1
    assert camera.says("damaged: 11 of 24 images that it claims are missing") and "Traceback" not in camera.output


def test_pictures_of_a_folder_that_cannot_be_read_are_named_and_leave_their_gap(start, peer, folder):
    (folder / "1.png").write_bytes(b"damaged")
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    camera = start("camera_node", source=folder, rate=10.0, wait_for_subscriber=20.0)
    assert camera.process.wait(timeout=60) == 1
    assert camera.says("1 of 3 pictures could not be read: 1.png (")
    assert "1 that are no pictures: notes.txt" in camera.output
    assert [image.data[0] for image in images] == [10, 250]
    assert stamps_of(images)[1] == pytest.approx(0.2, abs=2e-3)


def test_the_password_of_a_url_is_never_shown(start, peer):
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    with streaming() as port:
        camera = start("camera_node", source=f"http://me:secret@127.0.0.1:{port}/stream.mjpg", reconnect_period=0.2)
        assert camera.says(f"http://...@127.0.0.1:{port}/stream.mjpg on /camera/image_raw")
        assert wait_for(lambda: images), camera.output
    assert camera.says("stream.mjpg: vanished; trying")
    camera.stop()
    assert "secret" not in camera.output and "me:" not in camera.output


def test_a_pixel_format_that_is_none_is_refused(start):
    camera = start("camera_node", source="/dev/video99", pixel_format="MJPEG")
    assert camera.process.wait(timeout=60) == 2
    assert camera.says("parameter pixel_format must be one of ('auto', 'MJPG', 'YUYV'), got 'MJPEG'")


class _Stream(http.server.BaseHTTPRequestHandler):
    """Motion JPEG without an end, or an answer that never comes."""

    def do_GET(self):
        if self.path == "/silent":
            self.server.stopped.wait(20)
            return
        jpeg = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=part")
        self.end_headers()
        head = b"--part\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
        with contextlib.suppress(OSError):
            while not self.server.stopped.wait(0.03):
                self.wfile.write(head + jpeg + b"\r\n")

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def streaming(port=0, handler=_Stream):
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.stopped, server.began = threading.Event(), time.monotonic()
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.stopped.set()
            server.shutdown()


def test_a_stream_that_vanishes_is_opened_again(start, peer):
    images = peer.collect(Image, "camera/image_raw", IMAGES)
    with streaming() as port:
        camera = start("camera_node", source=f"http://127.0.0.1:{port}/stream.mjpg", reconnect_period=0.2)
        assert wait_for(lambda: len(images) > 3), camera.output
    assert camera.says("vanished; trying every 0.2 s")
    before = len(images)
    with streaming(port):
        assert camera.says("open again")
        assert wait_for(lambda: len(images) > before + 3)
        assert camera.output.count("vanished") == camera.output.count("open again") == 1
    assert not [line for line in camera.lines if "camera_node" not in line], "OpenCV talks about each attempt"


class _Counting(_Stream):
    """A hundred pictures a second, each as bright as the tenths of a second since the start."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=part")
        self.end_headers()
        with contextlib.suppress(OSError):
            while not self.server.stopped.wait(0.01):
                tenths = int(10 * (time.monotonic() - self.server.began)) % 256
                # Noise beside it makes the pictures as large as a camera's: little of them fits into a socket.
                picture = np.random.default_rng(0).integers(0, 255, (240, 640, 3), dtype=np.uint8)
                picture[:, :320] = tenths
                jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
                head = b"--part\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
                self.wfile.write(head + jpeg + b"\r\n")


def test_a_stream_faster_than_the_rate_is_shown_as_it_is_now_not_as_it_was(start, peer):
    with streaming(handler=_Counting) as port:
        began, ages = time.monotonic(), []
        peer.node.create_subscription(
            Image,
            "camera/image_raw",
            lambda m: ages.append(time.monotonic() - began - np.frombuffer(m.data, np.uint8)[:600].mean() / 10),
            IMAGES,
        )
        start("camera_node", source=f"http://127.0.0.1:{port}/stream.mjpg", rate=5.0)
        assert wait_for(lambda: len(ages) >= 15)
    # What was held back would be older with each image: seconds here, at 100 pictures a second of which 5 are shown.
    assert np.median(ages[-5:]) < 1.5, ages


def test_a_server_that_never_answers_does_not_hold_the_end_up(start):
    with streaming() as port:
        camera = start("camera_node", source=f"http://127.0.0.1:{port}/silent")
        assert camera.says("on /camera/image_raw")
        code, seconds = camera.stop()
    assert code == 0 and seconds < patience(camera) + 0.5 and "Traceback" not in camera.output


def test_a_subscriber_that_asks_for_reliable_images_is_told_of(start, peer, folder):
    camera = start("camera_node", source=folder, loop=True)
    assert camera.says("on /camera/image_raw")
    peer.collect(Image, "camera/image_raw", 10)
    assert camera.says("/camera/image_raw: a subscriber gets nothing, its RELIABILITY asks for more than ours (BEST")


def test_camera_node_and_fer_node_find_the_face_together(start, peer, tmp_path):
    cv2.imwrite(str(tmp_path / "face.png"), smiling())
    results = peer.collect(FaceEmotionArray, "faces/emotions")
    start("fer_node")
    start("camera_node", source=tmp_path, loop=True)
    assert wait_for(lambda: sum(bool(m.faces) for m in results) > 5)
    face = next(m for m in results if m.faces).faces[0]
    position = face.bbox.center.position
    np.testing.assert_allclose((position.x, position.y), (225, 113), atol=10)
    assert face.raw_label == "happy"
