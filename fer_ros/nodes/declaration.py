"""How a parameter is declared: default, range, unit and meaning, and when it may change; and how nodes take them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import rclpy.parameter
from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor, SetParametersResult
from rclpy.exceptions import InvalidParameterValueException, ParameterNotDeclaredException
from rclpy.node import Node

from fer_ros.core.profile import RENAMED, explain_unknown
from fer_ros.nodes.command_line import files_without, parse, wildcard_names

Value = bool | int | float | str | list[str]
Values = dict[str, Any]

_TYPES = {bool: "true or false", int: "a whole number", float: "a number", str: "text", list: "a list of texts"}


class ParameterError(ValueError):
    """A parameter that is unknown, of the wrong type or out of its range, or cannot change now; it is named."""


class UnknownParameterError(ParameterNotDeclaredException):  # type: ignore[misc]
    """A request for a parameter that the node does not have. rclpy answers it with the message."""

    def __init__(self, message: str) -> None:
        """Keep the message, which the base class would replace by its own."""
        Exception.__init__(self, message)


class Changes(Enum):
    """When a parameter may change; the value is what the documentation's table says."""

    AT_START = "at start"
    UNCONFIGURED = "unconfigured"
    ANY_TIME = "any time"


_HOW_TO_CHANGE = {
    Changes.AT_START: "read when the node starts: start it again to change it",
    Changes.UNCONFIGURED: "changes only while the node is unconfigured: deactivate, clean up, set, configure, activate",
    Changes.ANY_TIME: "changes at any time",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter.

    Attributes:
        name: with dots between its parts.
        default: its value when nobody gives another; it decides the type.
        description: one or two sentences for people.
        low, high: the range of a number, inclusive; None for no limit.
        choices: the words that are allowed; empty for any.
        unit: of a number.
        any_type: a value of any type is taken as text, so that `source:=0` on a command line needs no quotes.
        changes: when another value is accepted.

    """

    name: str
    default: Value
    description: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    any_type: bool = False
    changes: Changes = Changes.AT_START

    @property
    def how_to_change(self) -> str:
        """When it may change, and what to do for it."""
        return _HOW_TO_CHANGE[self.changes]

    def descriptor(self) -> ParameterDescriptor:
        """Return what ROS 2 shows of it."""
        # Never `read_only`: rclpy would refuse a change without saying what to do instead.
        unit = f" Unit: {self.unit}." if self.unit else ""
        result = ParameterDescriptor(name=self.name, description=f"{self.description}{unit}")
        constraints = [self.how_to_change]
        if self.choices:
            constraints.insert(0, f"one of {', '.join(self.choices)}")
        result.additional_constraints = "; ".join(constraints)
        if self.low is not None and self.high is not None:
            if isinstance(self.default, int):
                result.integer_range = [IntegerRange(from_value=int(self.low), to_value=int(self.high))]
            else:
                result.floating_point_range = [
                    FloatingPointRange(from_value=float(self.low), to_value=float(self.high))
                ]
        return result

    def convert(self, value: Any) -> Any:
        """Return a value in the parameter's own type.

        A whole number is taken where a number is declared, and a single text where a list is.

        Raises:
            ParameterError: the value is of another type, or none of the choices.

        """
        if value is None:  # ROS has no type for an empty list
            raise ParameterError(f"parameter {self.name}: expected a value, got none, or an empty list")
        if self.any_type:
            return str(value)
        kind = type(self.default)
        if kind is float and type(value) is int:
            value = float(value)
        elif kind is list:
            value = [value] if isinstance(value, str) else list(value) if isinstance(value, Sequence) else value
        if type(value) is not kind or (isinstance(value, list) and not all(isinstance(v, str) for v in value)):
            raise ParameterError(f"parameter {self.name} must be {_TYPES[kind]}, got {value!r}")
        if self.choices and value not in self.choices:
            raise ParameterError(f"parameter {self.name} must be one of {self.choices}, got {value!r}")
        return value


def declare(node: Node, parameters: Sequence[Parameter]) -> Values:
    """Declare parameters that are read once, when the node starts.

    Args:
        node: gets the parameters; later changes of them are refused.
        parameters: all that the node has.

    Returns:
        The values by name.

    Raises:
        ParameterError: as `declare_parameters`.

    """
    fixed = {parameter.name: parameter for parameter in parameters}
    values = declare_parameters(node, parameters)

    def refuse(changes: Iterable[rclpy.parameter.Parameter]) -> SetParametersResult:
        for change in changes:
            if change.name in fixed:
                return refusal(f"{change.name}: {fixed[change.name].how_to_change}")
        return SetParametersResult(successful=True)

    node.add_on_set_parameters_callback(refuse)
    return values


def declare_parameters(node: Node, parameters: Sequence[Parameter]) -> Values:
    """Declare parameters on a node and return their values by name.

    Raises:
        ParameterError: a given parameter is unknown, of the wrong type, out of its range, or not among its choices.

    """
    # rclpy shows nowhere else what was given: the command line, with the parameter files that it names.
    given = {name: parameter.value for name, parameter in node._parameter_overrides.items()}
    known = {parameter.name: parameter for parameter in parameters}
    _check_names(node, [name for name in given if name not in known and not node.has_parameter(name)], known)
    values: Values = {}
    for name, parameter in known.items():
        try:
            values[name] = parameter.convert(given[name]) if name in given else parameter.default
        except ParameterError as error:
            raise ParameterError(f"{node.get_fully_qualified_name()}: {error}") from None
        if node.has_parameter(name):  # by an earlier object of the same node
            continue
        try:
            node.declare_parameter(name, values[name], parameter.descriptor(), ignore_override=True)
        except InvalidParameterValueException as error:
            raise ParameterError(f"{node.get_fully_qualified_name()}: parameter {name}: {error}") from None
    node.add_pre_set_parameters_callback(lambda changes: [_converted(node, known, change) for change in changes])
    return values


def _check_names(node: Node, unknown: list[str], known: Collection[str]) -> None:
    """Refuse unknown names that are meant for this node; those of a section for many nodes may be another's."""
    command = parse(sys.argv[1:])
    shared = wildcard_names(command.files) - set(command.parameters)
    for path in files_without(node.get_fully_qualified_name(), command.files):
        node.get_logger().warning(f"{path}: no section is for {node.get_fully_qualified_name()}, so nothing is read")
    errors = []
    for name in unknown:
        text = explain_unknown(name, known)
        if name in shared and RENAMED.get(name) not in known:
            node.get_logger().warning(f"{text} (from a section for several nodes)")
        else:
            errors.append(text)
    if errors:
        raise ParameterError(f"{node.get_fully_qualified_name()}: {'; '.join(errors)}")


def _converted(node: Node, known: dict[str, Parameter], change: rclpy.parameter.Parameter) -> rclpy.parameter.Parameter:
    """Return a requested change in the parameter's own type, where that is possible; what is not is refused later."""
    if change.name not in known:
        if node.has_parameter(change.name):  # one of rclpy's own
            return change
        raise UnknownParameterError(explain_unknown(change.name, known))
    try:
        return rclpy.parameter.Parameter(change.name, value=known[change.name].convert(change.value))
    except ParameterError:
        return change


def refusal(reason: str) -> SetParametersResult:
    """Return the answer to a change that is refused."""
    return SetParametersResult(successful=False, reason=reason)
