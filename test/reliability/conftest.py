"""A fer_node for the rows."""

import pytest

from reliability.stage import Stage


@pytest.fixture(scope="module")
def stage():
    """One fer_node for the rows that leave it as it was."""
    with Stage() as one:
        yield one
