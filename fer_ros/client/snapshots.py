"""What a behaviour sees of a face: frozen and typed, read from the messages of fer_node."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fer_ros.core.emotions import check_expressions
from fer_ros.core.geometry import Box
from fer_ros.core.types import Reasons, State
from fer_ros.msg import FaceEmotion, FaceEmotionArray


@dataclass(frozen=True, eq=False)
class Expression:
    """What a face shows, in one image or over time; not what a person feels.

    Attributes:
        label: one of the names in `probabilities`; '' while no label has stood out yet (only over time).
        confidence: 0 to 1, the probability of the label.
        probabilities: of every name, 0 to 1, together 1; read-only.

    """

    label: str
    confidence: float
    probabilities: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class FaceSnapshot:
    """One face as it was in one image.

    Attributes:
        camera: resolved name of the image topic.
        track_id: one face over a stretch of time, not an identity; '' if fer_node does not track.
        box: pixels of the image, half-open; it may reach beyond the image.
        image_width, image_height: pixels.
        stamp: seconds, when the camera took the image.
        raw: this image alone.
        smoothed: over time, None if fer_node does not smooth.
        state: how far `smoothed` can be relied on.
        reasons: why the answer should be doubted.
        stable_for: seconds of the images' time for which every image of this face was STABLE with this very label, 0
            unless this one is. A FaceWatcher fills it in.

    """

    camera: str
    track_id: str
    box: Box
    image_width: int
    image_height: int
    stamp: float
    raw: Expression
    smoothed: Expression | None
    state: State
    reasons: Reasons
    stable_for: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """(camera, track_id): the same for all snapshots of one face."""
        return self.camera, self.track_id

    @property
    def stable_label(self) -> str:
        """The smoothed label while the state is STABLE, else ''."""
        return self.smoothed.label if self.smoothed is not None and self.state is State.STABLE else ""

    def shows(self, label: str, seconds: float = 0.0) -> bool:
        """Return whether this has been the stable label for so many seconds.

        Args:
            label: one of the model's. A name that it does not know is refused, where a comparison would be silent.
            seconds: of the images' time, as `stable_for` counts them.

        Raises:
            ValueError: the model does not know this label; the message has the one that was probably meant.

        """
        check_expressions([label], self.raw.probabilities)
        return self.stable_label == label and self.stable_for >= seconds

    @property
    def share(self) -> float:
        """Area of the box over that of the image; above 1 if the box reaches beyond all its sides."""
        return self.box.area / (self.image_width * self.image_height)

    @property
    def off_center(self) -> float:
        """Distance of the box's center from the image's: 0 in the center, 1 in a corner."""
        x, y = self.box.center
        half_width, half_height = self.image_width / 2, self.image_height / 2
        return math.hypot(x - half_width, y - half_height) / math.hypot(half_width, half_height)


@dataclass(frozen=True, eq=False)
class ExpressionChange:
    """A face's stable label became another one.

    Attributes:
        face: the first snapshot with the new label.
        label: the new one.
        previous: the stable label before it, '' if there was none.
        previous_seconds: seconds of the images' time from the first stable image with the previous label to `face`.

    """

    face: FaceSnapshot
    label: str
    previous: str = ""
    previous_seconds: float = 0.0


def seconds_of(message: FaceEmotionArray) -> float:
    """Return the time of the message's image, in seconds."""
    return float(message.header.stamp.sec + message.header.stamp.nanosec * 1e-9)


def faces_of(message: FaceEmotionArray) -> tuple[FaceSnapshot, ...]:
    """Read all faces of one image.

    Raises ValueError for a message that is not as FaceEmotionArray.msg and FaceEmotion.msg say.
    """
    if not message.camera:
        raise ValueError("camera must be the name of a topic, got ''")
    if message.image_width < 1 or message.image_height < 1:
        raise ValueError(f"the image must be 1x1 or larger, got {message.image_width}x{message.image_height}")
    return tuple(_face(message, face) for face in message.faces)


def _face(message: FaceEmotionArray, face: FaceEmotion) -> FaceSnapshot:
    center = face.bbox.center.position
    raw = _expression(message.labels, face.raw_label, face.raw_confidence, face.raw_probabilities)
    smoothed = None
    if face.state != FaceEmotion.RAW:
        given = face.smoothed_probabilities
        smoothed = _expression(message.labels, face.smoothed_label, face.smoothed_confidence, given)
    return FaceSnapshot(
        camera=message.camera,
        track_id=face.track_id,
        box=Box.from_center(center.x, center.y, face.bbox.size_x, face.bbox.size_y),
        image_width=message.image_width,
        image_height=message.image_height,
        stamp=seconds_of(message),
        raw=raw,
        smoothed=smoothed,
        state=State(face.state),
        reasons=Reasons(face.reasons),
    )


def _expression(labels: Sequence[str], label: str, confidence: float, probabilities: Sequence[float]) -> Expression:
    if len(probabilities) != len(labels):
        raise ValueError(f"expected the probabilities of {len(labels)} labels, got {len(probabilities)}")
    if label and label not in labels:
        raise ValueError(f"label must be one of {', '.join(labels)}, got {label!r}")
    by_name = MappingProxyType(dict(zip(labels, map(float, probabilities), strict=True)))
    return Expression(label, float(confidence), by_name)
