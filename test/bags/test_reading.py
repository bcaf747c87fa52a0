"""Bags are read whatever else they hold; what is no bag, or a part of one, is said in one line."""

import contextlib
import importlib.util
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from rosbags.rosbag2 import CompressionFormat, CompressionMode, Reader, Writer

from bags.bags import CAMERA, START, image, write_bag
from fer_ros.bags import parts
from fer_ros.bags.reading import Bag, BagError
from fer_ros.bags.types import IMAGE, typestore
from fer_ros.bags.writing import STORAGES, BagWriter

ROOT = Path(__file__).resolve().parents[2]
PICTURES = [np.full((24, 32, 3), 10 * number, np.uint8) for number in range(6)]


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
@pytest.mark.parametrize("topic", [CAMERA, f"{CAMERA}/compressed"])
def test_images_come_in_order_with_their_stamps(tmp_path, storage, topic):
    with Bag(write_bag(tmp_path / "bag", PICTURES, storage, (topic,))) as bag:
        images = list(bag.images())
        assert bag.cameras == (topic,) and bag.count == 6 and not bag.skipped
    assert [image.stamp for image in images] == pytest.approx([START + n / 10 for n in range(6)])
    assert all(image.compressed == topic.endswith("compressed") for image in images)


def as_recorded(path, encoding):
    """Give the definition of robot/srv/Dance_Event the encoding that rosbag2's recorder writes for such a type."""
    for database in path.glob("*.db3"):
        with contextlib.closing(sqlite3.connect(database)) as connection:
            query = "UPDATE message_definitions SET encoding = ? WHERE topic_type LIKE '%_Event'"
            assert connection.execute(query, (encoding,)).rowcount == 1
            connection.commit()
    for file in path.glob("*.mcap"):
        content = file.read_bytes()
        # A schema is its id, name and encoding; both encodings have seven letters. It is in the data and the summary.
        assert len(encoding) == len("ros2msg") and content.count(b"Dance_Event\x07\0\0\0ros2msg") == 2
        file.write_bytes(content.replace(b"Dance_Event\x07\0\0\0ros2msg", b"Dance_Event\x07\0\0\0" + encoding.encode()))


@pytest.mark.parametrize(
    ("storage", "encoding"), [("sqlite3", "ros2msg"), ("sqlite3", "unknown"), ("sqlite3", ""), ("mcap", "unknown")]
)
def test_topics_that_do_not_matter_are_named_and_skipped(tmp_path, storage, encoding):
    """Also those of types that nobody knows here, such as a recorder's service events."""
    path = tmp_path / "bag"
    with BagWriter(path, storage) as writer:
        unknown = writer._writer.add_connection(
            "/node/srv/_service_event", "robot/srv/Dance_Event", msgdef="robot/Steps[] all", rihs01="RIHS01_" + "0" * 64
        )
        writer._writer.write(unknown, 1, b"\x00\x01\x00\x00what")
        writer.write_message(CAMERA, image(writer, PICTURES[0], START), 2)
    as_recorded(path, encoding)
    with Bag(path) as bag:
        assert bag.skipped == (("/node/srv/_service_event", "robot/srv/Dance_Event"),)
        assert len(list(bag.images())) == 1


@pytest.mark.parametrize("share", [0.001, 0.6, 0.95])
def test_whole_records_of_a_recording_that_was_cut_off_are_read(tmp_path, share):
    pictures = [np.full((480, 640, 3), number, np.uint8) for number in range(6)]  # 0.9 MB, a chunk for each
    (data,) = write_bag(tmp_path / "bag", pictures).glob("*.mcap")
    content = data.read_bytes()
    data.write_bytes(content[: int(share * len(content))])
    read = []
    with pytest.raises(BagError, match=f"the end of {data.name} is missing"), Bag(data) as bag:
        read.extend(image.stamp for image in bag.images())
    assert read == pytest.approx([START + n / 10 for n in range(len(read))])
    assert len(read) >= int(6 * share) - 1


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_a_truncated_bag_is_damaged_and_not_a_crash(tmp_path, storage):
    path = write_bag(tmp_path / "bag", PICTURES, storage)
    (data,) = [p for p in path.iterdir() if p.suffix in (".mcap", ".db3")]
    content = data.read_bytes()
    for share in (0.0, 0.3, 0.9):
        data.write_bytes(content[: int(share * len(content))])
        with pytest.raises(BagError, match=str(path)), Bag(path) as bag:
            list(bag.images())


