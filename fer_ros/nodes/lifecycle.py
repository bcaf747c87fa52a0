"""A lifecycle node that survives its manager: impossible transitions are refused, failed ones explained and undone."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from lifecycle_msgs.srv import ChangeState
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn


class RobustLifecycleNode(LifecycleNode):
    """What rclpy's lifecycle node leaves open."""

    def __init__(self, name: str) -> None:
        """Make the node, unconfigured."""
        super().__init__(name)
        # In Jazzy a transition that is not possible now raises out of the service's callback, which ends the process
        # and leaves the manager without a response.
        self._change_state = self._service_change_state.callback
        self._service_change_state.callback = self._on_change_state

    def _on_change_state(self, request: ChangeState.Request, response: ChangeState.Response) -> ChangeState.Response:
        try:
            return self._change_state(request, response)
        except RuntimeError as error:  # the base of rclpy's own error; those of the callbacks do not come here
            self.get_logger().error(f"transition {request.transition.id or request.transition.label!r}: {error}")
            response.success = False
            return response

    @contextmanager
    def log_exceptions(self, *expected: type[Exception]) -> Iterator[None]:
        """Write what a transition's body raises to the log, with its traceback: rclpy keeps it to itself.

        Args:
            expected: exceptions that the caller handles; they pass in silence.

        """
        try:
            yield
        except expected:
            raise
        except Exception:
            self.get_logger().error(traceback.format_exc())
            raise

    def release(self) -> None:
        """Stop to work, and let go of everything that was made since the node was unconfigured."""
        raise NotImplementedError

    def destroy_node(self) -> None:
        """Destroy it with all its services."""
        super().destroy_node()
        # rclpy leaves this to the garbage collector: until then, managers find services that nobody serves.
        self._state_machine.destroy_when_not_in_use()

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Become what it was before it was configured."""
        return self._released(super().on_cleanup(state), "cleaned up: the model is unloaded")

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop for good."""
        return self._released(super().on_shutdown(state), "shut down: the node cannot be configured again")

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Become unconfigured after a transition that failed; the manager may try again."""
        return self._released(super().on_error(state), "unconfigured after an error")

    def _released(self, result: TransitionCallbackReturn, text: str) -> TransitionCallbackReturn:
        with self.log_exceptions():
            self.release()
        self.get_logger().info(text)
        return result
