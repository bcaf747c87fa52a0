"""viewer_node: the faces, their expressions, rate and latency, live in a terminal."""

from __future__ import annotations

import sys
import threading
from collections import deque

import cv2
import numpy as np
from rclpy.node import Node
from rich.console import Console
from rich.live import Live
from rich.table import Table
from sensor_msgs.msg import Image

from fer_ros.client.quality_of_service import RESULTS, subscription_events
from fer_ros.core.images import raw_to_frame
from fer_ros.core.paths import user_path
from fer_ros.core.types import Reasons
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from fer_ros.nodes.conversions import seconds
from fer_ros.nodes.declaration import declare
from fer_ros.nodes.parameters import VIEWER_NODE
from fer_ros.nodes.runner import run

_STATES = {FaceEmotion.RAW: "raw", FaceEmotion.STABLE: "stable", FaceEmotion.UNCERTAIN: "uncertain"}
_ALL_REASONS = sum(reason.value for reason in Reasons)
_REPEAT_AFTER = 1.0  # seconds after which an unchanged line is printed again, for its rate and latency


class ViewerNode(Node):
    """Shows what fer_node publishes; without a terminal, a line when the expressions change and every second."""

    def __init__(self) -> None:
        """Subscribe to the results, and to annotated images only if one is to be written."""
        super().__init__("viewer_node")
        self.exit_code = 0
        self.ended = threading.Event()
        values = declare(self, VIEWER_NODE)
        self._title = values["title"]
        self._folder = user_path(values["save_to"]) if values["save_to"] else None
        if self._folder is not None:
            # Now and not at the end: a folder that cannot be made should not cost the whole clip.
            self._folder.mkdir(parents=True, exist_ok=True)
        self._delays: list[float] = []
        self._recent: deque[float] = deque(maxlen=30)
        self._faces = 0
        self._shown, self._due = "", 0.0
        self._picture: tuple[int, Image] | None = None
        self._counts: dict[tuple[int, int], int] = {}
        self._console = Console()
        self._live = Live(console=self._console, auto_refresh=False) if self._console.is_terminal else None
        if self._live is not None:
            self._live.start()
        topic = values["faces_topic"]
        events = subscription_events(self, topic)
        self.create_subscription(FaceEmotionArray, topic, self.on_faces, RESULTS, event_callbacks=events)
        if self._folder is not None:
            self.create_subscription(Image, values["annotated_topic"], self.on_picture, RESULTS)

    def on_faces(self, message: FaceEmotionArray) -> None:
        """Show one image's faces. Latency: from the image's stamp until now."""
        now = self.get_clock().now().nanoseconds * 1e-9
        self._delays.append(now - seconds(message.header.stamp))
        self._recent.append(now)
        self._faces += len(message.faces)
        if self._folder is not None:
            self._counts[(message.header.stamp.sec, message.header.stamp.nanosec)] = len(message.faces)
        if self._live is not None:
            self._live.update(self._table(message), refresh=True)
            return
        shown = ", ".join(f"{face.track_id} {_label(face)}".strip() for face in sorted(message.faces, key=_id))
        if shown != self._shown or now >= self._due:
            self._shown, self._due = shown, now + _REPEAT_AFTER
            print(f"{message.camera}: {shown or 'nobody'} ({self._rate():.1f} Hz, {1e3 * self._delays[-1]:.1f} ms)")
            sys.stdout.flush()

    def on_picture(self, image: Image) -> None:
        """Keep the picture with the most faces, the latest of them."""
        count = self._counts.get((image.header.stamp.sec, image.header.stamp.nanosec), 0)
        if self._picture is None or count >= self._picture[0]:
            self._picture = (count, image)

    def close(self) -> None:
        """End the display with one line, and write the picture if asked to."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self._folder is not None and self._picture is not None:
            path = self._folder / "annotated.png"
            rgb = raw_to_frame(self._picture[1], 0.0).rgb
            cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
            print(f"{self._title}: wrote {path}")
        latency = ""
        if self._delays:
            p50, p95 = np.percentile(self._delays, [50, 95]) * 1e3
            latency = f", latency p50 {p50:.1f} ms p95 {p95:.1f} ms"
        print(f"{self._title}: {len(self._delays)} frames, {self._faces} faces{latency}")
        sys.stdout.flush()

    def _rate(self) -> float:
        span = self._recent[-1] - self._recent[0]
        return (len(self._recent) - 1) / span if span > 0 else 0.0

    def _table(self, message: FaceEmotionArray) -> Table:
        figures = f"{self._rate():.1f} Hz  {1e3 * self._delays[-1]:.1f} ms"
        table = Table(title=f"{message.camera}  {figures}  {message.model_bundle}")
        for column in ("face", "expression", "confidence", "state", "place"):
            table.add_column(column)
        for face in sorted(message.faces, key=_id):
            smoothed = bool(face.smoothed_probabilities)
            confidence = face.smoothed_confidence if smoothed else face.raw_confidence
            center = face.bbox.center.position
            bar = "█" * round(10 * confidence)
            table.add_row(
                face.track_id or "-",
                _label(face),
                f"{confidence:4.0%} {bar}",
                _state(face),
                f"({center.x:.0f}, {center.y:.0f}) {face.bbox.size_x:.0f} px",
            )
        return table


def _id(face: FaceEmotion) -> str:
    return str(face.track_id)


def _state(face: FaceEmotion) -> str:
    """The state, with the reasons against the face."""
    return ": ".join(filter(None, (_STATES.get(face.state, "?"), str(Reasons(face.reasons & _ALL_REASONS)))))


def _label(face: FaceEmotion) -> str:
    """The smoothed label where there is smoothing, else the raw one."""
    return str((face.smoothed_label or "uncertain") if face.smoothed_probabilities else face.raw_label)


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    return run("viewer_node", ViewerNode, arguments)
