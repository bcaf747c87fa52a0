"""A lifecycle node that survives its manager: impossible transitions are refused, failed ones explained and undone."""

from __future__ import annotations

import traceback
from types import TracebackType

from lifecycle_msgs.srv import ChangeState
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn


class ManagedNode(LifecycleNode):
    """What rclpy's lifecycle node leaves open."""

    def __init__(self, name: str) -> None:
        """Make the node, unconfigured."""
        super().__init__(name)
        # In Jazzy a transition that is not possible now raises out of the service's callback, which ends the process
        # and leaves the manager without an answer.
        self._change_state = self._service_change_state.callback
        self._service_change_state.callback = self._on_change_state

    def _on_change_state(self, request: ChangeState.Request, response: ChangeState.Response) -> ChangeState.Response:
        try:
            return self._change_state(request, response)
        except RuntimeError as error:  # the base of rclpy's own error; those of the callbacks do not come here
            self.get_logger().error(f"transition {request.transition.id or request.transition.label!r}: {error}")
            response.success = False
            return response

    def explained(self, *expected: type[Exception]) -> Explained:
        """Return a context for the body of a transition: rclpy keeps to itself what is raised there.

        expected: exceptions that the caller explains.
        """
        return Explained(self, expected)

    def release(self) -> None:
        """Stop to work, and let go of everything that was made since the node was unconfigured."""
        raise NotImplementedError

    def destroy_node(self) -> None:
        """Destroy it with all its services."""
        super().destroy_node()
        # rclpy leaves this to the garbage collector: until then, managers find services that nobody answers.
        self._state_machine.destroy_when_not_in_use()

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Become what it was before it was configured."""
        with self.explained():
            self.release()
        return super().on_cleanup(state)

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop for good."""
        with self.explained():
            self.release()
        return super().on_shutdown(state)

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Become unconfigured after a transition that failed; the manager may try again."""
        with self.explained():
            self.release()
        return super().on_error(state)


class Explained:
    """Writes an exception with its traceback to the node's log, and lets it pass."""

    def __init__(self, node: LifecycleNode, expected: tuple[type[Exception], ...]) -> None:
        """Write to the log of this node all but the expected ones."""
        self._node = node
        self._expected = expected

    def __enter__(self) -> None:
        """Enter."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, with or without an exception."""
        if error is not None and not isinstance(error, self._expected):
            self._node.get_logger().error("".join(traceback.format_exception(kind, error, trace)))
