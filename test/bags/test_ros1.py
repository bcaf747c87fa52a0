"""Recordings of ROS 1 are read as those of ROS 2 are; topics of video are named with the way to images."""

import struct

import cv2
import numpy as np
import pytest
from rosbags.rosbag1 import Writer
from rosbags.rosbag2 import Writer as Writer2
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from bags.bags import CAMERA, START, image
from fer_ros.bags import evaluate_bag
from fer_ros.bags.reading import Bag, BagError
from fer_ros.bags.types import COMPRESSED, IMAGE
from fer_ros.bags.writing import BagWriter
from fer_ros.core.images import compressed_to_frame, raw_to_frame

TYPES = get_typestore(Stores.ROS1_NOETIC)
PICTURES = [np.full((24, 32, 3), 20 * number, np.uint8) for number in range(4)]


def ros1_messages(kind):
    """Pictures as ROS 1 serializes them, with the time of each in nanoseconds."""
    for number, picture in enumerate(PICTURES):
        stamp = START + number / 10
        time = TYPES.types["builtin_interfaces/msg/Time"](sec=int(stamp), nanosec=round(stamp % 1 * 1e9))
        header = TYPES.types["std_msgs/msg/Header"](seq=number, stamp=time, frame_id="optical")
        if kind == IMAGE:
            message = TYPES.types[IMAGE](header, 24, 32, "bgr8", 0, 96, picture.ravel())
        else:
            message = TYPES.types[COMPRESSED](header, "png", cv2.imencode(".png", picture)[1].ravel())
        yield round(stamp * 1e9), bytes(TYPES.serialize_ros1(message, kind))


def write_ros1(path, kind=IMAGE):
    """A .bag, with a topic beside the images."""
    with Writer(path) as bag:
        images = bag.add_connection(CAMERA, kind, typestore=TYPES)
        other = bag.add_connection("/chatter", "std_msgs/msg/String", typestore=TYPES)
        for time, raw in ros1_messages(kind):
            bag.write(images, time, raw)
            bag.write(other, time, b"\x02\x00\x00\x00hi")
    return path


def write_mcap(path, kind="sensor_msgs/Image"):
    """An MCAP file as ROS 1 tools write it, by hand: header, schema, channel, messages, end."""

    def text(value):
        return struct.pack("<I", len(value)) + value.encode()

    def record(kind, content):
        return bytes([kind]) + struct.pack("<Q", len(content)) + content

    magic = b"\x89MCAP0\r\n"
    parts = [
        record(1, text("ros1") + text("test")),
        record(3, struct.pack("<H", 1) + text(kind) + text("ros1msg") + text("Header header")),
        record(4, struct.pack("<HH", 1, 1) + text(CAMERA) + text("ros1") + struct.pack("<I", 0)),
        *(
            record(5, struct.pack("<HIQQ", 1, number, time, time) + raw)
            for number, (time, raw) in enumerate(ros1_messages(IMAGE if kind == "sensor_msgs/Image" else COMPRESSED))
        ),
        record(0x0F, bytes(4)),
        record(2, bytes(20)),
    ]
    path.write_bytes(magic + b"".join(parts) + magic)
    return path


def check(path, kind):
    with Bag(path) as bag:
        images = list(bag.images())
        assert bag.cameras == (CAMERA,)
    assert [one.stamp for one in images] == pytest.approx([START + n / 10 for n in range(4)])
    assert [one.recorded for one in images] == [round((START + n / 10) * 1e9) for n in range(4)]
    read = raw_to_frame if kind == IMAGE else compressed_to_frame
    assert [int(read(one.message, 0.0).rgb[5, 5, 0]) for one in images] == [0, 20, 40, 60]
    assert all(one.message.header.frame_id == "optical" and one.kind == kind for one in images)


@pytest.mark.parametrize("kind", [IMAGE, COMPRESSED])
def test_a_recording_of_ros_1_is_read(tmp_path, kind):
    check(write_ros1(tmp_path / "session.bag", kind), kind)


@pytest.mark.parametrize("kind", [IMAGE, COMPRESSED])
def test_a_recording_of_ros_1_in_mcap_is_read(tmp_path, kind):
    check(write_mcap(tmp_path / "session.mcap", kind.replace("/msg", "")), kind)


def test_it_is_evaluated_and_written_as_a_bag_of_ros_2(tiny_bundle, tmp_path, capsys):
    (tmp_path / "labels.csv").write_text("start,end,expression\n0,1,happy\n")
    path = write_ros1(tmp_path / "session.bag")
    words = ["--labels", str(tmp_path / "labels.csv"), "--output", str(tmp_path / "out"), "--bundle", str(tiny_bundle)]
    assert evaluate_bag.main([str(path), *words, "--write-bag", "--backend", "litert"]) == 0, capsys.readouterr().err
    check(tmp_path / "out" / "bag", IMAGE)
    assert "not read: /chatter" in (tmp_path / "out" / "report.md").read_text()


def test_one_that_was_not_ended_names_the_command_that_ends_it(tmp_path):
    path = write_ros1(tmp_path / "session.bag")
    content = bytearray(path.read_bytes())
    # Where the index is, in the first record's header: nowhere, as long as the recorder has not written it.
    place = content.index(b"index_pos=") + len("index_pos=")
    content[place : place + 8] = bytes(8)
    path.with_suffix(".active").write_bytes(content)
    with pytest.raises(BagError, match="a recording of ROS 1 that was not ended: rosbag reindex session.active"):
        Bag(path.with_suffix(".active"))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_damaged_one_is_damage_and_not_a_crash(tmp_path, share):
    path = write_ros1(tmp_path / "session.bag")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(BagError, match="session.bag"), Bag(path) as bag:
        list(bag.images())


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("foxglove_msgs/msg/CompressedVideo", "decode it first: .*in_transport:=foxglove"),
        ("ffmpeg_image_transport_msgs/msg/FFMPEGPacket", "video packets: decode it first: ros2 run image_transport"),
        ("theora_image_transport/msg/Packet", "Theora video: decode it first: .*in_transport:=theora"),
    ],
)
def test_a_topic_of_video_is_named_with_the_way_to_images(tmp_path, kind, told):
    types = get_typestore(Stores.EMPTY)
    types.register(get_types_from_msg("uint8[] data", kind))
    with Writer2(tmp_path / "bag", version=9) as bag:
        topic = bag.add_connection("/camera/video", kind, typestore=types)
        bag.write(topic, 1, bytes(types.serialize_cdr(types.types[kind](np.zeros(3, np.uint8)), kind)))
    with pytest.raises(BagError, match=told):
        Bag(tmp_path / "bag")


def test_video_in_compressed_images_is_named_with_the_way_out(tiny_bundle, tmp_path, capsys):
    with BagWriter(tmp_path / "bag") as bag:
        message = image(bag, PICTURES[0], START, f"{CAMERA}/compressed")
        message.format, message.data = "h264", np.frombuffer(b"\0\0\0\1\x67", np.uint8)
        bag.write_message(f"{CAMERA}/compressed", message, 1)
    (tmp_path / "labels.csv").write_text("start,end,expression\n0,1,happy\n")
    words = ["--labels", str(tmp_path / "labels.csv"), "--output", str(tmp_path / "out"), "--bundle", str(tiny_bundle)]
    assert evaluate_bag.main([str(tmp_path / "bag"), *words, "--backend", "litert"]) == 1
    said = capsys.readouterr().err
    assert "got none (1 of compressed image must be JPEG or PNG, got H.264 video; decode it first: ros2 run" in said
