"""What is fuzzed: each function takes a fuzzer's bytes to something that reads what others wrote.

A target returns an answer that can be compared, `refused` for an error that is documented; any other error is a
finding, and so is a broken promise of the reader, another answer to the same bytes, or a file opened outside the given
folder.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from rosbags.rosbag1 import Writer as Ros1Writer
from rosbags.typesys import Stores, get_typestore

from fer_ros.bags.labels import LabelError, read_labels
from fer_ros.bags.reading import Bag, BagError
from fer_ros.bags.types import IMAGE
from fer_ros.bags.writing import STORAGES, BagWriter, image_message
from fer_ros.core.classification.bundle import BundleError, load_bundle
from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.images import ENCODINGS, MAX_PIXELS, ImageError, compressed_to_frame, raw_to_frame
from fer_ros.core.profile import pipeline_config
from fer_ros.core.types import Frame
from fer_ros.nodes.calibration import read_calibration
from fer_ros.nodes.parameters import FER_NODE
from fuzz.data_sets import ckplus_table, class_folders, class_names, fer2013_table, ferplus_table, picture_record
from fuzz.promises import opens_only_inside, promise, refused
from fuzz.reader import Reader
from fuzz.sources import container, given_name, picture, pictures, videos


def _digest(frame: Frame, height: int, width: int) -> object:
    """Check a frame's shapes, and return the hashes of its pixels."""
    promise(frame.gray.shape == (height, width) and frame.gray.dtype == np.uint8, f"gray is {frame.gray.shape}")
    gray = hashlib.blake2b(np.ascontiguousarray(frame.gray)).hexdigest()
    try:
        rgb = frame.rgb
    except ImageError as error:  # colour is decoded later, and may fail as gray did not
        return gray, refused(error)
    promise(rgb.shape == (height, width, 3) and rgb.dtype == np.uint8, f"rgb is {rgb.shape}")
    return gray, hashlib.blake2b(np.ascontiguousarray(rgb)).hexdigest()


