"""What a node's command line says: parameters, parameter files, and what no node understands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_HELP = {"-h", "--help"}
PARAMETER, FILE, REMAP = ("-p", "--param"), "--params-file", ("-r", "--remap")
_WITH_VALUE = {*REMAP, "-e", "--enclave", "--log-level", "--log-config-file", "--log-file-name"}
_LAUNCH = "launch_params_"  # begins the names of the files that launch writes for a launch file's own parameters


@dataclass(frozen=True)
class CommandLine:
    """The parts of a command line.

    Attributes:
        parameters: names of the parameters that were given one by one.
        files: parameter files.
        unknown: arguments outside of `--ros-args`, which ROS leaves to the node.
        rules: options of ROS with the value after each, '' where there is none; an option of '' for a word that belongs
            to none.

    """

    parameters: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    unknown: tuple[str, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()

    @property
    def help(self) -> bool:
        """Whether help is asked for."""
        return any(word in _HELP for word in self.unknown)

    def misuse(self, node: str) -> str:
        """Return what is wrong with the arguments, '' if nothing is.

        Args:
            node: name of the executable.

        """
        if not self.unknown:
            return ""
        words = " ".join(self.unknown)
        if any(":=" in word for word in self.unknown) and not any(word.startswith("-") for word in self.unknown):
            words = " ".join(f"-p {word}" for word in self.unknown)
        if any(word in {*PARAMETER, *_WITH_VALUE, FILE} or ":=" in word for word in self.unknown):
            return f"arguments of ROS need --ros-args before them: {node} --ros-args {words}"
        return f"unknown arguments: {words}; parameters are given as --ros-args -p NAME:=VALUE; see {node} --help"


def parse(arguments: Sequence[str]) -> CommandLine:
    """Read a command line, without the name of the program, as rcl does."""
    unknown, rules = [], []
    words, ros = iter(arguments), False
    for word in words:
        if word == "--ros-args":
            ros = True
        elif not ros:
            unknown.append(word)
        elif word == "--":
            ros = False
        elif word in {*PARAMETER, FILE, *_WITH_VALUE}:
            rules.append((word, next(words, "")))
        elif word.startswith("-"):
            rules.append((word, ""))
        else:
            rules.append(("", word))
    # NAME:=VALUE, or NODE:NAME:=VALUE.
    names = (rule.partition(":=")[0].rpartition(":")[2] for option, rule in rules if option in PARAMETER)
    files = (Path(rule) for option, rule in rules if option == FILE)
    return CommandLine(tuple(names), tuple(files), tuple(unknown), tuple(rules))


def wildcard_names(files: Iterable[Path]) -> set[str]:
    """Return the parameters that files give to whole groups of nodes, such as those below `/**`."""
    found = (values for path in files for node, values in _sections(path) if "*" in node.rpartition("/")[2])
    return {name for values in found for name in _names(values)}


def files_of(node: str, files: Iterable[Path]) -> list[Path]:
    """Return the parameter files that hold a section for a node, without those that launch wrote.

    Args:
        node: full name.
        files: as the command line names them.

    """
    return [
        path
        for path in files
        if not path.name.startswith(_LAUNCH) and any(_matches(section, node) for section, _ in _sections(path))
    ]


def files_without(node: str, files: Iterable[Path]) -> list[Path]:
    """Return the parameter files that were given to a node and hold no section for it."""
    return [path for path in files if not any(_matches(section, node) for section, _ in _sections(path))]


def _sections(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the names of nodes and what a file gives them; nothing of a file that cannot be read, as rcl says so."""
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return
    for node, section in (values if isinstance(values, dict) else {}).items():
        if isinstance(section, dict) and "ros__parameters" in section:
            yield str(node), section["ros__parameters"]
        elif isinstance(section, dict):  # a namespace
            for name, inner in section.items():
                if isinstance(inner, dict) and "ros__parameters" in inner:
                    yield f"{node}/{name}", inner["ros__parameters"]


def _matches(section: str, node: str) -> bool:
    """Return whether a section is for a node: `*` stands for one part of a name, `**` for any number of them."""
    parts = [part for part in section.split("/") if part]
    pattern = "".join({"**": "(/[^/]+)*", "*": "/[^/]+"}.get(part, f"/{re.escape(part)}") for part in parts)
    return re.fullmatch(pattern, node) is not None


def _names(values: Any, prefix: str = "") -> Iterator[str]:
    for name, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, dict):
            yield from _names(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"
