"""The processes and peers of the nodes' tests, and somebody who publishes faces."""

import pytest
from nodes.conftest import peer, start  # noqa: F401

from client.scripted import Stage


@pytest.fixture
def stage(peer):  # noqa: F811
    """Faces that come from another node over DDS."""
    return Stage(peer.node)
