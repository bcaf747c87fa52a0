"""Real nodes in processes of their own, and a node of the test that talks to them over DDS."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.executors import SingleThreadedExecutor

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


class Process:
    """One of the package's executables, started with ROS parameters; its output is collected."""

    def __init__(self, executable: str, *arguments: str, **parameters: object) -> None:
        """Start it."""
        ros = ["--ros-args"] if parameters or arguments else []
        for name, value in parameters.items():
            ros += ["-p", f"{name.replace('__', '.')}:={value}"]
        command = [sys.executable, str(SCRIPTS / executable), *ros, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def output(self) -> str:
        """Everything it has said so far."""
        return "\n".join(self.lines)

    def says(self, text: str, deadline: float = 20.0) -> bool:
        """Wait until the text is in its output."""
        return wait_for(lambda: text in self.output, deadline)

    def stop(self, number: int = signal.SIGINT) -> tuple[int, float]:
        """Send a signal and wait for the end; returns the exit code and the seconds that it took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            code = self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._reader.join(timeout=2)
        return code, time.monotonic() - began


class Peer:
    """A node of the test, spun by a thread."""

    def __init__(self) -> None:
        """Start it."""
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node("test_peer", context=self.context)
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)
        self._thread = threading.Thread(target=self._executor.spin, daemon=True)
        self._thread.start()

    def collect(self, kind: type, topic: str, qos: object = 10) -> list:
        """Subscribe, and return the list that the messages are put into."""
        messages: list = []
        self.node.create_subscription(kind, topic, messages.append, qos)
        return messages

    def call(self, kind: type, name: str, request: object) -> object:
        """Call a service and return its answer."""
        client = self.node.create_client(kind, name)
        try:
            assert client.wait_for_service(20), f"no service {name}"
            future = client.call_async(request)
            assert wait_for(future.done), f"no answer from {name}"
            return future.result()
        finally:
            self.node.destroy_client(client)

    def diagnostics(self) -> list:
        """Subscribe to /diagnostics, and return the list that the statuses are put into."""
        statuses: list = []
        self.node.create_subscription(DiagnosticArray, "/diagnostics", lambda m: statuses.extend(m.status), 10)
        return statuses

    def close(self) -> None:
        """End it."""
        self._executor.shutdown(timeout_sec=2)
        self.node.destroy_node()
        rclpy.try_shutdown(context=self.context)
        self._thread.join(timeout=2)


def wait_for(condition: Callable[[], object], deadline: float = 20.0) -> bool:
    """Poll until the condition holds; returns whether it did before the deadline, in seconds."""
    end = time.monotonic() + deadline
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return bool(condition())


def publish_until(publish: Callable[[], None], condition: Callable[[], object], deadline: float = 20.0) -> bool:
    """Publish thirty times a second until the condition holds."""
    end = time.monotonic() + deadline
    while time.monotonic() < end and not condition():
        publish()
        time.sleep(1 / 30)
    return bool(condition())
