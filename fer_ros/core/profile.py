"""Named profiles and other parameter files of fer_node as the pipeline's settings, without ROS."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import yaml

from fer_ros.core.config import PipelineConfig
from fer_ros.core.settings import settings_of
from fer_ros.core.suggestions import did_you_mean

PROFILES = ("default", "robot", "paper")
"""The parameter files that come with the package."""
RENAMED = {"search.evidence": "search.confirm_cascade", "search.full_interval": "search.full_scan_period"}
"""Parameters of earlier versions, and what they are called now."""
REMOVED = {"quality.max_tilt": "the crop of a tilted head is turned level before it is classified"}
"""Parameters of earlier versions that are gone, and why."""

_PARTS: dict[str, Any] = {f.name: f.default_factory for f in fields(PipelineConfig)}  # type: ignore[misc]
_SOURCES = Path(__file__).resolve().parents[2] / "config"


def find_profile(profile: str | Path) -> Path:
    """Return the parameter file of a named profile, or of a path.

    Raises:
        FileNotFoundError: it is neither; the message names the profiles there are.

    """
    path = Path(profile).expanduser()
    if path.is_file():
        return path
    if str(profile) in PROFILES:
        folders = _config_folders()
        for folder in folders:
            if (folder / f"{profile}.yaml").is_file():
                return folder / f"{profile}.yaml"
        raise FileNotFoundError(f"expected {profile}.yaml in one of {', '.join(map(str, folders))}, got none")
    raise FileNotFoundError(
        f"profile must be one of {', '.join(PROFILES)}, or a parameter file, got {str(profile)!r}"
        f"{did_you_mean(str(profile), PROFILES)}"
    )


def _config_folders() -> list[Path]:
    """Return where config/ may have been installed: a ROS workspace, pip's data files; and the sources."""
    prefixes = [*filter(None, os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)), sys.prefix]
    installed = [Path(prefix) / "share" / "fer_ros" / "config" for prefix in prefixes]
    try:
        # pip may install into another prefix than the interpreter's own, as with --user or --target.
        listed = [Path(str(f.locate())).resolve().parent for f in files("fer_ros") or () if f.name == "default.yaml"]
    except PackageNotFoundError:
        listed = []
    return [_SOURCES, *listed, *installed]


def pipeline_config(values: Mapping[str, Any]) -> PipelineConfig:
    """Build the pipeline's config of parameters such as `detector.kind`; others are left alone.

    Raises:
        ValueError: an unknown name below one of the parts, or a value that does not fit.

    """
    given: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
    for name, value in values.items():
        part, dot, key = name.partition(".")
        if not dot or part not in given:
            continue
        if key not in settings_of(_PARTS[part]):
            raise ValueError(
                explain_unknown(name, [f"{p}.{k}" for p, make in _PARTS.items() for k in settings_of(make)])
            )
        given[part][key] = value
    try:
        return PipelineConfig(**{part: make(**given[part]) for part, make in _PARTS.items()})
    except ValueError as error:
        raise ValueError(f"expected parameters of fer_node that fit, got: {error}") from None


def explain_unknown(name: str, known: Collection[str]) -> str:
    """Say that there is no parameter of a name, and which of the known ones may have been meant."""
    if RENAMED.get(name) in known:
        return f"parameter {name} is now {RENAMED[name]}"
    if name in REMOVED:
        return f"parameter {name} is gone: {REMOVED[name]}"
    return f"unknown parameter {name}{did_you_mean(name, known)}"


def read_parameters(path: Path) -> dict[str, Any]:
    """Return fer_node's parameters by name from a ROS 2 parameter file, nested or with dots in their names.

    Raises:
        ValueError: it is no such file; the message names it.
        OSError: it cannot be read.

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
