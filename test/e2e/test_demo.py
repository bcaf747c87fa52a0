"""The demo from end to end: three processes over DDS, one closing line, nothing left behind."""

import contextlib
import os
import re
import subprocess
from pathlib import Path

import cv2
import pytest
from nodes.ros import wait_for
from pictures import smiling, two_faces

ROOT = Path(__file__).resolve().parents[2]
CLOSING = re.compile(r"demo: (\d+) frames, (\d+) faces(?:, latency p50 (\S+) ms p95 (\S+) ms)?")


def demo(source, out=""):
    """Run the demo in a session of its own; returns its result and whether all its processes have ended."""
    environment = {**os.environ, "SOURCE": str(source), "OUT": str(out)}
    command = [str(ROOT / "tools/demo.sh")]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, start_new_session=True, **pipes) as process:
        stdout, stderr = process.communicate(timeout=90)
    return process.returncode, stdout.splitlines(), stderr, wait_for(lambda: not _alive(process.pid), 3)


def _alive(group):
    """Whether a process of the group still runs; one that has ended and only waits for its parent does not count."""
    states = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of_group = path.read_text().rpartition(")")[2].split()[:3]
            states += [state] if int(of_group) == group else []
    return any(state != "Z" for state in states)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "pictures"
    path.mkdir()
    for index, picture in enumerate((smiling(), two_faces(), smiling(), two_faces())):
        cv2.imwrite(str(path / f"{index}.png"), picture)
    return path


def test_the_demo_names_the_expressions_of_a_folder_and_ends_by_itself(folder, tmp_path):
    code, lines, stderr, ended = demo(folder, tmp_path / "out")
    assert code == 0 and ended, stderr
    closing = CLOSING.fullmatch(lines[-1])
    assert closing, lines
    frames, faces = int(closing[1]), int(closing[2])
    assert 2 <= frames <= 4 and frames <= faces <= 2 * frames
    assert 0 < float(closing[3]) <= float(closing[4])
    assert any("happy" in line for line in lines[:-1])
    assert "Traceback" not in stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["annotated.png"]


def test_the_demo_of_a_source_that_is_none_fails_with_its_reason(tmp_path):
    code, lines, stderr, ended = demo(tmp_path / "nothing.avi")
    assert code == 1 and ended
    assert "source must be a device, a file, a folder or a URL" in stderr
    assert CLOSING.fullmatch(lines[-1])
