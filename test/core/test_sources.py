"""Files keep their own timing, nothing is missing in silence, and what cannot be opened says why."""

import errno
import os
import threading
import time

import cv2
import numpy as np
import pytest
import videos
from PIL import Image
from videos import PHONE, number_of, numbered

from fer_ros.core.sources import SourceError, VideoFile, open_recorded
from fer_ros.core.sources import camera as cameras
from fer_ros.core.sources.camera import Camera, CameraFormat
from fer_ros.core.sources.containers import describe
from fer_ros.core.sources.playback import Playback
from fer_ros.core.sources.timing import RateLimit

PICTURES = numbered(len(PHONE))
EVEN = [n / 10 for n in range(24)]


def shown(source):
    """Return number and time of each picture."""
    return [(number_of(one.picture), round(one.time, 3)) for one in source.pictures()]


def textured(count):
    """Return pictures that take many bytes each, so that damage hits some of them only."""
    noise = np.random.default_rng(0).integers(0, 40, (96, 128, 3), dtype=np.uint8)
    return [np.roll(noise, 3 * number, axis=1) + np.uint8(8 * number) for number in range(count)]


def overwritten(path, start, end):
    """Fill a part of a file, given in shares of its length, with zeros."""
    content = bytearray(path.read_bytes())
    first, last = int(start * len(content)), int(end * len(content))
    content[first:last] = bytes(last - first)
    path.write_bytes(content)


@pytest.mark.parametrize("rate", [0, 30, 1000])
def test_images_of_a_variable_rate_keep_their_own_times_whatever_the_header_says(tmp_path, rate):
    source = open_recorded(videos.write_matroska(tmp_path / "phone.mkv", PICTURES, PHONE, rate=rate))
    assert shown(source) == [(n, pytest.approx(time, abs=1e-3)) for n, time in enumerate(PHONE)]
    assert source.problems() == []
    (note,) = source.notes()
    assert "by their own times they come at 7.097 on average" in note
    assert rate == 0 or f"its header says {rate} images a second" in note


@pytest.mark.parametrize("name", ["phone.mp4", "phone.mov"])
def test_an_mp4_of_a_variable_rate_keeps_its_own_times(tmp_path, name):
    path = videos.retimed_mp4(videos.write_video(tmp_path / name, PICTURES, 30, "mp4v"), PHONE)
    source = open_recorded(path)
    assert shown(source) == [(n, pytest.approx(time, abs=1e-3)) for n, time in enumerate(PHONE)]
    assert source.problems() == [] and source.count == len(PHONE)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.avi", "MJPG"), ("a.mp4", "mp4v"), ("a.mkv", "MJPG"), ("a.webm", "VP80")]
)
@pytest.mark.parametrize("rate", [10, 25, 60])
def test_a_constant_rate_needs_no_word(tmp_path, name, codec, rate):
    source = open_recorded(videos.write_video(tmp_path / name, numbered(20), rate, codec))
    assert [one.time for one in source.pictures()] == pytest.approx([n / rate for n in range(20)], abs=1e-3)
    assert source.problems() == source.notes() == []


def test_a_video_can_be_shown_again(tmp_path):
    source = open_recorded(videos.write_video(tmp_path / "a.avi", numbered(5), 10))
    assert shown(source) == shown(source) and source.problems() == []


def test_reading_goes_on_behind_images_that_cannot_be_read(tmp_path):
    path = videos.write_video(tmp_path / "a.mp4", textured(24), 10, "mp4v")
    overwritten(path, 0.4, 0.65)
    source = open_recorded(path)
    times = [one.time for one in source.pictures()]
    missing = 24 - len(times)
    assert missing > 0 and times[-1] == pytest.approx(2.3), "the last image is behind the damage"
    assert any(b - a > 0.15 for a, b in zip(times, times[1:])), "and it keeps its time"
    (problem,) = source.problems()
    assert f"{path}: damaged: {missing} of 24 images that it claims are missing, the first after" in problem


@pytest.mark.parametrize(("name", "codec"), [("a.avi", "MJPG"), ("a.mkv", "MJPG"), ("a.webm", "VP80")])
def test_a_video_cut_in_half_says_how_much_is_missing(tmp_path, name, codec):
    path = videos.write_video(tmp_path / name, textured(24), 10, codec)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    source = open_recorded(path)
    read = len(shown(source))
    assert 5 < read < 19
    (problem,) = source.problems()
    assert f"{24 - read} of 24 images that it claims are missing" in problem


def test_an_mp4_without_its_index_says_that_it_was_cut_off(tmp_path):
    path = videos.write_video(tmp_path / "a.mp4", textured(24), 10, "mp4v")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(SourceError, match=r"its index \(moov\) is missing: the recording was cut off"):
        open_recorded(path)


