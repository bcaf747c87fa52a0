"""Faults of camera_node's source: a stream on 127.0.0.1 that dies, hangs and comes back."""

from __future__ import annotations

import contextlib
import http.server
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2

from reliability.process import ros, wait_for
from reliability.report import Check, at_most, holds
from reliability.rows.common import ANSWER_LIMIT, healthy, honest
from reliability.stage import Stage, clip

_CALIBRATION = """
image_width: 640
image_height: 480
distortion_model: plumb_bob
distortion_coefficients: {data: [0, 0, 0, 0, 0]}
camera_matrix: {data: [500, 0, 320, 0, 500, 240, 0, 0, 1]}
rectification_matrix: {data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
projection_matrix: {data: [500, 0, 320, 0, 0, 500, 240, 0, 0, 0, 1, 0]}
"""


class _Stream(http.server.BaseHTTPRequestHandler):
    """Motion JPEG, until the server is told to stop, or to hang: then the connection stays and nothing comes."""

    server: _Server

    def do_GET(self) -> None:
        """Answer with the clip without an end."""
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=part")
        self.end_headers()
        number = 0
        with contextlib.suppress(OSError):
            while not self.server.stopped.wait(1 / 30):
                if self.server.hangs.is_set():
                    continue
                jpeg = self.server.jpegs[number % len(self.server.jpegs)]
                head = b"--part\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
                self.wfile.write(head + jpeg + b"\r\n")
                number += 1

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Stream)
        self.stopped, self.hangs = threading.Event(), threading.Event()
        self.jpegs = [cv2.imencode(".jpg", picture)[1].tobytes() for picture in clip()]


@contextlib.contextmanager
def _streaming(port: int = 0) -> Iterator[_Server]:
    with _Server(port) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.stopped.set()
            server.shutdown()


def unplugged(stage: Stage, short: bool = False, hangs: bool = False) -> list[Check]:
    """The source of camera_node ends, or goes silent with the connection open (`hangs`), and comes back."""
    stage.witness()
    away = 3.0 if short else 10.0
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(contextlib.ExitStack())
        server = first.enter_context(_streaming())
        port = server.server_address[1]
        source = f"http://127.0.0.1:{port}/stream.mjpg"
        calibration = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "camera.yaml"
        calibration.write_text(_CALIBRATION, encoding="utf-8")
        camera = stack.enter_context(ros("camera_node", source=source, calibration=calibration))
        started = wait_for(lambda: len(stage.answers) > 30, 60)
        memory, camera_memory = stage.node.memory, camera.memory
        gone = time.monotonic()
        if hangs:
            server.hangs.set()
        else:
            first.close()
        time.sleep(away)
        during = len(stage.since(gone + 1.0))
        before = len(stage.witnessed)
        if hangs:
            server.hangs.clear()
        else:
            stack.enter_context(_streaming(port))
        back = time.monotonic()
        wait_for(lambda: len(stage.since(back)) > 30, 30)
        after = stage.since(back)
        blind = after[0].when - back if after else float("inf")
        now = time.time() - time.monotonic()
        age = after[0].when + now - after[0].stamp[0] - after[0].stamp[1] * 1e-9 if after else float("inf")
        images = len(stage.witnessed) - before
        growth = camera.memory - camera_memory
        alive, said = camera.alive, camera.output.count("vanished")
    # The first images may come before this process is known to the camera.
    known = [a for a in stage.answers if a.stamp >= min(stage.witnessed, default=(0, 0))]
    # camera_node reads a silent URL for 5 s before it gives it up, and tries every second.
    return [
        holds("answers before the fault", started),
        holds("answers while the source is away: 0", during == 0, str(during)),
        at_most("from the source's return to the first answer", blind, 7.0 if hangs else 3.0),
        at_most("first image after the return answered, from its stamp, within", age, ANSWER_LIMIT),
        holds("camera_node alive; says 'vanished' once", alive and said == 1, f"{said}, {images} images after"),
        holds("camera_node grows by at most 20 MB", growth <= 20, f"{growth:+.1f} MB"),
        *honest(known, stage.witnessed),
        *healthy(stage, memory),
    ]
