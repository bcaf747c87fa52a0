"""The detector that a config names."""

from __future__ import annotations

import cv2

from fer_ros.core.detection.detector import Detector, DetectorConfig
from fer_ros.core.detection.haar import HaarDetector


def make_detector(config: DetectorConfig) -> Detector:
    """Make the detector that the config names; see their constructors for the errors."""
    # Imported here: an optional extra is needed only by those who ask for it.
    if config.kind.startswith("blazeface"):
        from fer_ros.core.detection.blazeface import MIN_SCORE, BlazeFaceDetector

        # As many threads as OpenCV was given: the two never run at the same time. More than four gain nothing.
        threads = min(4, max(1, cv2.getNumThreads()))
        return BlazeFaceDetector(config.kind.removeprefix("blazeface_"), config.min_score or MIN_SCORE, threads)
    if config.kind == "yunet":
        from fer_ros.core.detection.yunet import YuNetDetector

        return YuNetDetector(config.model, config.min_score or 0.7)
    return HaarDetector(config)
