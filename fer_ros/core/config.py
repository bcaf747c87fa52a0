"""The settings of every part of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field

from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.search import SearchConfig
from fer_ros.core.quality import QualityConfig
from fer_ros.core.smoothing import SmoothingConfig
from fer_ros.core.tracker_config import TrackerConfig


@dataclass(frozen=True)
class PipelineConfig:
    """The settings of every part; each part's own dataclass says what they mean."""

    detector: DetectorConfig = field(default_factory=DetectorConfig)
    search: SearchConfig = field(default_factory=SearchConfig)
    tracker: TrackerConfig = field(default_factory=TrackerConfig)
    smoothing: SmoothingConfig = field(default_factory=SmoothingConfig)
    quality: QualityConfig = field(default_factory=QualityConfig)
