"""An answer that gets lost on its way to a peer ends nothing."""

import pytest
from lifecycle_msgs.msg import Transition
from rclpy.lifecycle import LifecycleNode
from std_srvs.srv import SetBool

from reliability.peer import Peer


class Managed(LifecycleNode):
    """Loses the first answer of each of its services."""

    def __init__(self, context):
        super().__init__("managed", context=context)
        self.asked = []
        self.create_service(SetBool, "~/pause", self.on_pause)
        for service in self.services:
            service.send_response = self.lose_first(service)

    @staticmethod
    def lose_first(service):
        send, lost = service.send_response, []

        def maybe(*answer):
            if lost:
                send(*answer)
            lost.append(answer)

        return maybe

    def on_pause(self, request, response):
        self.asked.append(request.data)
        response.success = True
        return response


@pytest.fixture
def node():
    """A node beside the peer, in its context, spun by the peer's executor."""
    peer = Peer("peer")
    peer.patience = 0.5
    managed = Managed(peer.context)
    peer._executor.add_node(managed)
    yield peer, managed
    peer.close()
    managed.destroy_node()


def test_a_request_without_an_answer_is_repeated(node):
    peer, managed = node
    assert peer.call(SetBool, "managed/pause", SetBool.Request(data=True)).success
    assert managed.asked == [True, True]


def test_a_transition_whose_answer_was_lost_counts_by_what_became_of_the_node(node):
    peer, _ = node
    assert peer.change("managed", Transition.TRANSITION_CONFIGURE)
    assert peer.change("managed", Transition.TRANSITION_ACTIVATE)


def test_a_transition_that_was_refused_is_not_taken_for_one_whose_answer_was_lost(node):
    peer, managed = node
    # Refused without the exception that rclpy raises for it, which would end the executor.
    for service in managed.services:
        if service.srv_name.endswith("change_state"):
            service.callback = lambda request, response: response
    assert not peer.change("managed", Transition.TRANSITION_CONFIGURE)
    assert not peer.change("managed", Transition.TRANSITION_CONFIGURE)
