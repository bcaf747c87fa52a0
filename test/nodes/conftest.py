"""Processes and peers that end with their test."""

import pytest

from nodes.ros import Peer, ros


@pytest.fixture
def start():
    """Start executables that are stopped at the end of the test."""
    processes = []

    def start_one(executable, *arguments, **parameters):
        processes.append(ros(executable, *arguments, **parameters))
        return processes[-1]

    yield start_one
    for process in processes:
        process.stop()


@pytest.fixture
def peer():
    """A node of the test."""
    one = Peer()
    yield one
    one.close()
