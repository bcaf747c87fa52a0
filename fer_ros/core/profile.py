"""The parameters of fer_node as the pipeline's settings, and the parameter files that hold them; without ROS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from fer_ros.core.detection.detector import DetectorConfig
from fer_ros.core.detection.search import SearchConfig
from fer_ros.core.pipeline import PipelineConfig
from fer_ros.core.quality import QualityConfig
from fer_ros.core.smoothing import SmoothingConfig
from fer_ros.core.tracking import TrackerConfig

_PARTS = {
    "detector": DetectorConfig,
    "search": SearchConfig,
    "tracker": TrackerConfig,
    "smoothing": SmoothingConfig,
    "quality": QualityConfig,
}


def pipeline_config(values: Mapping[str, Any]) -> PipelineConfig:
    """Build the pipeline's config of parameters such as `detector.kind`; others are left alone.

    Raises ValueError for an unknown name below one of the parts, or values that do not fit.
    """
    given: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
    for name, value in values.items():
        part, dot, key = name.partition(".")
        if dot and part in given:
            given[part][key] = value
    try:
        return PipelineConfig(**{part: make(**given[part]) for part, make in _PARTS.items()})
    except TypeError as error:
        raise ValueError(f"expected parameters of fer_node, got another one: {error}") from None


def read_parameters(path: Path) -> dict[str, Any]:
    """Return fer_node's parameters by name from a ROS 2 parameter file, nested or with dots in their names.

    Raises ValueError naming the file if it is no such file, OSError if it cannot be read.
    """
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: expected YAML, got {error}") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path}: expected a mapping of nodes, got {type(values).__name__}")
    found: dict[str, Any] = {}
    for node, section in values.items():
        if str(node) != "/**" and str(node).rpartition("/")[2] != "fer_node":
            continue
        if not isinstance(section, dict) or not isinstance(section.get("ros__parameters"), dict):
            raise ValueError(f"{path}: expected ros__parameters below {node}, got {section!r}")
        found |= _flat(section["ros__parameters"])
    return found


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value}
    return flat