def test_a_variable_rate_that_ends_too_early_is_told_by_its_length(tmp_path):
    path = videos.write_matroska(tmp_path / "phone.mkv", PICTURES, PHONE, rate=30, length=6.0)
    source = open_recorded(path)
    assert len(shown(source)) == len(PHONE)
    assert source.problems() == [f"{path}: damaged: its images end at 1.55 s, but it claims to last 6.00 s"]


def test_what_an_editor_cut_off_is_no_damage(tmp_path):
    path = videos.write_video(tmp_path / "a.mp4", PICTURES, 30, "mp4v")
    source = open_recorded(videos.retimed_mp4(path, PHONE, shown=0.4))
    assert len(shown(source)) == 7 and source.problems() == []
    assert describe(path).length == pytest.approx(0.4)


def test_times_that_go_back_are_made_to_grow_and_told(tmp_path):
    times = [0.0, 0.1, 0.2, 0.1, 0.2, 0.3]
    path = videos.write_matroska(tmp_path / "a.mkv", numbered(6), times, rate=10)
    source = open_recorded(path)
    got = [one.time for one in source.pictures()]
    assert all(b > a for a, b in zip(got, got[1:])) and got[-1] == pytest.approx(0.3)
    assert source.problems() == [f"{path}: 2 images have a time that is not after that of the image before"]


def test_a_first_image_that_comes_late_is_told(tmp_path):
    """Labels in a player's seconds would be off by that."""
    path = videos.write_matroska(tmp_path / "a.mkv", numbered(6), [0.5 + n / 10 for n in range(6)], rate=10)
    source = open_recorded(path)
    assert shown(source) == [(n, pytest.approx(n / 10)) for n in range(6)]
    (note,) = source.notes()
    assert note.startswith(f"{path}: its first image comes after about 0.50 s") and source.problems() == []


def raw_stream(path, pictures):
    path.write_bytes(b"".join(cv2.imencode(".jpg", picture)[1].tobytes() for picture in pictures))
    return path


def test_a_raw_stream_goes_by_the_rate_and_says_so(tmp_path):
    path = raw_stream(tmp_path / "a.mjpeg", numbered(6))
    assert shown(open_recorded(path, 4.0)) == [(n, n / 4) for n in range(6)]
    source = open_recorded(path)
    assert [one.time for one in source.pictures()] == pytest.approx([n / 30 for n in range(6)])
    assert source.notes() == [f"{path}: the images of a raw stream have no times: 30 a second are assumed"]
    assert not source.timed and open_recorded(path, 4.0).notes() == []


def folder_of(path, names):
    path.mkdir(exist_ok=True)
    for number, name in enumerate(names):
        cv2.imwrite(str(path / name), numbered(12)[number])
    return path


def test_numbers_in_names_sort_by_their_value(tmp_path):
    names = ["img1.png", "img2.png", "img10.png", "img11b.png"]
    source = open_recorded(folder_of(tmp_path / "images", names), 10.0)
    assert [one.name for one in source.pictures()] == names
    assert [one.time for one in source.pictures()] == pytest.approx([0, 0.1, 0.2, 0.3])


