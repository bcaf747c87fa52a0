"""On a machine without a GPU nothing is printed about one; everything else that is printed stays."""

import os
import re
import subprocess
import sys

import pytest

from fer_ros.core.library_output import has_gpu_device, quiet_tensorflow

PROBE = (
    "E0000 00:00:1795719679.768821   15029 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error\n"
    "2026-11-26 10:00:00.000000: E external/local_xla/xla/cuda/cuda_dnn.cc:9] Unable to register cuDNN\n"
)
CHATTER = (
    "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
    "I0000 00:00:1795719669.076565   15029 port.cc:153] oneDNN custom operations are on.\n"
    "To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow.\n"
)


@pytest.mark.parametrize(("gpu", "left"), [(False, "mine\n"), (True, PROBE + "mine\n")])
def test_only_what_starting_says_is_left_out(gpu, left, monkeypatch, capfd):
    monkeypatch.setattr("fer_ros.core.library_output.has_gpu_device", lambda: gpu)
    with quiet_tensorflow():
        os.write(2, (CHATTER + PROBE + "mine\n").encode())
    assert capfd.readouterr().err == left


def test_what_was_printed_before_an_error_is_not_lost(capfd):
    with pytest.raises(ModuleNotFoundError), quiet_tensorflow():
        os.write(2, b"why it failed\n")
        raise ModuleNotFoundError("tensorflow")
    assert capfd.readouterr().err == "why it failed\n"


@pytest.mark.skipif(has_gpu_device(), reason="a GPU may have something to say")
def test_tensorflow_starts_without_a_word_on_a_cpu():
    code = "from fer_training.tensorflow_start import import_tensorflow; import_tensorflow()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.skipif(has_gpu_device(), reason="a GPU may have something to say")
def test_an_export_prints_nothing_of_tensorflow_on_a_cpu(stage1_run, fer2013, tmp_path):
    words = ["export", "--run", stage1_run, "--path", fer2013, "--precisions", "float32", "--output", tmp_path / "b"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    command = [sys.executable, "-m", "fer_training.cli", *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    # What the data set is short of is told; of TensorFlow there is nothing.
    lines = [line for line in done.stderr.splitlines() if not line.startswith("note: FER-2013")]
    assert [line for line in lines if re.search("oneDNN|absl|CPU|TensorFlow|cuda|INFO:", line)] == []
    assert "float32" in done.stdout
