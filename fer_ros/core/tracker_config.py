"""The settings of the tracker, apart from it: whoever only reads parameters does not wait for SciPy."""

from __future__ import annotations

from dataclasses import dataclass

from fer_ros.core.settings import check_settings, setting


@dataclass(frozen=True)
class TrackerConfig:
    """How long and how a face keeps its id. Raises ValueError for a setting out of its range."""

    enabled: bool = setting(True, "Give each face an id over time; without it the id is empty, as published.")
    max_age: float = setting(
        1.3, "Longest time for which a face may be missed and keep its id.", low=0.01, high=10, unit="seconds"
    )
    velocity_time: float = setting(
        0.2, "Time over which a face's velocity is averaged.", low=0.01, high=5, unit="seconds"
    )

    def __post_init__(self) -> None:
        """Check the settings."""
        check_settings(self)
