"""Messages in and out: images to Frames, tracked faces to messages."""

from __future__ import annotations

import array
import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
from builtin_interfaces.msg import Time
from geometry_msgs.msg import PoseWithCovariance
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header
from vision_msgs.msg import BoundingBox2D, Detection2D, Detection2DArray, ObjectHypothesisWithPose, Point2D, Pose2D

from fer_ros.core.geometry import Box
from fer_ros.core.images import ImageError, compressed_to_frame, raw_to_frame
from fer_ros.core.types import Frame, TrackedFace
from fer_ros.msg import FaceEmotion, FaceEmotionArray
from fer_ros.nodes.bridge import bridge_to_rgb

_JPEG_QUALITY = 90

Pixels = npt.NDArray[np.uint8]


def seconds(stamp: Time) -> float:
    """Return a message's time in seconds."""
    return float(stamp.sec + stamp.nanosec * 1e-9)


def to_frame(message: Image | CompressedImage) -> Frame:
    """Read an image message of either type.

    Encodings that core.images does not know are tried with cv_bridge where it is installed.
    Raises ImageError for an image that cannot be used.
    """
    stamp = seconds(message.header.stamp)
    if isinstance(message, CompressedImage):
        return compressed_to_frame(message, stamp)
    try:
        return raw_to_frame(message, stamp)
    except ImageError as error:
        if not error.kind.startswith("encoding"):
            raise
        rgb = bridge_to_rgb(message)
        if rgb is None:
            raise
        return replace(Frame.from_rgb(rgb), stamp=stamp)


def to_message(
    faces: Sequence[TrackedFace], header: Header, camera: str, frame: Frame, labels: Sequence[str], bundle: str
) -> FaceEmotionArray:
    """Return the faces of one image with that image's header, untouched."""
    return FaceEmotionArray(
        header=header,
        camera=camera,
        image_width=frame.width,
        image_height=frame.height,
        labels=list(labels),
        model_bundle=bundle,
        faces=[_face(face) for face in faces],
    )


def _face(face: TrackedFace) -> FaceEmotion:
    message = FaceEmotion(
        track_id=face.track_id,
        bbox=_box(face.box),
        detection_score=face.score,
        raw_label=face.raw.label,
        raw_confidence=face.raw.confidence,
        raw_probabilities=face.raw.probabilities.array.tolist(),
        smoothed_confidence=math.nan,
        state=face.state.value,
        reasons=int(face.reasons),
    )
    if face.smoothed is not None:
        message.smoothed_label = face.smoothed.label
        message.smoothed_confidence = face.smoothed.confidence
        message.smoothed_probabilities = face.smoothed.probabilities.array.tolist()
    return message


def to_detections(faces: Sequence[TrackedFace], header: Header, labels: Sequence[str]) -> Detection2DArray:
    """Return the faces as vision_msgs, with every class's raw score in `results`, most probable first."""
    detections = []
    for face in faces:
        order = np.argsort(-face.raw.probabilities.array, kind="stable")
        results = []
        for index in order:
            result = ObjectHypothesisWithPose(pose=PoseWithCovariance())
            result.hypothesis.class_id = labels[index]
            result.hypothesis.score = float(face.raw.probabilities.array[index])
            results.append(result)
        detections.append(Detection2D(header=header, results=results, bbox=_box(face.box), id=face.track_id))
    return Detection2DArray(header=header, detections=detections)


def _box(box: Box) -> BoundingBox2D:
    x, y = box.center
    return BoundingBox2D(center=Pose2D(position=Point2D(x=x, y=y)), size_x=box.width, size_y=box.height)


def to_image(pixels: Pixels, header: Header, encoding: str) -> Image:
    """Return an (H, W, 3) uint8 picture as a message."""
    height, width = pixels.shape[:2]
    return Image(header=header, height=height, width=width, encoding=encoding, step=width * 3, data=_buffer(pixels))


def to_jpeg(rgb: Pixels, header: Header) -> CompressedImage:
    """Return an (H, W, 3) uint8 RGB picture as a JPEG message, described as image_transport's plugin does."""
    data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
    return CompressedImage(header=header, format="bgr8; jpeg compressed bgr8", data=_buffer(data))


def _buffer(values: Pixels) -> array.array[int]:
    """Return what a message's data takes thousands of times faster than a list or an ndarray, value by value."""
    data = array.array("B")
    data.frombytes(np.ascontiguousarray(values).data.cast("B"))
    return data
