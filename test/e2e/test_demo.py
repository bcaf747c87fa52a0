"""The demo from end to end: its processes over DDS, one closing line, nothing left behind whichever way it ends."""

import contextlib
import os
import re
import signal
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from nodes.ros import wait_for
from pictures import serious, smiling, two_faces

ROOT = Path(__file__).resolve().parents[2]
CLOSING = re.compile(r"demo: (\d+) (?:frame|picture)s?, (\d+) faces?(?:, latency p50 (\S+) ms p95 (\S+) ms)?")
pytestmark = pytest.mark.timeout(240)


class Demo:
    """`make demo` with variables; a mark in its environment finds every process of it, whoever its parent is."""

    def __init__(self, tmp_path, **variables):
        self._mark = f"DEMO_OF_THE_TEST={tmp_path}".encode()
        words = [f"{name}={value}" for name, value in variables.items()]
        self._log = tmp_path / "output"
        # A domain that the demo must not use: that of the tests' own nodes.
        # The tests may themselves be run by make, and a make inside another one says which folder it enters.
        own = {name: value for name, value in os.environ.items() if name not in ("MAKELEVEL", "MAKEFLAGS", "MFLAGS")}
        environment = {**own, "DEMO_OF_THE_TEST": str(tmp_path)}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                ["make", "demo", *words],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def lines(self):
        return self._log.read_text(errors="replace").splitlines()

    def says(self, text):
        return any(text in line for line in self.lines)

    def processes(self):
        """Return the ids of its processes that still run."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                state = (path / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z" and self._mark in (path / "environ").read_bytes().split(b"\0"):
                    found.append(int(path.name))
        return found

    def wait(self):
        """Wait for its end; returns the exit code, and whether all its processes have ended."""
        code = self.process.wait(120)
        return code, wait_for(lambda: not self.processes(), 15)

    def kill(self):
        """Leave nothing behind, where the test has failed."""
        for process in self.processes():
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def demo(tmp_path):
    started = []

    def start(**variables):
        started.append(Demo(tmp_path, **variables))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def test_a_folder_is_answered_picture_by_picture_under_its_names(demo, tmp_path):
    folder = tmp_path / "some pictures"
    folder.mkdir()
    cv2.imwrite(str(folder / "one's smile.png"), smiling())
    cv2.imwrite(str(folder / "two.jpg"), two_faces())
    # Of 31 megabytes: it would not fit through shared memory as it is.
    cv2.imwrite(str(folder / "large.jpg"), cv2.resize(serious(), (3000, 3516)))
    run = demo(SOURCE=folder, OUT=tmp_path / "out", PROFILE="robot")
    code, ended = run.wait()
    assert code == 0 and ended, run.lines
    closing = CLOSING.fullmatch(run.lines[-1])
    assert closing, run.lines
    assert closing[1] == "3" and closing[2] == "4"
    assert run.says("one's smile.png: happy ") and run.says("large.jpg: neutral ") and run.says("two.jpg: ")
    assert run.says("some pictures, 3 pictures; profile robot; ROS domain ")
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["large.annotated.png", "one's smile.annotated.png", "two.annotated.png"]
    assert not run.says("Traceback") and not run.says("XNNPACK")


def test_a_single_picture_is_a_folder_of_one_and_without_a_face_it_says_what_to_try(demo, tmp_path):
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((480, 640, 3), 90, np.uint8))
    run = demo(SOURCE=tmp_path / "wall.png")
    code, ended = run.wait()
    assert code == 0 and ended, run.lines
    assert run.says("wall.png: nobody ")
    assert run.says("demo: no face was found: is the face turned to the camera") and run.says("PROFILE=robot")
    assert re.fullmatch(r"demo: 1 picture, 0 faces, latency [0-9.]+ ms", run.lines[-1])


def test_a_folder_without_pictures_fails_with_its_reason(demo, tmp_path):
    (tmp_path / "empty").mkdir()
    run = demo(SOURCE=tmp_path / "empty")
    code, ended = run.wait()
    assert code == 2 and ended
    assert run.says("empty: expected images in this folder, got an empty one")


@pytest.mark.parametrize(
    "number, whom, code",
    [
        (signal.SIGINT, "all", None),  # Ctrl-C reaches the whole foreground group of a terminal
        (signal.SIGTERM, "make", None),
        (signal.SIGKILL, "make", -signal.SIGKILL),
    ],
)
def test_no_process_stays_whichever_way_the_page_is_ended(demo, tmp_path, number, whom, code):
    run = demo(PAGE=1)
    assert wait_for(lambda: run.says("http://127.0.0.1:") and len(run.processes()) >= 6, 100), run.lines
    (os.killpg if whom == "all" else os.kill)(run.process.pid, number)
    got, ended = run.wait()
    assert ended, run.processes()
    assert code is None or got == code
    assert not run.says("Traceback")


def test_nodes_end_when_the_demo_itself_is_killed(demo, tmp_path):
    run = demo(PAGE=1)
    assert wait_for(lambda: run.says("http://127.0.0.1:") and len(run.processes()) >= 6, 100), run.lines
    for process in run.processes():
        if b"tools/demo.py" in Path(f"/proc/{process}/cmdline").read_bytes():
            os.kill(process, signal.SIGKILL)
    _, ended = run.wait()
    assert ended, run.processes()
