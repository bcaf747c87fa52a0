"""fer_node in a process of its own, and in this process the camera that it sees and the one who reads its answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Any

import numpy as np
from builtin_interfaces.msg import Time
from fer_ros.msg import FaceEmotionArray
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CameraInfo, Image
from std_msgs.msg import Header

from benchmarks.clips import moving_faces
from fer_ros.client.quality_of_service import IMAGES, RESULTS
from fer_ros.nodes.conversions import to_image
from reliability.peer import Peer
from reliability.process import Process, ros, wait_for

RATE = 30.0
TOPIC = "camera/image_raw"
# A witness of the images must not miss any.
_WITNESS = QoSProfile(history=HistoryPolicy.KEEP_LAST, depth=100, reliability=ReliabilityPolicy.BEST_EFFORT)
_SHOTS = 30

Stamp = tuple[int, int]


@dataclass(frozen=True)
class Sent:
    """An image that was published. when: monotonic seconds, just before."""

    when: float
    size: tuple[int, int]


@dataclass(frozen=True)
class Answer:
    """An answer that was received. when: monotonic seconds.  ids: of its faces."""

    stamp: Stamp
    when: float
    camera: str
    size: tuple[int, int]
    ids: frozenset[str]


@lru_cache(maxsize=4)
def clip(size: tuple[int, int] = (640, 480), faces: int = 1) -> tuple[np.ndarray, ...]:
    """Return BGR pictures of moving faces, forwards and backwards so that they can be shown round and round."""
    shots = [shot.picture for shot in moving_faces(faces, _SHOTS, size)]
    return tuple(shots + shots[::-1])


class Camera:
    """Publishes images and remembers the stamp of each: an answer with any other stamp was invented."""

    def __init__(self, peer: Peer, topic: str = TOPIC) -> None:
        """Show one moving face on a topic."""
        self.sent: dict[Stamp, Sent] = {}
        self.images = [to_image(picture, Header(), "bgr8") for picture in clip()]
        self._clock = peer.node.get_clock()
        self._publisher = peer.node.create_publisher(Image, topic, IMAGES)

    def matched(self) -> int:
        """Return how many subscribers it has."""
        return self._publisher.get_subscription_count()

    def publish(self, image: Image | None = None, stamp: float | None = None) -> Stamp:
        """Publish an image, or the next of the clip, with a stamp in seconds or that of now."""
        image = self.images[len(self.sent) % len(self.images)] if image is None else image
        if stamp is None:
            image.header.stamp = self._clock.now().to_msg()
        else:
            image.header.stamp = Time(sec=int(stamp), nanosec=round(stamp % 1 * 1e9) % 10**9)
        key = (image.header.stamp.sec, image.header.stamp.nanosec)
        self.sent[key] = Sent(time.monotonic(), (image.width, image.height))
        self._publisher.publish(image)
        return key

    def show(self, seconds: float, rate: float = RATE) -> None:
        """Publish the clip for so long, at a rate in images a second."""
        due = end = time.monotonic()
        end += seconds
        while time.monotonic() < end:
            self.publish()
            due = max(due + 1 / rate, time.monotonic() - 1 / rate)
            time.sleep(max(0.0, due - time.monotonic()))

    @contextmanager
    def running(self, rate: float = RATE) -> Iterator[None]:
        """Publish the clip by a thread for as long as the body runs."""
        stopped = threading.Event()

        def run() -> None:
            while not stopped.is_set():
                self.show(1 / rate, rate)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()


class Stage:
    """fer_node, a camera, and everything that was answered. A context manager."""

    def __init__(self, node: Process | None = None, **parameters: object) -> None:
        """Start fer_node with these parameters, unless a process is given that starts it."""
        self.node = ros("fer_node", **parameters) if node is None else node
        self.peer = Peer("reliability")
        self.answers: list[Answer] = []
        self.witnessed: set[Stamp] = set()
        self.peer.node.create_subscription(FaceEmotionArray, "faces/emotions", self._on_answer, RESULTS)
        self.camera = Camera(self.peer)

    def _on_answer(self, message: FaceEmotionArray) -> None:
        self.answers.append(
            Answer(
                (message.header.stamp.sec, message.header.stamp.nanosec),
                time.monotonic(),
                message.camera,
                (message.image_width, message.image_height),
                frozenset(face.track_id for face in message.faces),
            )
        )

    def witness(self) -> None:
        """Listen to the CameraInfo beside camera_node's images: it has their headers, and is too small to be lost."""

        def note(info: CameraInfo) -> None:
            self.witnessed.add((info.header.stamp.sec, info.header.stamp.nanosec))

        self.peer.node.create_subscription(CameraInfo, "camera/camera_info", note, _WITNESS)

    def warm_up(self, answers: int = 30) -> None:
        """Show images until so many are answered. Raises TimeoutError with the node's output if they are not."""
        goal = len(self.answers) + answers
        with self.camera.running():
            if not wait_for(lambda: len(self.answers) >= goal, 60):
                raise TimeoutError(f"expected {answers} answers in 60 s, got {len(self.answers)}:\n{self.node.output}")

    def since(self, when: float, camera: str | None = None) -> list[Answer]:
        """Return the answers received after a time, of all cameras or of one."""
        return [a for a in list(self.answers) if a.when >= when and camera in (None, a.camera)]

    def latency(self) -> float:
        """Return the median time from an image's publication to its answer so far, seconds."""
        sent = self.camera.sent
        ages = [a.when - sent[a.stamp].when for a in list(self.answers) if a.stamp in sent]
        return float(np.median(ages)) if ages else float("nan")

    def recovery(self, seconds: float = 10.0) -> float:
        """Show images again; returns the seconds from the first one's publication to an answer to a new image.

        Infinity if there is no such answer in so many seconds.
        """
        first = self.camera.publish()
        began = self.camera.sent[first].when
        with self.camera.running():
            wait_for(lambda: self._answered_after(began), seconds)
        answer = self._answered_after(began)
        return answer.when - began if answer else float("inf")

    def _answered_after(self, began: float) -> Answer | None:
        for answer in self.since(began):
            sent = self.camera.sent.get(answer.stamp)
            if sent is not None and sent.when >= began:
                return answer
        return None

    def close(self) -> None:
        """End the node and the camera."""
        self.node.stop()
        self.peer.close()

    def __enter__(self) -> Stage:
        """Nothing more to do: it runs from the start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None):
        """End it."""
        self.close()


def longest_gap(answers: list[Answer], began: float, ended: float) -> float:
    """Return the longest time without an answer between two times, seconds."""
    times = [began, *(a.when for a in answers if began <= a.when <= ended), ended]
    return float(max(np.diff(times)))


def faces_of(answers: list[Answer]) -> set[str]:
    """Return all ids in the answers."""
    return {name for answer in answers for name in answer.ids}


def as_dict(value: Any) -> dict[str, Any]:
    """Return a dataclass's fields, for JSON."""
    return dict(vars(value))
