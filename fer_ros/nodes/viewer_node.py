"""viewer_node: the faces, their expressions, rate and latency, live in a terminal."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict, deque

import numpy as np
from rclpy.node import Node
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text
from sensor_msgs.msg import Image

from fer_ros.client.quality_of_service import RESULTS, subscription_events
from fer_ros.core.palette import COLOURS, UNCERTAIN, ink
from fer_ros.core.paths import user_path
from fer_ros.core.types import Reasons
from fer_ros.core.wording import counted
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from fer_ros.nodes.conversions import seconds
from fer_ros.nodes.declaration import declare
from fer_ros.nodes.parameters import VIEWER_NODE
from fer_ros.nodes.runner import run
from fer_ros.nodes.saved_pictures import SavedPictures

_ALL_REASONS = sum(reason.value for reason in Reasons)
_REPEAT_AFTER = 1.0  # seconds after which an unchanged line is printed again, for its rate and latency
_HINT_AFTER = 5.0  # seconds of images without a face after which it is said what to try
_REMEMBERED = 64  # images whose number of faces is known when their annotated picture comes


class ViewerNode(Node):
    """Shows what fer_node publishes; without a terminal, a line when the expressions change and every second."""

    def __init__(self) -> None:
        """Subscribe to the results, and to annotated images only if any are to be written."""
        super().__init__("viewer_node")
        self.exit_code = 0
        self.ended = threading.Event()
        values = declare(self, VIEWER_NODE)
        self._title, self._by_frame_id, self._hint = values["title"], values["show_frame_id"], values["hint"]
        self._expected, self._names = values["expected"], set[str]()
        self._saved: SavedPictures | None = None
        if values["save_to"]:
            self._saved = SavedPictures(user_path(values["save_to"]))
        self._delays: list[float] = []
        self._recent: deque[float] = deque(maxlen=30)
        self._faces = 0
        self._without_since: float | None = None
        self._shown, self._due = "", 0.0
        self._counts: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._console = Console()
        in_place = self._console.is_terminal and values["live"]
        self._live = Live(console=self._console, auto_refresh=False) if in_place else None
        if self._live is not None:
            self._live.start()
        topic = values["faces_topic"]
        events = subscription_events(self, topic)
        self.create_subscription(FaceEmotionArray, topic, self.on_faces, RESULTS, event_callbacks=events)
        if self._saved is not None:
            self.create_subscription(Image, values["annotated_topic"], self.on_picture, RESULTS)

    def on_faces(self, message: FaceEmotionArray) -> None:
        """Show one image's faces. Latency: from the image's stamp until now."""
        if self._expected and self._name(message) in self._names:
            return  # shown again for others that were not answered
        now = self.get_clock().now().nanoseconds * 1e-9
        self._delays.append(now - seconds(message.header.stamp))
        self._recent.append(now)
        self._faces += len(message.faces)
        if self._saved is not None:
            self._counts[_key(message.header)] = len(message.faces)
            if len(self._counts) > _REMEMBERED:
                self._counts.popitem(last=False)
        if self._live is not None:
            self._live.update(self._table(message), refresh=True)
        else:
            self._print(message, now)
        self._consider_hint(message, now)
        self._names.add(self._name(message))
        self._consider_end()

    def _print(self, message: FaceEmotionArray, now: float) -> None:
        name, faces = self._name(message), sorted(message.faces, key=_id)
        shown = f"{name}: {', '.join(f'{face.track_id} {said(face)}' for face in faces)}"
        if shown == self._shown and now < self._due:
            return
        self._shown, self._due = shown, now + _REPEAT_AFTER
        words = ", ".join(f"{face.track_id} {_words(face)}".strip() for face in faces)
        self._say(f"{name}: {words or 'nobody'} ({', '.join(self._figures())})")

    def _consider_hint(self, message: FaceEmotionArray, now: float) -> None:
        """Say what to try once there has been no face for a while."""
        if message.faces:
            self._without_since = None
            return
        if self._without_since is None:
            self._without_since = now
        if self._hint and now - self._without_since >= _HINT_AFTER:
            self._say(f"{self._title}: no face for {_HINT_AFTER:.0f} s: {self._hint}")
            self._hint = ""

    def on_picture(self, image: Image) -> None:
        """Keep the picture with the most faces of each name, the latest of them."""
        if self._saved is not None:
            name = image.header.frame_id if self._by_frame_id else ""
            self._saved.put(name, image, self._counts.get(_key(image.header), 0))
            self._consider_end()

    def _consider_end(self) -> None:
        """End once there was an answer, and a picture where they are kept, for each expected name."""
        saved = self._expected if self._saved is None else self._saved.count
        if self._expected and min(len(self._names), saved) >= self._expected:
            self.ended.set()

    def close(self) -> None:
        """End the display with one line, and write the pictures if asked to."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self._saved is not None:
            self._saved.close()
            for path in self._saved.written[:1]:
                several = len(self._saved.written)
                what = f"{several} pictures to {path.parent}" if several > 1 else str(path)
                print(f"{self._title}: wrote {what}")
        if len(self._names) < self._expected:
            print(f"{self._title}: {len(self._names)} of {self._expected} pictures were answered")
        if self._hint and self._delays and not self._faces:
            print(f"{self._title}: no face was found: {self._hint}")
        latency = f", latency {1e3 * self._delays[0]:.1f} ms" if self._delays else ""
        if len(self._delays) > 1:
            p50, p95 = np.percentile(self._delays, [50, 95]) * 1e3
            latency = f", latency p50 {p50:.1f} ms p95 {p95:.1f} ms"
        images = counted(len(self._delays), "picture" if self._expected else "frame")
        print(f"{self._title}: {images}, {counted(self._faces, 'face')}{latency}")
        sys.stdout.flush()

    def _say(self, line: str) -> None:
        """Print a line, above the table where there is one."""
        if self._live is not None:
            self._live.console.print(line, markup=False, highlight=False)
        else:
            print(line, flush=True)

    def _name(self, message: FaceEmotionArray) -> str:
        return str((self._by_frame_id and message.header.frame_id) or message.camera)

    def _figures(self) -> list[str]:
        """Return rate and latency in words; single pictures have no rate, and neither has the first image."""
        span = self._recent[-1] - self._recent[0]
        rate = [f"{(len(self._recent) - 1) / span:.1f} Hz"] if span > 0 and not self._expected else []
        return [*rate, f"{1e3 * self._delays[-1]:.1f} ms"]

    def _table(self, message: FaceEmotionArray) -> Table:
        table = Table(title=f"{self._name(message)}  {'  '.join(self._figures())}  {message.model_bundle}")
        for column in ("face", "expression", "confidence", "how sure", "place"):
            table.add_column(column)
        for face in sorted(message.faces, key=_id):
            center = face.bbox.center.position
            table.add_row(
                face.track_id or "-",
                styled_label(face),
                styled_bar(face),
                trust(face),
                f"({center.x:.0f}, {center.y:.0f}) {face.bbox.size_x:.0f} px",
            )
        return table


