"""What is given to a launch file, as text, in the type that is meant; or one line that says what was expected.

Pure Python: neither launch nor ROS is needed.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fer_ros.core.paths import user_path
from fer_ros.core.suggestions import did_you_mean

Reader = Callable[[str], Any]

_NAME = r"[A-Za-z_][A-Za-z0-9_]*(?:/[A-Za-z_][A-Za-z0-9_]*)*"
_QUOTES = "\"'"
_WORDS = {"true": True, "1": True, "false": False, "0": False}  # what launch's own conditions take
_OF_LAUNCH = {"launch-prefix", "launch-prefix-filter", "sigterm_timeout", "sigkill_timeout", "emulate_tty"}


class ArgumentError(ValueError):
    """An argument of a launch file that is unknown or cannot be used; the message names it."""


@dataclass(frozen=True)
class Argument:
    """One argument of a launch file.

    Attributes:
        name: as it is given, `name:=value`.
        default: its text when nobody gives another; None if it has to be given.
        description: what it is, and what can be given.
        read: turns its text into the value that is meant, or raises ValueError.

    """

    name: str
    default: str | None
    description: str
    read: Reader

    def value(self, text: str) -> Any:
        """Return the value that a text stands for.

        Raises:
            ArgumentError: it stands for none.

        """
        try:
            return self.read(text)
        except (ValueError, OSError) as error:
            raise ArgumentError(f"argument {self.name}: {error}") from None


def read_values(arguments: Iterable[Argument], texts: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of arguments by their names.

    Raises:
        ArgumentError: one or more cannot be used; the message names them all.

    """
    values, problems = {}, []
    for argument in arguments:
        try:
            values[argument.name] = argument.value(texts[argument.name])
        except ArgumentError as error:
            problems.append(str(error))
    if problems:
        raise ArgumentError("; ".join(problems))
    return values


def check_names(given: Iterable[str], known: Sequence[str]) -> None:
    """Refuse arguments that a launch file does not have; launch itself would pass over them.

    Args:
        given: the words of the command line, `name:=value`.
        known: the names of the arguments.

    Raises:
        ArgumentError: at least one is unknown.

    """
    names = [word.partition(":=")[0] for word in given if ":=" in word]
    problems = []
    for name in names:
        if name not in known and name not in _OF_LAUNCH:
            problems.append(f"unknown argument {name}{did_you_mean(name, known)}")
    if problems:
        raise ArgumentError("; ".join(problems) + " (--show-args lists the arguments)")


def optional(read: Reader) -> Reader:
    """Return a reader that takes an empty text for None."""
    return lambda text: read(text) if text.strip() else None


def boolean(text: str) -> bool:
    """Read true or false."""
    if text.strip().lower() not in _WORDS:
        raise ValueError(f"expected true or false, got {text!r}")
    return _WORDS[text.strip().lower()]


def number(low: float, high: float = math.inf, unit: str = "", *, whole: bool = False) -> Reader:
    """Return a reader of numbers in a range.

    Args:
        low: the smallest that is allowed.
        high: the largest that is allowed.
        unit: for the message.
        whole: whether only whole numbers are allowed.

    """
    limits = f"from {low:g} to {high:g}" if math.isfinite(high) else f"of at least {low:g}"
    expected = f"a {'whole ' if whole else ''}number {limits}" + (f" {unit}" if unit else "")

    def read(text: str) -> float:
        try:
            value = int(text) if whole else float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(f"expected {expected}, got {text!r}")
        return value

    return read


def choice(choices: Sequence[str]) -> Reader:
    """Return a reader of one word among some."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"expected {either(choices)}, got {text!r}")
        return text

    return read


def choices_of(choices: Sequence[str]) -> Reader:
    """Return a reader of one or more words among some, separated by commas."""

    def read(text: str) -> list[str]:
        words = _parts(text)
        unknown = [word for word in words if word not in choices]
        if unknown or not words:
            got = "; ".join(f"{word}{did_you_mean(word, choices)}" for word in unknown)
            raise ValueError(f"expected one or more of {', '.join(choices)}, got {got or 'none'}")
        return words

    return read


def topics(text: str) -> list[str]:
    """Read one or more names of topics, separated by commas."""
    names = _parts(text)
    for name in names:
        if not re.fullmatch(f"/?{_NAME}", name):
            raise ValueError(f"expected topics such as /left/image_raw,/right/image_raw, got {name!r} in {text!r}")
    if not names or len(set(names)) != len(names):
        raise ValueError(f"expected one or more different topics, got {text!r}")
    return names


def topic(text: str) -> str:
    """Read the name of one topic."""
    names = topics(text)
    if len(names) != 1:
        raise ValueError(f"expected one topic, got {len(names)}: {', '.join(names)}")
    return names[0]


def namespace(text: str) -> str:
    """Read a namespace, empty for none."""
    if text.strip("/") and not re.fullmatch(f"/?{_NAME}/?", text):
        raise ValueError(f"expected a namespace such as robot or /clinic/robot, got {text!r}")
    return text.rstrip("/")


def log_file(text: str) -> str:
    """Read the path of a file that can be written; it need not exist."""
    path = user_path(text).absolute()
    _check_writable(path.parent if not path.exists() else path, text)
    if path.is_dir():
        raise ValueError(f"expected a file, got {text!r}, which is a folder")
    return str(path)


def new_folder(text: str) -> str:
    """Read the path of a folder that does not exist yet and can be made."""
    path = user_path(text).absolute()
    if path.exists():
        raise ValueError(f"expected a new folder, got {text!r}, which exists already")
    _check_writable(path.parent, text)
    return str(path)


def bag(text: str) -> str:
    """Read the path of a recording."""
    path = user_path(text).absolute()
    if not path.exists():
        raise ValueError(
            f"expected a recording (a rosbag2 folder, or an .mcap or .db3 file), got {text!r}: nothing there"
        )
    if path.is_dir() and not (path / "metadata.yaml").is_file():
        raise ValueError(f"expected a rosbag2 folder, got {text!r} without metadata.yaml: try ros2 bag reindex {path}")
    return str(path)


def either(words: Sequence[str]) -> str:
    """Return words as people list alternatives: a, b or c."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _parts(text: str) -> list[str]:
    """Return what commas separate, without blanks and quotes; a comma at the end separates nothing."""
    if text[:1] and text[0] in _QUOTES and text[0] == text[-1] and text.count(text[0]) == 2:
        text = text[1:-1]
    parts = [part.strip() for part in text.split(",")]
    parts = [part[1:-1].strip() if part[:1] in tuple(_QUOTES) and part[0] == part[-1] else part for part in parts]
    return parts[:-1] if parts[-1] == "" else parts


def _check_writable(path: Path, text: str) -> None:
    if not path.exists():
        raise ValueError(f"expected a folder that exists, got {text!r}: there is no {path}")
    if not os.access(path, os.W_OK):
        raise ValueError(f"expected a place that can be written, got {text!r}: {path} cannot")
