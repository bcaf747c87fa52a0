"""What is said where a Python package is missing that the commands for bags need."""

from __future__ import annotations

_BY_EXTRA = ("rosbags", "tqdm", "matplotlib", "apsw", "backports", "lz4", "ruamel")
_OF_RAY = ("ray",)


def remedy(error: ModuleNotFoundError) -> str:
    """Return what is missing and what brings it, in one line."""
    name = (error.name or str(error)).partition(".")[0]
    extra = "[bags]" if name in _BY_EXTRA else "[ray]" if name in _OF_RAY else ""
    return (
        f"needs the Python package {name}: pip install '.{extra}' in the folder of this package's sources, or on a "
        "robot tools/setup.sh there"
    )