def _key(header: object) -> tuple[int, int]:
    stamp = header.stamp  # type: ignore[attr-defined]
    return stamp.sec, stamp.nanosec


def _id(face: FaceEmotion) -> str:
    return str(face.track_id)


def is_sure(face: FaceEmotion) -> bool:
    """Whether a face's label counts as shown: it is stable; or, without smoothing, nothing speaks against the face."""
    if face.state == FaceEmotion.RAW:
        return not face.reasons
    return bool(face.state == FaceEmotion.STABLE)


def said(face: FaceEmotion) -> str:
    """Return what a face shows in one word. A stable label before it is no answer to what it shows now."""
    label = face.smoothed_label if face.smoothed_probabilities else face.raw_label
    return str(label) if is_sure(face) and label else "uncertain"


def trust(face: FaceEmotion) -> str:
    """Return how far the answer can be relied on; where it cannot, why."""
    if is_sure(face):
        return "sure" if face.state == FaceEmotion.STABLE else "this picture alone"
    return str(Reasons(face.reasons & _ALL_REASONS)) or "no expression stands out"


def _words(face: FaceEmotion) -> str:
    if not is_sure(face):
        return f"{said(face)} ({trust(face)})"
    return f"{said(face)} {_confidence(face):.0%}"


def styled_label(face: FaceEmotion) -> Text:
    """Return the label in its colour; what is uncertain is gray, and never bold."""
    label = said(face)
    if label not in COLOURS:
        return Text(label, style=f"dim {UNCERTAIN}")
    weight = "bold " if face.state == FaceEmotion.STABLE else ""
    return Text(f" {label} ", style=f"{weight}{ink(COLOURS[label])} on {COLOURS[label]}")


def styled_bar(face: FaceEmotion) -> Text:
    """Return the confidence as a number and a bar in the label's colour; hatched gray alone where it is uncertain."""
    confidence = _confidence(face)
    if not is_sure(face):
        return Text.assemble("     ", ("░" * round(10 * confidence), UNCERTAIN))
    return Text.assemble(f"{confidence:4.0%} ", ("█" * round(10 * confidence), COLOURS.get(said(face), UNCERTAIN)))


def _confidence(face: FaceEmotion) -> float:
    return float(face.smoothed_confidence if face.smoothed_probabilities else face.raw_confidence)


def main(arguments: list[str] | None = None) -> int:
    """Run the node; returns the exit code."""
    return run("viewer_node", ViewerNode, arguments)
