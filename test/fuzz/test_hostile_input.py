"""Input that was made to harm: each case is one that a fuzzer found, or that it cannot make by chance."""

import hashlib
import json
import os
import subprocess
import sys
import zlib
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from fer_ros.core.classification.bundle import MAX_MANIFEST, BundleError, load_bundle
from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.images import ImageError, compressed_to_frame
from fer_ros.nodes.calibration import read_calibration
from fer_training.data.dataset import DatasetError
from fer_training.data.fer2013 import read_fer2013
from fer_training.data.ferplus import VOTED, with_ferplus_votes

GRAY = np.full((32, 32), 90, np.uint8)


def png_chunk(kind, content, length=None):
    size = len(content) if length is None else length
    return size.to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def claimed_giants():
    png = bytearray(cv2.imencode(".png", GRAY)[1].tobytes())
    png[16:24] = (60000).to_bytes(4, "big") * 2
    jpeg = bytearray(cv2.imencode(".jpg", GRAY)[1].tobytes())
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = (60000).to_bytes(2, "big") * 2
    small = cv2.imencode(".png", GRAY)[1].tobytes()
    chunk = small[:33] + png_chunk(b"tEXt", b"a", length=2**31 - 16) + small[33:]
    return {"png": bytes(png), "jpeg": bytes(jpeg), "chunk": chunk}


@pytest.mark.parametrize("name", ["png", "jpeg", "chunk"])
def test_a_claimed_giant_takes_no_memory(name):
    """Measured in a process of its own, where nothing else has taken memory before."""
    program = (
        "import re, sys; from pathlib import Path; from types import SimpleNamespace\n"
        "from fer_ros.core.images import ImageError, compressed_to_frame\n"
        "data = sys.stdin.buffer.read()\n"
        # Not getrusage, which counts what the parent process had.
        "peak = lambda: int(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "before = peak()\n"
        "try: compressed_to_frame(SimpleNamespace(format='', data=data), 0.0)\n"
        "except ImageError as error: print(error.kind, peak() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=claimed_giants()[name], capture_output=True, check=True
    )
    kind, kibibytes = done.stdout.decode().rsplit(" ", 1)
    assert kind == ("truncated" if name == "chunk" else "size") and int(kibibytes) < 8192


def test_a_png_with_its_chunks_whole_is_read():
    small = cv2.imencode(".png", GRAY)[1].tobytes()
    data = small[:33] + png_chunk(b"tEXt", b"Comment\0fine") + small[33:]
    assert compressed_to_frame(SimpleNamespace(format="", data=data), 0.0).gray.shape == (32, 32)
    with pytest.raises(ImageError, match="PNG must hold all its chunks"):
        compressed_to_frame(SimpleNamespace(format="", data=small[:-14]), 0.0)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model").write_bytes(b"model")
    write(tmp_path)
    load_bundle(tmp_path)
    return tmp_path


def write(folder, **changes):
    entry = {"file": "model", "sha256": hashlib.sha256(b"model").hexdigest()}
    values = {
        "format": 1, "name": "n", "labels": EMOTIONS[:7], "preprocess": {}, "temperature": 1.0,
        "models": {"float16": entry}, "default_precision": "float16", **changes,
    }  # fmt: skip
    (folder / "bundle.json").write_text(json.dumps(values))


@pytest.mark.parametrize(
    "file", ["../model", "/etc/hostname", "a/b", "..", ".", "", "a\0b", "\ud800", "a\nb", 7, None, ["model"]]
)
def test_a_model_outside_the_bundle_or_without_a_plain_name_is_refused(folder, file):
    write(folder, models={"float16": {"file": file, "sha256": "0"}})
    with pytest.raises(BundleError):
        load_bundle(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"temperature": 10**400}, {"temperature": float("nan")}, {"temperature": float("inf")}, {"temperature": "1"},
        {"preprocess": {"low": float("-inf")}}, {"preprocess": {"low": float("nan")}},
        {"preprocess": {"high": 10**400}},
        {"preprocess": {"size": 48.5}}, {"preprocess": {"size": 2**40}}, {"preprocess": {"box_scale": float("nan")}},
        {"labels": 7}, {"labels": [["angry"], "sad"]}, {"models": []}, {"models": {"float16": None}}, {"training": 1},
        {"format": "1"}, {"preprocess": {"command": "x"}},
    ],
)  # fmt: skip
def test_values_that_make_no_sense_are_refused(folder, changes):
    write(folder, **changes)
    with pytest.raises(BundleError):
        load_bundle(folder)


@pytest.mark.parametrize("text", [b"[" * 10**5, b'{"a":' * 10**5, b"\xff\xfe", b"", b"1" * 10**5, b"NaN", b"\0" * 99])
def test_a_manifest_that_is_none_is_refused(folder, text):
    (folder / "bundle.json").write_bytes(text)
    with pytest.raises(BundleError):
        load_bundle(folder)


def test_a_huge_manifest_is_refused_before_it_is_parsed(folder):
    (folder / "bundle.json").write_bytes(b" " * MAX_MANIFEST + (folder / "bundle.json").read_bytes())
    with pytest.raises(BundleError, match=f"at most {MAX_MANIFEST} bytes"):
        load_bundle(folder)


@pytest.mark.parametrize("name", ["model", "bundle.json"])
def test_a_device_or_pipe_in_place_of_a_file_is_refused_and_not_waited_for(folder, name):
    for make in (lambda path: path.symlink_to("/dev/zero"), os.mkfifo, os.mkdir):
        (folder / name).unlink()
        make(folder / name)
        with pytest.raises(BundleError, match="no regular file"):
            load_bundle(folder)
        if (folder / name).is_dir():
            break


@pytest.mark.parametrize("score", [float("nan"), float("inf"), -float("inf")])
def test_a_detector_score_must_be_a_number(score):
    with pytest.raises(ValueError, match="min_score must be -1000 to 1000"):
        DetectorConfig(min_score=score)


@pytest.mark.parametrize(
    "rows", [b"\xff\xfe", b'0,"7 7' + b"7" * 99, b"0,7 7,Training\0\r1", b"0", b"9,1,Training", b"0," + b"1e9 " * 2304]
)
def test_a_broken_table_of_pictures_is_a_dataset_error(tmp_path, rows):
    (tmp_path / "fer2013.csv").write_bytes(b"emotion,pixels,Usage\n" + rows)
    with pytest.raises(DatasetError):
        read_fer2013(tmp_path / "fer2013.csv")


@pytest.mark.parametrize("row", [b"\xff", b"row", b"nan,0,0,0,0,0,0,0", b"inf,1,1,1,1,1,1,1", b"-1,1,1,1,1,1,1,1"])
def test_broken_votes_are_a_dataset_error(tmp_path, row):
    path = tmp_path / "votes.csv"
    path.write_bytes(f"{','.join(VOTED)}\n".encode() + row + b"\n")
    with pytest.raises(DatasetError):
        with_ferplus_votes(SimpleNamespace(samples=(), name="FER-2013"), path)


SHARED = "a0: &a0 xxxxxxxxxx\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 10}]\n" for i in range(1, 9))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 600,
        f"{SHARED}image_width: 1\nimage_height: 1\ndistortion_model: *a8\n",
        "image_width: .inf\n",
        "!!python/object/apply:os.system ['true']",
    ],
)
def test_a_hostile_calibration_is_refused(tmp_path, text):
    (tmp_path / "camera.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"camera\.yaml: expected a calibration"):
        read_calibration(tmp_path / "camera.yaml")
