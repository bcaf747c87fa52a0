"""The thread that works, and what becomes of the node when it dies."""

import threading

from fer_ros.nodes.latest_images import LatestImages
from fer_ros.nodes.worker import Worker
from nodes.ros import wait_for


class Node:
    """What a worker asks of a node."""

    def __init__(self):
        self.ended, self.exit_code, self.logged = threading.Event(), 0, []

    def get_logger(self):
        return type("Log", (), {"fatal": self.logged.append})


def test_what_comes_is_processed_until_it_is_closed():
    node, mailbox, processed = Node(), LatestImages(), []
    worker = Worker(node, mailbox.take_all, processed.append, mailbox.close)
    mailbox.put("left", 1)
    assert wait_for(lambda: processed == [{"left": 1}])
    worker.close()
    assert worker.closing and not [thread for thread in threading.enumerate() if thread.name == "worker"]
    assert not node.ended.is_set() and (node.exit_code, node.logged) == (0, [])


def test_a_worker_that_dies_ends_the_node_with_its_reason(monkeypatch):
    raised = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: raised.append(failure.exc_value))
    node, mailbox = Node(), LatestImages()
    worker = Worker(node, mailbox.take_all, lambda items: 1 / 0, mailbox.close)
    mailbox.put("left", 1)
    assert node.ended.wait(10)
    worker.close()
    assert node.exit_code == 1 and "the worker failed" in node.logged[0]
    assert isinstance(raised[0], ZeroDivisionError)
