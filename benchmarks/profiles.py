"""The named profiles of config/, as the node would read them, without ROS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from fer_ros.core.detector import DetectorConfig
from fer_ros.core.pipeline import PipelineConfig
from fer_ros.core.quality import QualityConfig
from fer_ros.core.search import SearchConfig
from fer_ros.core.smoothing import SmoothingConfig
from fer_ros.core.tracking import TrackerConfig

PROFILES = ("paper", "default", "robot")
_CONFIG = Path(__file__).resolve().parent.parent / "config"


def load_profile(name: str) -> tuple[PipelineConfig, dict[str, Any]]:
    """Return a profile's pipeline config, and its other parameters (such as precision)."""
    text = (_CONFIG / f"{name}.yaml").read_text(encoding="utf-8")
    values = yaml.safe_load(text)["/**/fer_node"]["ros__parameters"]
    parts: dict[str, dict[str, Any]] = {"detector": {}, "search": {}, "tracker": {}, "smoothing": {}, "quality": {}}
    others = {}
    for key, value in values.items():
        prefix, _, rest = key.partition(".")
        if prefix in parts:
            parts[prefix][rest] = value
        else:
            others[key] = value
    config = PipelineConfig(
        detector=DetectorConfig(**parts["detector"]),
        search=SearchConfig(**parts["search"]),
        tracker=TrackerConfig(**parts["tracker"]),
        smoothing=SmoothingConfig(**parts["smoothing"]),
        quality=QualityConfig(**parts["quality"]),
    )
    return config, others
