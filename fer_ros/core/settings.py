"""A setting is declared once, on the field of its config dataclass: default, meaning, unit and range.

ROS descriptors, tables of the documentation, command-line help and the checks of a config are made of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

_KEY = "setting"


@dataclass(frozen=True)
class Setting:
    """What is known of one field of a config.

    Attributes:
        meaning: one or two sentences for people.
        unit: such as 'seconds' or 'pixels'; '' for a number without one, or no number.
        low, high: the range of a number, inclusive; None for no limit.
        choices: the words that are allowed; empty for any.

    """

    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def setting(
    default: Any,
    meaning: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: Sequence[str] = (),
    unit: str = "",
) -> Any:
    """Declare a field of a frozen config dataclass.

    Args:
        default: its value when nobody says otherwise.
        meaning: one or two sentences for people.
        low: the smallest number allowed, None for no limit.
        high: the largest number allowed, None for no limit.
        choices: the words that are allowed, empty for any.
        unit: of a number.

    Returns:
        A dataclass field that carries the setting in its metadata.

    """
    return field(default=default, metadata={_KEY: Setting(meaning, unit, low, high, tuple(choices))})


def settings_of(config: Any) -> dict[str, Setting]:
    """Return the settings of a config dataclass, or of an instance of one, by the names of their fields."""
    return {f.name: f.metadata[_KEY] for f in fields(config) if _KEY in f.metadata}


def check_settings(config: Any) -> None:
    """Check every setting of a config against its declaration; a config's `__post_init__` calls it.

    Raises:
        ValueError: a value is of another type than the default, out of its range, no finite number, or none of its
            choices. The message names the setting, what was expected and what was given.

    """
    defaults = {f.name: f.default for f in fields(config)}
    for name, declared in settings_of(config).items():
        value = getattr(config, name)
        if not _same_type(value, defaults[name]):
            raise ValueError(f"{name} must be {_type_name(defaults[name])}, got {value!r}")
        if declared.choices and value not in declared.choices:
            raise ValueError(f"{name} must be one of {', '.join(declared.choices)}, got {value!r}")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        low, high = declared.low, declared.high
        if not math.isfinite(value) or (low is not None and value < low) or (high is not None and value > high):
            raise ValueError(f"{name} must be {describe_range(declared)}, got {value}")


def describe_range(declared: Setting) -> str:
    """Return the range of a number in words, such as '0 to 10 seconds' or 'at least 1'."""
    low, high, unit = declared.low, declared.high, f" {declared.unit}" if declared.unit else ""
    if low is not None and high is not None:
        return f"{low:g} to {high:g}{unit}"
    if low is not None:
        return f"at least {low:g}{unit}"
    return f"at most {high:g}{unit}" if high is not None else "a finite number"


def _same_type(value: Any, default: Any) -> bool:
    if default is MISSING:  # a setting without a default takes what it is given
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, (int, float))
    return isinstance(value, type(default))


def _type_name(default: Any) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "text"}.get(
        type(default), type(default).__name__
    )
