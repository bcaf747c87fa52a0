"""The named profiles of config/, as the node would read them, without ROS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fer_ros.core.config import PipelineConfig
from fer_ros.core.profile import pipeline_config, read_parameters

PROFILES = ("paper", "default", "robot")
_CONFIG = Path(__file__).resolve().parent.parent / "config"


def load_profile(name: str) -> tuple[PipelineConfig, dict[str, Any]]:
    """Return a profile's pipeline config, and its parameters (such as precision)."""
    values = read_parameters(_CONFIG / f"{name}.yaml")
    return pipeline_config(values), values