def test_pictures_that_cannot_be_read_are_named_and_leave_their_gap(tmp_path):
    folder = folder_of(tmp_path / "images", ["1.png", "2.jpg", "3.jpg", "6.png"])
    (folder / "2.jpg").write_bytes(b"")
    (folder / "3.jpg").write_bytes((folder / "3.jpg").read_bytes()[:300])
    (folder / "4.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    (folder / "5.jpg").write_bytes(b"no picture at all")
    (folder / "notes.txt").write_text("no picture")
    for litter in ("Thumbs.db", ".DS_Store", "._1.png"):
        (folder / litter).write_bytes(b"x")
    source = open_recorded(folder, 10.0)
    assert [(one.name, round(one.time, 3)) for one in source.pictures()] == [("1.png", 0.0), ("6.png", 0.5)]
    (problem,) = source.problems()
    assert problem.startswith(f"{folder}: 4 of 6 pictures could not be read: 2.jpg (empty), 3.jpg (")
    assert "4.heic (HEIC, which is not read: convert it to JPEG), 5.jpg (" in problem
    assert source.notes() == [f"{folder}: 1 that are no pictures: notes.txt"]


@pytest.mark.parametrize("suffix", ["bmp", "jfif", "jpg", "png", "ppm", "tiff", "webp"])
def test_what_opencv_reads_is_read_whatever_its_suffix(tmp_path, suffix):
    form = {"jfif": "jpg"}.get(suffix, suffix)
    (tmp_path / f"a.{suffix}").write_bytes(cv2.imencode(f".{form}", numbered(9)[8])[1].tobytes())
    (tmp_path / "b.picture").write_bytes(cv2.imencode(f".{form}", numbered(9)[5])[1].tobytes())
    source = open_recorded(tmp_path, 10.0)
    assert shown(source) == [(8, 0.0), (5, 0.1)] and source.problems() == []


@pytest.mark.parametrize("suffix", ["gif", "tga", "ico"])
def test_what_only_pillow_reads_is_read(tmp_path, suffix):
    Image.fromarray(np.full((48, 48, 3), (200, 100, 50), np.uint8)).save(tmp_path / f"a.{suffix}")
    (one,) = open_recorded(tmp_path).pictures()
    np.testing.assert_allclose(one.picture[24, 24], (50, 100, 200), atol=4)


def test_a_folder_without_pictures_and_a_path_of_nothing_are_told(tmp_path):
    with pytest.raises(SourceError, match="expected images in this folder, got an empty one"):
        open_recorded(tmp_path)
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(SourceError, match="got one that holds notes.txt"):
        open_recorded(tmp_path)
    with pytest.raises(SourceError, match="got a file that OpenCV cannot read"):
        open_recorded(tmp_path / "notes.txt")
    with pytest.raises(SourceError, match="got 'nothing', which is none"):
        open_recorded("nothing")


def test_one_picture_is_one_picture_and_not_the_first_of_its_neighbours(tmp_path):
    folder = folder_of(tmp_path / "images", ["img_1.png", "img_2.png"])
    assert shown(open_recorded(folder / "img_1.png")) == [(0, 0.0)]


def test_home_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    folder_of(tmp_path / "images", ["1.png"])
    videos.write_video(tmp_path / "a.avi", numbered(3), 10)
    assert len(shown(open_recorded("~/images"))) == 1 and len(shown(open_recorded("~/a.avi"))) == 3


def test_the_terminal_stays_clean_over_damaged_pictures_and_videos(tmp_path, capfd):
    folder = folder_of(tmp_path / "images", ["1.jpg", "2.png"])
    cv2.imwrite(str(folder / "1.jpg"), textured(1)[0])
    for name in ("1.jpg", "2.png"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2] + content[len(content) // 2 + 30 :])
    path = videos.write_video(tmp_path / "a.avi", textured(12), 10)
    overwritten(path, 0.4, 0.6)
    capfd.readouterr()
    for source in (open_recorded(folder), open_recorded(path)):
        list(source.pictures())
        assert source.problems()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("rate", "limit", "kept"),
    [(30, 30, 1.0), (29.97, 30, 1.0), (60, 30, 0.5), (50, 30, 0.6), (10, 30, 1.0), (30, 1, 1 / 30), (90, 60, 2 / 3)],
)
@pytest.mark.parametrize("digits", [3, 9])
def test_no_more_images_than_the_rate_and_none_left_out_below_it(rate, limit, kept, digits):
    times = [round(n / rate, digits) for n in range(600)]
    one = RateLimit(limit)
    taken = [at for at in times if one.takes(at)]
    assert len(taken) == pytest.approx(600 * kept, abs=1)


def test_a_video_is_shown_at_its_own_pace_and_again_without_a_break(tmp_path):
    times = [0.0, 0.02, 0.04, 0.14]
    source = open_recorded(videos.write_matroska(tmp_path / "a.mkv", numbered(4), times))
    playback = Playback(source, 1000.0, threading.Event())
    due = [round(time.monotonic() - late, 6) for _ in range(2) for _, late in playback.play()]
    expected = [*times, *(0.24 + at for at in times)]
    # On a busy machine the test itself comes late to its look at the clock.
    assert np.array(due) - due[0] == pytest.approx(np.array(expected), abs=0.03)
    assert playback.shown == 8 and playback.left_out == 0


def test_pictures_above_the_rate_are_left_out_and_counted(tmp_path):
    source = open_recorded(videos.write_video(tmp_path / "a.avi", numbered(12), 60))
    playback = Playback(source, 30.0, threading.Event())
    assert [number_of(one.picture) for one, _ in playback.play()] == [0, 2, 4, 6, 8, 10]
    assert playback.notes() == [f"{source.name}: 6 images that came faster than `rate` were left out"]


def test_a_stop_ends_the_wait_for_a_picture(tmp_path):
    source = open_recorded(videos.write_matroska(tmp_path / "a.mkv", numbered(2), [0.0, 3600.0]))
    stopped = threading.Event()
    playback = Playback(source, 30.0, stopped)
    pictures = playback.play()
    next(pictures)
    stopped.set()
    assert list(pictures) == []


def test_a_device_that_is_not_there_names_those_that_are(tmp_path, monkeypatch):
    monkeypatch.setattr(cameras, "_DEVICES", tmp_path / "dev")
    monkeypatch.setattr(cameras, "_NAMES", tmp_path / "sys")
    assert Camera("7").why_not() == "no such device; this machine has none"
    (tmp_path / "dev").mkdir()
    for name in ("video0", "video2", "video10"):
        (tmp_path / "dev" / name).touch()
    (tmp_path / "sys" / "video2").mkdir(parents=True)
    (tmp_path / "sys" / "video2" / "name").write_text("Robot's eye\n")
    listed = f"there are {tmp_path}/dev/video0, {tmp_path}/dev/video2 (Robot's eye), {tmp_path}/dev/video10"
    camera = Camera("7")
    assert not camera.open() and camera.why_not() == f"no such device; {listed}"
    assert Camera("0").why_not() == f"not a video device; {listed}"


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "no permission: add the user to the group video"), (errno.EBUSY, "it is busy: another program")],
)
def test_a_device_that_refuses_says_why(tmp_path, monkeypatch, number, words):
    def refuse(*arguments):
        raise OSError(number, os.strerror(number))

    (tmp_path / "video0").touch()
    monkeypatch.setattr(cameras, "_DEVICES", tmp_path)
    monkeypatch.setattr(cameras.os, "open", refuse)
    assert words in Camera("0").why_not()


