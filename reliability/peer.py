"""A node of this process, for talking to the nodes under test."""

from __future__ import annotations

import threading
import time
from typing import Any

import rclpy
from lifecycle_msgs.msg import State, Transition
from lifecycle_msgs.srv import ChangeState, GetState
from rclpy.client import Client
from rclpy.executors import SingleThreadedExecutor

from reliability.process import wait_for

_GOALS = {
    Transition.TRANSITION_CONFIGURE: State.PRIMARY_STATE_INACTIVE,
    Transition.TRANSITION_ACTIVATE: State.PRIMARY_STATE_ACTIVE,
    Transition.TRANSITION_DEACTIVATE: State.PRIMARY_STATE_INACTIVE,
    Transition.TRANSITION_CLEANUP: State.PRIMARY_STATE_UNCONFIGURED,
    Transition.TRANSITION_ACTIVE_SHUTDOWN: State.PRIMARY_STATE_FINALIZED,
}


class Peer:
    """A node with a context of its own, spun by a thread.

    An answer to a new client can be lost: Fast DDS finds the two halves of a client one after the other, and a service
    that got the request waits a tenth of a second for the other half, then drops its answer with a warning.
    """

    def __init__(self, name: str) -> None:
        """Start it."""
        self.patience = 5.0  # seconds until an answer is taken for lost
        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        self.node = rclpy.create_node(name, context=self.context)
        # Each is found once, and not anew with every call.
        self._clients: dict[str, Client] = {}
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)
        self._thread = threading.Thread(target=self._executor.spin, daemon=True)
        self._thread.start()

    def ask(self, kind: type, name: str, request: Any) -> Any:
        """Send a request once; returns the answer, or None if it was lost.

        Raises TimeoutError if there is no such service within a minute.
        """
        if name not in self._clients:
            self._clients[name] = self.node.create_client(kind, name)
        client = self._clients[name]
        if not client.wait_for_service(60):
            raise TimeoutError(f"expected a service {name} within 60 s")
        future = client.call_async(request)
        if wait_for(future.done, self.patience):
            return future.result()
        client.remove_pending_request(future)
        return None

    def call(self, kind: type, name: str, request: Any) -> Any:
        """Send a request that may be repeated until it is answered. Raises TimeoutError after a minute."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            answer = self.ask(kind, name, request)
            if answer is not None:
                return answer
        raise TimeoutError(f"expected an answer from {name} within 60 s")

    def state(self, node: str) -> int:
        """Return the state of a lifecycle node."""
        return self.call(GetState, f"{node}/get_state", GetState.Request()).current_state.id

    def change(self, node: str, transition: int) -> bool:
        """Ask a lifecycle node for a transition; returns whether it was carried out.

        Without an answer the state tells: a transition that was carried out would be refused the second time.
        Raises TimeoutError after a minute.
        """
        request = ChangeState.Request(transition=Transition(id=transition))
        end = time.monotonic() + 60
        while time.monotonic() < end:
            answer = self.ask(ChangeState, f"{node}/change_state", request)
            if answer is not None:
                return answer.success
            if self.state(node) == _GOALS[transition]:
                return True
        raise TimeoutError(f"expected an answer from {node}/change_state within 60 s")

    def close(self) -> None:
        """End it."""
        self._executor.shutdown(timeout_sec=2)
        self._thread.join(timeout=2)
        self.node.destroy_node()
        rclpy.try_shutdown(context=self.context)
