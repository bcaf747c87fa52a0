"""What is wrong with a node's arguments of ROS, told with the right form before rcl refuses them in its own words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import yaml

from fer_ros.core.profile import PROFILES, find_profile
from fer_ros.core.suggestions import did_you_mean
from fer_ros.nodes.command_line import FILE, PARAMETER, REMAP, CommandLine

_OF_RCLPY = ("use_sim_time",)
_LEVELS = ("debug", "info", "warn", "error", "fatal", "unset")
_SECTION = "expected NODE:, ros__parameters: below it, and the parameters below that"


def mistake(command: CommandLine, node: str, parameters: Collection[str]) -> str:
    """Return what is wrong with a node's arguments of ROS and how they are written, '' if nothing certainly is.

    What rcl would take is never refused, but for one thing: a remapping of a name that is a parameter's.

    Args:
        command: what stands on the command line.
        node: name of the executable.
        parameters: names of those that it has.

    """
    known = (*parameters, *_OF_RCLPY)
    before = ""
    for option, rule in command.rules:
        # After an option that is unknown here, nobody can say what a word is for.
        if option or not before.startswith("-"):
            said = _check(option, rule, node, known)
            if said:
                return said
        before = "" if rule else option
    return ""


def _check(option: str, rule: str, node: str, known: Collection[str]) -> str:
    if option in PARAMETER:
        return _parameter(option, rule, known)
    if option == FILE:
        return _file(rule)
    if option in REMAP:
        return _remapping(option, rule, node, known)
    if option == "--log-level":
        return _level(rule)
    name, equals, value = option.partition("=")
    if equals and name in (*PARAMETER, *REMAP, FILE, "--log-level"):
        return f"expected a blank between {name} and what it gives: {name} {value}, got {option}"
    return "" if option else _bare(rule, node, known)


def _parameter(option: str, rule: str, known: Collection[str]) -> str:
    name, assigned, value = rule.partition(":=")
    if not rule:
        return f"expected NAME:=VALUE after {option}, got nothing"
    if not assigned:
        name, equals, value = rule.partition("=")
        wanted = f"{option} {name}:={value}" if equals and value else f"{option} {rule.rstrip('=:')}:=VALUE"
        own = name.rpartition(":")[2]
        doubt = "" if own in known else f" (there is no parameter {own}{did_you_mean(own, known)})"
        return f"expected {wanted}, got {option} {rule}{doubt}"
    if not value.strip():
        return f"expected a value after {option} {name}:=, got none; an empty text is \"''\""
    try:
        parsed = yaml.compose(value, yaml.SafeLoader)
    except yaml.YAMLError:
        parsed = None
    if parsed is None or isinstance(parsed, yaml.MappingNode):
        return (
            f"expected a number, a word, true, false or [a, list] after {option} {name}:=, got {value}; a text with "
            f"signs that YAML reads needs quotes: {option} {name}:=\"'...'\""
        )
    return ""


def _remapping(option: str, rule: str, node: str, known: Collection[str]) -> str:
    name, assigned, value = rule.partition(":=")
    if not assigned:
        given = rule.replace("=", ":=", 1) if "=" in rule else "FROM:=TO"
        return f"expected {option} {given}, got {option} {rule}".rstrip()
    # One with a slash is a topic's, whatever it ends with.
    return _as_parameter(node, name, value, f"{option} {rule}") if name in known else ""


def _bare(rule: str, node: str, known: Collection[str]) -> str:
    name, assigned, value = rule.partition(":=" if ":=" in rule else "=")
    if not assigned:
        return ""
    own = name.rpartition(":")[2]
    if own in known:
        return _as_parameter(node, name, value, rule)
    near = "" if "/" in name else did_you_mean(own, known)
    return (
        f"expected -p before a parameter (-p {name}:={value}) or -r before a topic's name (-r {name}:={value}), got "
        f"{rule} alone{near}"
    )


def _as_parameter(node: str, name: str, value: str, got: str) -> str:
    return f"{name} is a parameter: expected {node} --ros-args -p {name}:={value or 'VALUE'}, got {got}"


def _level(rule: str) -> str:
    level = rule.rpartition(":=")[2]
    if level.lower() in _LEVELS:
        return ""
    return (
        f"expected --log-level with one of {', '.join(_LEVELS[:-1])}, or LOGGER:=LEVEL, got {rule or 'nothing'}"
        f"{did_you_mean(level.lower(), _LEVELS[:-1])}"
    )


def _file(rule: str) -> str:
    """Say what is wrong with a parameter file, as far as that is what rcl would refuse."""
    if not rule:
        return f"expected a parameter file after {FILE}, got nothing"
    path = Path(rule)
    if path.exists() and not (path.is_file() or path.is_dir()):
        # A pipe, such as bash's <(...), is read once, and that by rcl.
        return ""
    if not path.is_file():
        got = "a folder" if path.is_dir() else "nothing"
        return f"expected a parameter file at {rule}, got {got}{_other_file(path)}"
    try:
        content = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except OSError as error:
        return f"{rule} cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        # rcl reads it as far as it can.
        return ""
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        where = f", line {mark.line + 1}" if mark else ""
        return f"{rule}{where}: expected YAML, got {problem or 'something else'}"
    for line, said in _strangers(content):
        return f"{rule}, line {line}: {_SECTION}, got {said}"
    return ""


def _strangers(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """Yield what stands in a parameter file where only names of nodes may, with its line."""
    if isinstance(node, yaml.SequenceNode):
        yield node.start_mark.line + 1, "a list"
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if not isinstance(value, yaml.MappingNode):
            got = f"{key.value}: {value.value or 'nothing'}" if isinstance(value, yaml.ScalarNode) else f"{key.value}:"
            yield key.start_mark.line + 1, got
        elif key.value != "ros__parameters":
            yield from _strangers(value)


def _other_file(path: Path) -> str:
    """Return ': did you mean FILE?' with a file beside it, or with the profile that has this name."""
    if path.is_dir():
        return ""
    if path.stem in PROFILES and path.parent == Path():
        try:
            return f"; the profile {path.stem} is {find_profile(path.stem)}"
        except FileNotFoundError:
            return ""
    beside = [str(other) for other in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
    return did_you_mean(str(path), beside)


def in_one_line(error: RuntimeError) -> str:
    """Return what rcl says of arguments that it cannot parse, without the places in its sources.

    Args:
        error: of `rclpy.init`.

    """
    text = re.sub(r",\s+at /\S+:\d+", "", str(error)).strip()
    if found := re.fullmatch(r"\[('.*')\]", text):
        words = " ".join(word.strip("'") for word in found[1].split(", "))
        return f"unknown arguments of ROS: {words}; parameters are given as -p NAME:=VALUE"
    if found := re.search(r"Couldn't parse [\w ]+: '(.*)'\. Error: (.*)", text, re.DOTALL):
        why = "" if found[2] == "error not set" else f" ({' '.join(found[2].split())})"
        return f"expected arguments of ROS, got {found[1]}, which it cannot parse{why}"
    return " ".join(text.split())
