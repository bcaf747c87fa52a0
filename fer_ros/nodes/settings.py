"""The parameters of a running node: a change is validated and applied as a whole, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter as Change

from fer_ros.nodes.declaration import Changes, Parameter, ParameterError, Values, declare_parameters, refusal

Prepared = TypeVar("Prepared")


@dataclass(frozen=True)
class _Pending(Generic[Prepared]):
    """A request that was accepted and is not stored yet. prepared: None while the node is not configured."""

    values: Values
    prepared: Prepared | None


class LiveSettings(Generic[Prepared]):
    """A node's parameters by name, while they change.

    rclpy validates a request in the one callback and stores it in the other, in the same thread and without another
    request in between. What the new values need is loaded in the first, once, and handed to the second.
    """

    def __init__(
        self,
        node: Node,
        parameters: Sequence[Parameter],
        configured: Callable[[], bool],
        validate: Callable[[Values], Prepared],
        apply: Callable[[Values, Values, Prepared], None],
    ) -> None:
        """Declare the parameters and watch them.

        Args:
            node: has the parameters.
            parameters: all of them.
            configured: whether the node is. Then parameters marked UNCONFIGURED are refused, and others are validated
                and applied.
            validate: loads what new values need and returns it. Raises OSError, RuntimeError or ValueError for values
                that do not fit together.
            apply: takes (old values, new values, what was loaded) over.

        Raises:
            ParameterError: as `declare_parameters`.

        """
        self._parameters = {parameter.name: parameter for parameter in parameters}
        self._configured = configured
        self._validate_values = validate
        self._apply_values = apply
        self._pending: _Pending[Prepared] | None = None
        self.values: Values = declare_parameters(node, parameters)
        node.add_on_set_parameters_callback(self._validate)
        node.add_post_set_parameters_callback(self._apply)

    def _changed(self, changes: Sequence[Change]) -> Values:
        """Return all values as they would be. Raises ParameterError for one that is not allowed, or not now."""
        values = dict(self.values)
        for change in changes:
            parameter = self._parameters.get(change.name)
            if parameter is None:
                continue
            if parameter.changes is Changes.AT_START or (
                parameter.changes is Changes.UNCONFIGURED and self._configured()
            ):
                raise ParameterError(f"{change.name}: {parameter.how_to_change}")
            values[change.name] = parameter.convert(change.value)
        return values

    def _validate(self, changes: Sequence[Change]) -> SetParametersResult:
        """Accept or refuse a request; nothing has changed, and nothing is kept, when it is refused."""
        self._pending = None
        try:
            values = self._changed(changes)
            # Before that, a value that does not fit yet may be followed by the one that it fits.
            prepared = self._validate_values(values) if self._configured() else None
        except (OSError, RuntimeError, ValueError) as error:
            return refusal(str(error))
        self._pending = _Pending(values, prepared)
        return SetParametersResult(successful=True)

    def _apply(self, changes: Sequence[Change]) -> None:
        pending, self._pending = self._pending, None
        if pending is None:
            return
        old, self.values = self.values, pending.values
        if pending.prepared is not None and old != self.values:
            self._apply_values(old, self.values, pending.prepared)
