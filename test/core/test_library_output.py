"""Lines that libraries print by themselves do not reach the error output; everybody else's do."""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from fer_ros.core.library_output import lines_taken_out, quiet_tensorflow


def test_lines_are_taken_out_and_others_passed_on(capfd):
    with lines_taken_out(lambda line: line.startswith(b"noise")) as lines:
        os.write(2, b"noise 1\nnews\nnoise 2\n")
    assert lines == ["noise 1", "noise 2"]
    assert capfd.readouterr().err == "news\n"


def test_what_was_held_back_is_passed_on_when_the_block_fails(capfd):
    with pytest.raises(ValueError), lines_taken_out(lambda line: False):
        os.write(2, b"the reason\n")
        raise ValueError
    assert capfd.readouterr().err == "the reason\n"


def test_tensorflow_does_not_complain_about_a_gpu_that_is_not_there(capfd, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    monkeypatch.setattr("fer_ros.core.library_output.has_gpu_device", lambda: False)
    line = b"2026-11-26 10:00:00.123456: E external/local_xla/xla/stream_executor/cuda/cuda_platform.cc:51] no\n"
    with quiet_tensorflow():
        os.write(2, b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n")
        os.write(
            2, line + b"E0000 00:00:1.2 3 cuda_dnn.cc:1] Unable to register cuDNN\nE0000 00:00:1.2 3 other.cc] bad\n"
        )
    assert capfd.readouterr().err == "E0000 00:00:1.2 3 other.cc] bad\n"
    monkeypatch.setattr("fer_ros.core.library_output.has_gpu_device", lambda: True)
    with quiet_tensorflow():
        os.write(2, line)
    assert capfd.readouterr().err == line.decode()


@pytest.mark.parametrize("backend", ["litert", "tensorflow"])
def test_a_backend_starts_and_answers_without_a_word(backend):
    if find_spec(backend.replace("litert", "ai_edge_litert")) is None:
        pytest.skip(f"{backend} is not installed")
    code = (
        "import numpy as np; from fer_ros.core import load_pipeline;"
        f"load_pipeline('default', backend={backend!r}).look(np.zeros((480, 640, 3), np.uint8))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and done.stderr == "" and done.stdout == "", done.stderr
