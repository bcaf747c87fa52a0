"""Public names of a package, each imported from its module when it is first used (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module

from fer_ros.core.missing import needs


def lazy_names(
    package: str, homes: Mapping[str, Collection[str]]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return what a package takes as its `__getattr__` and `__dir__`.

    Args:
        package: its name.
        homes: the modules, by their whole names, and which public names stand in each.

    Returns:
        One that imports a name; one that lists all of them. The first raises AttributeError for a name that there is
        not, and ModuleNotFoundError, which says how to get it, where a Python package is not installed.

    """
    home = {name: module for module, names in homes.items() for name in names}

    def find(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            found = getattr(import_module(home[name]), name)
        except ModuleNotFoundError as error:
            absent = (error.name or "").partition(".")[0]
            if absent in ("", package.partition(".")[0]):
                raise  # a defect of ours
            raise ModuleNotFoundError(f"{package}.{name} {needs(absent)}", name=error.name) from None
        # From then on it is found without a call.
        setattr(sys.modules[package], name, found)
        return found

    return find, lambda: sorted({*vars(sys.modules[package]), *home})