@pytest.mark.parametrize(
    ("capabilities", "buffers", "words"),
    [
        ((0x84A00001, 0x04A00000), 0, "it gives no pictures (many cameras have a second device"),
        ((0x84A00001, 0x04200001), errno.EBUSY, "it is busy: another program"),
        ((0x84A00001, 0x04200001), 0, "OpenCV cannot use it, though it is there and free"),
    ],
)
def test_an_open_device_is_asked_what_it_is_and_whether_it_is_free(tmp_path, monkeypatch, capabilities, buffers, words):
    """What a real device answers to the two requests, as the kernel lays it out."""

    def ioctl(descriptor, request, argument):
        if request == 0x80685600:
            return bytes(84) + b"".join(value.to_bytes(4, "little") for value in capabilities) + bytes(12)
        assert request == 0xC0145608 and len(argument) == 20
        if buffers:
            raise OSError(buffers, os.strerror(buffers))
        return argument

    (tmp_path / "video0").touch()
    monkeypatch.setattr(cameras, "_DEVICES", tmp_path)
    monkeypatch.setattr(cameras.fcntl, "ioctl", ioctl)
    assert words in Camera("0").why_not()


class Device:
    """A capture that gives what it likes, as devices do."""

    def __init__(self, given):
        self.given, self.asked = given, []

    def isOpened(self):  # noqa: N802
        return True

    def set(self, key, value):
        self.asked.append((key, value))

    def get(self, key):
        return self.given[key]

    def release(self):
        pass


def test_a_pixel_format_is_asked_for_before_the_size_and_another_one_is_told(monkeypatch):
    yuyv = cv2.VideoWriter_fourcc(*"YUYV")
    device = Device({cv2.CAP_PROP_FOURCC: yuyv, cv2.CAP_PROP_FRAME_WIDTH: 640, cv2.CAP_PROP_FRAME_HEIGHT: 480})
    monkeypatch.setattr(cameras.cv2, "VideoCapture", lambda *arguments: device)
    camera = Camera("0", CameraFormat(1920, 1080, "MJPG"))
    assert camera.open()
    assert device.asked[:3] == [
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, 1920),
        (cv2.CAP_PROP_FRAME_HEIGHT, 1080),
    ]
    assert camera.refused() == "asked for MJPG, got YUYV; asked for 1920x1080, got 640x480"
    same = Camera("0", CameraFormat(640, 480, "YUYV"))
    assert same.open() and same.refused() == ""


def test_a_damaged_picture_of_a_camera_is_left_out_and_counted(monkeypatch):
    jpeg = cv2.imencode(".jpg", textured(1)[0])[1].tobytes()
    lost = np.frombuffer(jpeg[:1000] + jpeg[2000:], np.uint8)
    device = Device({})
    device.retrieve = lambda: (True, cv2.imdecode(lost, cv2.IMREAD_COLOR))
    monkeypatch.setattr(cameras.cv2, "VideoCapture", lambda *arguments: device)
    camera = Camera("0")
    assert camera.open() and camera.retrieve() is None and camera.damaged == 1


def test_a_password_is_not_part_of_a_cameras_name():
    assert Camera("rtsp://me:secret@robot:554/live").name == "rtsp://...@robot:554/live"
    with pytest.raises(SourceError) as caught:
        open_recorded("rtsp://me:secret@robot:554/live")
    assert "secret" not in str(caught.value)


def test_a_video_that_is_no_video_is_told(tmp_path):
    (tmp_path / "a.mp4").write_bytes(bytes(1000))
    with pytest.raises(SourceError, match="expected a video, got a file that OpenCV cannot read"):
        VideoFile(tmp_path / "a.mp4")
