"""Public names of a package, each imported from its module when it is first used (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module


def lazy_names(
    package: str, homes: Mapping[str, Collection[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return what a package takes as its `__getattr__` and `__dir__`.

    Args:
        package: its name.
        homes: the modules, by their whole names, and which public names stand in each.

    Returns:
        One that imports a name, or raises AttributeError for one that there is not; one that lists all of them.

    """
    home = {name: module for module, names in homes.items() for name in names}

    def find(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(home[name]), name)
        # From then on it is found without a call.
        setattr(sys.modules[package], name, found)
        return found

    return find, lambda: sorted({*vars(sys.modules[package]), *home})
