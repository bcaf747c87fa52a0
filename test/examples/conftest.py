"""The processes and peers of the nodes' tests."""

from nodes.conftest import peer, start  # noqa: F401