def raw_image(data: bytes, folder: Path) -> object:
    """sensor_msgs/Image with any fields."""
    reader = Reader(data)
    encoding = reader.text() if reader.chance(8) else reader.choice(sorted(ENCODINGS))
    if reader.chance(8):
        encoding = encoding.upper()
    height, width = (reader.integer() if reader.chance(8) else reader.below(24) for _ in range(2))
    step = reader.integer() if reader.chance(8) else width * reader.below(9) + reader.below(3)
    pixels = reader.rest()
    if len(pixels) % 2 and 0 <= step * height < 20000:
        # Enough bytes, more often than luck would have it.
        pixels = (pixels * (step * height * 3 // 2 // len(pixels) + 1))[: step * height * 3 // 2]
    image = SimpleNamespace(
        encoding=encoding, height=height, width=width, step=step, is_bigendian=len(data) % 3, data=pixels
    )
    try:
        frame = raw_to_frame(image, 0.0)
    except ImageError as error:
        return refused(error)
    return _digest(frame, height, width)


def compressed_image(data: bytes, folder: Path) -> object:
    """sensor_msgs/CompressedImage with any bytes."""
    try:
        frame = compressed_to_frame(SimpleNamespace(format="jpeg", data=data), 0.0)
    except ImageError as error:
        return refused(error)
    promise(frame.gray.size <= MAX_PIXELS, f"{frame.gray.shape} is more than MAX_PIXELS")
    return _digest(frame, frame.height, frame.width)


_MODEL = b"the fuzzer's model file"
_HASH = hashlib.sha256(_MODEL).hexdigest()


def _manifest() -> dict[str, Any]:
    return {
        "format": 1,
        "name": "fuzz",
        "labels": list(EMOTIONS[:7]),
        "preprocess": {
            "size": 48,
            "low": -1.0,
            "high": 1.0,
            "box_scale": 1.0,
            "downscale": "area",
            "upscale": "linear",
        },
        "temperature": 1.0,
        "models": {"float16": {"file": "model", "sha256": _HASH}, "int8": {"file": "model", "sha256": _HASH}},
        "default_precision": "float16",
        "training": {},
    }


def _any_value(reader: Reader) -> Any:
    return reader.choice(
        (
            reader.integer, reader.real, reader.text, lambda: None, lambda: True, list, dict,
            lambda: 10 ** reader.below(6000), lambda: [reader.text()] * reader.below(4),
            lambda: {reader.text(): reader.text()}, lambda: list(EMOTIONS[reader.below(8) :]), lambda: "model",
            lambda: _HASH,
        )
    )()  # fmt: skip


def _mutated_manifest(reader: Reader) -> bytes:
    values = _manifest()
    for _ in range(1 + reader.below(3)):
        place: Any = values
        for _ in range(reader.below(4)):
            inner = [v for v in place.values() if isinstance(v, dict) and v]
            if inner:
                place = reader.choice(inner)
        key = reader.choice(sorted(place)) if place and not reader.chance(6) else reader.text()
        if reader.chance(5):
            place.pop(key, None)
        else:
            place[key] = _any_value(reader)
    sys.set_int_max_str_digits(0)  # write what a reader must refuse
    try:
        text = json.dumps(values)
    finally:
        sys.set_int_max_str_digits(sys.int_info.default_max_str_digits)
    if reader.chance(16):
        depth = reader.below(20000)
        text = text.replace("{}", "[" * depth + "]" * depth, 1)
    return text.encode()


def bundle(data: bytes, folder: Path) -> object:
    """A bundle's manifest: any bytes, or a good one with some values changed."""
    (folder / "model").exists() or (folder / "model").write_bytes(_MODEL)
    reader = Reader(data)
    (folder / "bundle.json").write_bytes(reader.rest() if reader.chance(3) else _mutated_manifest(reader))
    with opens_only_inside(folder):
        try:
            loaded = load_bundle(folder)
        except BundleError as error:
            str(error).encode(errors="backslashreplace")
            return refused(error)
    spec = loaded.spec
    promise(math.isfinite(loaded.temperature) and loaded.temperature > 0, f"temperature {loaded.temperature}")
    promise(isinstance(spec.size, int) and math.isfinite(spec.low) and math.isfinite(spec.high), f"{spec}")
    return loaded.id, loaded.labels, spec, loaded.default_precision


def parameters(data: bytes, folder: Path) -> object:
    """Values of fer_node's parameters, each of its own type, as ROS 2 hands them over."""
    reader = Reader(data)
    values: dict[str, Any] = {}
    for parameter in FER_NODE:
        default = parameter.default
        if "." not in parameter.name or not reader.chance(3):
            values[parameter.name] = default
        elif isinstance(default, bool):
            values[parameter.name] = reader.chance(2)
        elif isinstance(default, int):
            values[parameter.name] = reader.integer()
        elif isinstance(default, float):
            values[parameter.name] = reader.real()
        else:
            values[parameter.name] = reader.choice((*parameter.choices, reader.text()))
    try:
        config = pipeline_config(values)
    except ValueError as error:
        return refused(error)
    for part in (config.detector, config.search, config.tracker, config.smoothing):
        for name, value in vars(part).items():
            promise(not isinstance(value, float) or math.isfinite(value), f"{name} is {value}")
    return config


_CALIBRATION = b"""image_width: 640
image_height: 480
distortion_model: plumb_bob
distortion_coefficients: {data: [0, 0, 0, 0, 0]}
camera_matrix: {data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
rectification_matrix: {data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
projection_matrix: {data: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]}
"""


def calibration(data: bytes, folder: Path) -> object:
    """A camera's calibration file: any bytes, or a good one with a value replaced by any bytes."""
    reader = Reader(data)
    text = reader.rest()
    if reader.chance(2) or text[:1] == b"!":
        lines = _CALIBRATION.splitlines()
        at = text[1] % len(lines) if len(text) > 1 else 0
        lines[at] = lines[at].split(b":")[0] + b": " + text[2:].replace(b"\n", b" ")
        text = b"\n".join(lines)
    path = folder / "camera.yaml"
    path.write_bytes(text)
    with opens_only_inside(folder):
        try:
            info = read_calibration(path)
        except ValueError as error:
            return refused(error)
    return str(info)


def labels(data: bytes, folder: Path) -> object:
    """A label file of a bag, CSV or YAML."""
    reader = Reader(data)
    path = folder / ("labels.yaml" if reader.chance(2) else "labels.csv")
    path.write_bytes(reader.rest())
    with opens_only_inside(folder):
        try:
            return str(read_labels(path))
        except LabelError as error:
            return refused(error)


def bag(data: bytes, folder: Path) -> object:
    """A file of a bag: MCAP (of ROS 1 or 2), ROS 1's own or SQLite, by its first bytes."""
    kind = next((kind for first, kind in ((b"\x89MCAP", "mcap"), (b"#ROSBAG", "bag")) if data.startswith(first)), "db3")
    path = folder / f"bag.{kind}"
    path.write_bytes(data)
    answers: list[object] = []
    with opens_only_inside(folder):
        try:
            with Bag(path) as opened:
                answers += (
                    (image.camera, image.stamp, image.recorded, len(image.raw))
                    for image in itertools.islice(opened.images(), 99)
                )
        except BagError as error:
            answers.append(refused(error))
    return answers if len(answers) != 1 else answers[0]


@dataclass(frozen=True)
class Target:
    """A function to fuzz, inputs to start from, and the length up to which inputs make sense."""

    run: Callable[[bytes, Path], object]
    seeds: tuple[bytes, ...] = (b"",)
    longest: int = 512


def _bags() -> tuple[bytes, ...]:
    files = []
    for storage in STORAGES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bag"
            with BagWriter(path, storage) as writer:
                for stamp in range(3):
                    picture = np.zeros((2, 3, 3), np.uint8)
                    writer.write_message("/a", image_message(writer, picture, stamp, compressed=False), stamp)
            files += [file.read_bytes() for file in path.iterdir() if file.suffix != ".yaml"]
    with tempfile.TemporaryDirectory() as folder:
        path, types = Path(folder) / "bag.bag", get_typestore(Stores.ROS1_NOETIC)
        made = types.types
        with Ros1Writer(path) as ros1:
            topic = ros1.add_connection("/a", IMAGE, typestore=types)
            for stamp in range(3):
                time = made["builtin_interfaces/msg/Time"](sec=stamp, nanosec=0)
                header = made["std_msgs/msg/Header"](seq=stamp, stamp=time, frame_id="a")
                message = made[IMAGE](header, 2, 3, "bgr8", 0, 9, np.zeros(18, np.uint8))
                ros1.write(topic, stamp, types.serialize_ros1(message, IMAGE))
        files.append(path.read_bytes())
    return tuple(files)


TARGETS = {
    "raw_image": Target(raw_image, tuple(bytes([0, i, 0, 0, 8, 0, 8, 0, 8, 0]) + bytes(range(63)) for i in range(32))),
    "compressed_image": Target(compressed_image, pictures(), 4096),
    "bundle": Target(bundle, (bytes([1]) + json.dumps(_manifest()).encode(), b"\0" * 8), 2048),
    "parameters": Target(parameters, (b"", bytes(range(64))), 256),
    "fer2013_table": Target(fer2013_table, (b"", b"\1" + b"0," + b"7 " * 2304 + b",Training\n"), 8192),
    "ferplus_table": Target(ferplus_table, (b"", b"\1Training,1,2,3,4,0,0,0,0\n", bytes(range(64)))),
    "picture_record": Target(
        picture_record,
        (
            b"short hashes of pictures: 2 trained, 1 selected, unknown initial\n" + bytes(range(15)),
            b"short hashes of pictures: 0 trained, 0 selected, 1 initial\n" + bytes(5),
        ),
        256,
    ),
    "ckplus_table": Target(ckplus_table, (b"", b"\1" + b"7," + b"7 " * 2304 + b",PrivateTest\n"), 8192),
    "class_names": Target(
        class_names, (b"0: angry\n1: happy\n", b"\xef\xbb\xbfkalm: neutral", b"[a, {b: &x 1}, *x]"), 256
    ),
    "class_folders": Target(class_folders, (b"", b"\1\2\0\6\0\0\2\0\7\0\0\0", b"\1\2\0\6\0\0\3\2\7\17\0\0\1"), 256),
    "labels": Target(
        labels,
        (
            b"",
            b"\0start,end,expression\n0,1,happy\n",
            b"\1- {start: 0, end: 1, expression: sad}\n",
            # As spreadsheets write them: with times of day, semicolons, a declared separator and empty rows.
            b"\0\xef\xbb\xbfsep=;\r\nStart;End;Expression;\r\n00:05;00:07,5;happy;\r\n;;;\r\n",
            b"\0start\tend\texpression\n0:00:01\t0:00:02\tsad\n",
        ),
    ),
    "bag": Target(bag, _bags(), 32768),
    "container": Target(container, videos(), 2048),
    "picture": Target(picture, pictures(), 4096),
    "given_name": Target(given_name, (b"live", b"user=me&pwd=secret@10", b"img10.png"), 128),
    "calibration": Target(calibration, (_CALIBRATION, b"!\1" + b"5", b"!\4[1, {a: &x 2}, *x]"), 1024),
}


def check(name: str, data: bytes, folder: Path) -> object:
    """Run a target twice on the same bytes; returns its answer, raises where a finding is."""
    first, second = (TARGETS[name].run(data, folder) for _ in range(2))
    promise(first == second, f"{name}: two answers to the same bytes, {first} and {second}")
    return first
