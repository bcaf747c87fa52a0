"""The package `reliability` is not installed: it is imported from the root, behind the overlay."""

import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)


@pytest.fixture(scope="module")
def stage():
    """One fer_node for the rows that leave it as it was."""
    from reliability.stage import Stage

    with Stage() as one:
        yield one
