"""What exists while fer_node is configured: the model in its pipeline, and the topics of the results."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import cv2
from rclpy.node import Node

from fer_ros.core.classification.bundle import load_bundle
from fer_ros.core.classification.factory import make_classifier
from fer_ros.core.pipeline import Change, Pipeline
from fer_ros.core.profile import pipeline_config
from fer_ros.core.tracking import IdSource
from fer_ros.nodes.declaration import Values
from fer_ros.nodes.inputs import resolve_cameras
from fer_ros.nodes.outputs import Outputs
from fer_ros.nodes.ros4hri import hri_messages


@dataclass(frozen=True)
class Prepared:
    """Settings that are ready to be applied. cameras: resolved topics."""

    cameras: list[str]
    change: Change


class Recognition:
    """Model, pipeline and result topics, from `__init__` until `close`.

    Attributes:
        lock: held for each frame: settings and pauses take effect between two of them.
        cameras: resolved image topics.
        pipeline: finds, classifies and tracks.
        outputs: publishes.

    """

    def __init__(self, node: Node, values: Values, ids: IdSource) -> None:
        """Load the model and make the publishers.

        Args:
            node: publishes.
            values: of all its parameters.
            ids: gives the track ids.

        Raises:
            BackendError, BundleError, OSError, RuntimeError, ValueError: something cannot be loaded or does not fit.

        """
        log = node.get_logger()
        self._node = node
        self.lock = threading.Lock()
        self.cameras = resolve_cameras(node, values["image_topics"])
        if values["humans.enabled"]:
            hri_messages()  # now, and not only when the node is activated
        cv2.setNumThreads(values["threads"])
        bundle = load_bundle(values["model_bundle"])
        classifier = make_classifier(bundle, values["backend"], values["precision"], values["threads"], log.info)
        self.pipeline = Pipeline(classifier, pipeline_config(values), ids, self.cameras)
        self.outputs = Outputs(node, classifier.labels, classifier.bundle_id, self.cameras)

    def prepare(self, values: Values) -> Prepared:
        """Load what other parameters need; frames are processed meanwhile.

        Raises:
            OSError, RuntimeError, ValueError: something cannot be loaded or does not fit.

        """
        cameras = resolve_cameras(self._node, values["image_topics"])
        return Prepared(cameras, self.pipeline.prepare(pipeline_config(values), cameras))

    def apply(self, prepared: Prepared) -> None:
        """Take prepared settings over; the caller holds the lock."""
        self.pipeline.apply(prepared.change)
        self.outputs.set_cameras(prepared.cameras)
        self.cameras = prepared.cameras

    def close(self) -> None:
        """Destroy the publishers."""
        self.outputs.close()
