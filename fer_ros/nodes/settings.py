"""The parameters of a running node: a change is judged and applied as a whole, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rcl_interfaces.msg import SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter as Change

from fer_ros.nodes.parameters import Changes, Parameter, ParameterError, declare, how_to_change, refusal

Values = dict[str, Any]


class LiveSettings:
    """A node's parameters by name, while they change.

    rclpy judges a request in the one callback and stores it in the other, in the same thread and without another
    request in between.
    """

    def __init__(
        self,
        node: Node,
        parameters: Sequence[Parameter],
        configured: Callable[[], bool],
        judge: Callable[[Values], None],
        apply: Callable[[Values, Values], None],
    ) -> None:
        """Declare the parameters and watch them.

        configured: whether the node is; parameters marked UNCONFIGURED are refused then, and others judged and applied.
        judge: raises OSError or ValueError for values that do not fit together.  apply: takes (old, new) values over.
        Raises ParameterError as `declare` does.
        """
        self._parameters = {parameter.name: parameter for parameter in parameters}
        self._configured = configured
        self._judge_all = judge
        self._apply_all = apply
        self.values: Values = declare(node, tuple(parameters))
        node.add_on_set_parameters_callback(self._judge)
        node.add_post_set_parameters_callback(self._apply)

    def _changed(self, changes: Sequence[Change]) -> Values:
        """Return all values as they would be. Raises ParameterError for one that is not allowed, or not now."""
        values = dict(self.values)
        for change in changes:
            parameter = self._parameters.get(change.name)
            if parameter is None:
                continue
            if parameter.changes is Changes.UNCONFIGURED and self._configured():
                raise ParameterError(f"{change.name}: {how_to_change(parameter)}")
            values[change.name] = parameter.taken(change.value)
        return values

    def _judge(self, changes: Sequence[Change]) -> SetParametersResult:
        """Accept or refuse a request; nothing has changed when it is refused."""
        try:
            values = self._changed(changes)
            # Before that, a value that does not fit yet may be followed by the one that it fits.
            if self._configured():
                self._judge_all(values)
        except (OSError, ValueError) as error:
            return refusal(str(error))
        return SetParametersResult(successful=True)

    def _apply(self, changes: Sequence[Change]) -> None:
        old, self.values = self.values, self._changed(changes)
        if self._configured() and old != self.values:
            self._apply_all(old, self.values)