def test_a_record_that_claims_more_than_any_memory_is_damage(tmp_path):
    (data,) = write_bag(tmp_path / "bag", PICTURES[:1]).glob("*.mcap")
    content = bytearray(data.read_bytes())
    # The first record after the magic is the header: its kind, then its length.
    content[9:17] = b"\xff" * 8
    data.write_bytes(content)
    with pytest.raises(BagError, match="expected a rosbag2, got"), Bag(data):
        pass


def test_what_is_no_bag_is_said_in_one_line(tmp_path):
    (tmp_path / "text.mcap").write_text("no bag")
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.db3.zstd").write_text("no bag")
    for name in ("text.mcap", "text.db3.zstd", "empty", "missing"):
        with pytest.raises(BagError, match="expected a rosbag2, got") as caught:
            Bag(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_topics_that_are_asked_for_must_be_there(tmp_path):
    path = write_bag(tmp_path / "bag", PICTURES, topics=("/left", "/right"))
    with Bag(path, ["/right"]) as bag:
        assert bag.cameras == ("/right",) and bag.count == 6
    with pytest.raises(BagError, match=r"expected /up, got /left \(sensor_msgs/msg/Image\)"):
        Bag(path, ["/right", "/up"])


def module_at(path):
    """fer_ros.bags.types, as it runs from another place."""
    spec = importlib.util.spec_from_file_location("types_elsewhere", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No ROS, and an interpreter without our files."""
    monkeypatch.delenv("AMENT_PREFIX_PATH", raising=False)
    monkeypatch.setattr("sys.prefix", str(tmp_path / "python"))


def test_our_definitions_are_found_without_an_installation(nowhere):
    """By the sources: an installation may be what imports the tests."""
    assert "fer_ros/msg/FaceEmotionArray" in module_at(ROOT / "fer_ros/bags/types.py").typestore().types


@pytest.mark.parametrize("packages", [".", "lib/python3.11/site-packages", "local/lib/python3.12/dist-packages"])
def test_our_definitions_are_found_beside_an_installation_whatever_its_prefix(nowhere, tmp_path, packages):
    """As pip's --target and --user, and Debian, lay it out."""
    for package, source in (("fer_ros", "msg"), ("vision_msgs", "wheel_interfaces/vision_msgs/msg")):
        shutil.copytree(ROOT / source, tmp_path / "share" / package / "msg")
    place = tmp_path / packages / "fer_ros" / "bags"
    place.mkdir(parents=True)
    shutil.copy(ROOT / "fer_ros/bags/types.py", place)
    assert "fer_ros/msg/FaceEmotionArray" in module_at(place / "types.py").typestore().types
    shutil.rmtree(tmp_path / "share" / "fer_ros")
    with pytest.raises(FileNotFoundError, match="expected the message definitions of fer_ros, got none; looked in"):
        module_at(place / "types.py").typestore()


def test_a_bag_survives_being_moved(tmp_path):
    moved = shutil.move(write_bag(tmp_path / "bag", PICTURES), tmp_path / "elsewhere")
    with Reader(moved) as reader:
        assert reader.message_count == 6


TIMES = pytest.approx([START + n / 10 for n in range(6)])


def split(path, storage, order):
    """Write the images as a recorder does that splits its files and is killed: no metadata.yaml.

    order: names of the files; the first one holds the first two images, and so on.
    """
    path.mkdir()
    for number, name in enumerate(order):
        part = path / "part"
        with BagWriter(part, storage) as writer:
            for index in range(2 * number, 2 * number + 2):
                stamp = START + index / 10
                writer.write_message(CAMERA, image(writer, PICTURES[index], stamp), round(stamp * 1e9))
        (file,) = (file for file in part.iterdir() if file.suffix != ".yaml")
        file.rename(path / f"{name}{file.suffix}")
        shutil.rmtree(part)
    return path


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
@pytest.mark.parametrize("order", [("bag_0", "bag_1", "bag_2"), ("bag_9", "bag_10", "bag_8")])
def test_files_of_a_killed_recorder_are_read_in_the_order_of_their_times(tmp_path, storage, order):
    with Bag(split(tmp_path / "bag", storage, order)) as bag:
        assert bag.count == 6 and bag.cameras == (CAMERA,)
        assert [one.stamp for one in bag.images()] == TIMES


def test_a_split_recording_whose_last_file_was_cut_off_is_read_as_far_as_it_goes(tmp_path):
    path = split(tmp_path / "bag", "mcap", ("bag_0", "bag_1", "bag_2"))
    content = (path / "bag_2.mcap").read_bytes()
    (path / "bag_2.mcap").write_bytes(content[: len(content) // 3])
    read = []
    with pytest.raises(BagError, match=r"the end of bag_2.mcap is missing"), Bag(path) as bag:
        read.extend(one.stamp for one in bag.images())
    assert read[:4] == pytest.approx([START + n / 10 for n in range(4)])


@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_a_file_that_cannot_be_read_does_not_hide_the_others(tmp_path, storage):
    path = split(tmp_path / "bag", storage, ("bag_0", "bag_1", "bag_2"))
    (broken,) = path.glob("bag_1.*")
    broken.write_bytes(b"")
    read = []
    with pytest.raises(BagError, match=f"damaged: {broken.name} cannot be read"), Bag(path) as bag:
        read.extend(one.stamp for one in bag.images())
    assert read == pytest.approx([START + n / 10 for n in (0, 1, 4, 5)])


def packed(path, storage, mode):
    """Write the images as a recorder does that compresses."""
    writer = Writer(path, version=9, storage_plugin=STORAGES[storage])
    writer.set_compression(mode, CompressionFormat.ZSTD)
    with writer:
        connection = writer.add_connection(CAMERA, IMAGE, typestore=typestore())
        for number, picture in enumerate(PICTURES):
            stamp = START + number / 10
            message = image(Types(), picture, stamp)
            raw = typestore().serialize_cdr(message, IMAGE)
            writer.write(connection, round(stamp * 1e9), raw)
    return path


class Types:
    """What `image` needs of a writer."""

    types = typestore()


@pytest.mark.parametrize("metadata", [True, False])
@pytest.mark.parametrize("mode", [CompressionMode.MESSAGE, CompressionMode.FILE])
@pytest.mark.parametrize("storage", ["mcap", "sqlite3"])
def test_compressed_recordings_are_read_with_metadata_and_without(tmp_path, storage, mode, metadata):
    path = packed(tmp_path / "bag", storage, mode)
    if not metadata:
        (path / "metadata.yaml").unlink()
    with Bag(path) as bag:
        images = list(bag.images())
    assert [one.stamp for one in images] == TIMES
    assert [int(one.message.data[0]) for one in images] == [0, 10, 20, 30, 40, 50]
    (file,) = (file for file in path.iterdir() if file.suffix != ".yaml")
    with Bag(file) as bag:
        assert [one.stamp for one in bag.images()] == TIMES, "also one file by itself"


def test_an_empty_description_is_as_good_as_none(tmp_path):
    path = write_bag(tmp_path / "bag", PICTURES)
    (path / "metadata.yaml").write_bytes(b"")
    with Bag(path) as bag:
        assert [one.stamp for one in bag.images()] == TIMES


def test_a_damaged_description_names_the_command_that_writes_it_anew(tmp_path):
    path = write_bag(tmp_path / "bag", PICTURES)
    (path / "metadata.yaml").write_text("rosbag2_bagfile_information: {version: 9}")
    with pytest.raises(BagError, match=f"ros2 bag reindex {path} writes metadata.yaml anew"):
        Bag(path)


def test_messages_that_sqlite_holds_back_are_told(tmp_path):
    path = split(tmp_path / "bag", "sqlite3", ("bag_0",))
    (path / "bag_0.db3-wal").write_bytes(b"pages")
    with pytest.raises(BagError, match="the last messages of bag_0.db3 are in bag_0.db3-wal"), Bag(path) as bag:
        list(bag.images())


def test_a_message_that_would_fill_the_memory_is_damage(tmp_path, monkeypatch):
    path = packed(tmp_path / "bag", "mcap", CompressionMode.MESSAGE)
    (path / "metadata.yaml").unlink()
    monkeypatch.setattr(parts, "_LARGEST_MESSAGE", 1000)
    with pytest.raises(BagError, match="expected messages of fewer than 1000 bytes"), Bag(path) as bag:
        list(bag.images())
