"""What is said where a Python package is missing that the commands for bags need."""

from __future__ import annotations

from fer_ros.core.missing import needs


def remedy(error: ModuleNotFoundError) -> str:
    """Return what is missing and what brings it, in one line."""
    return needs(error.name or str(error))
