"""What `make TARGET` can be given as variables: one that a target does not have is told before anything is done.

python3 tools/make_variables.py TARGET...   exit code 2 for a mistake; what make was given stands in MAKEFLAGS

It runs before there is an environment, so it needs nothing but Python.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches

TARGETS: dict[str, tuple[str, ...]] = {
    "demo": ("SOURCE", "PROFILE", "OUT", "PAGE", "BACKEND", "DOMAIN", "HELP"),
    "bench": ("FER2013", "CLIPS", "PORTRAITS"),
    "fuzz": ("RUNS", "TARGETS"),
    "soak": ("MINUTES",),
}
"""The variables of each target that has any."""
_OF_MAKE = ("PYTHON", "SHELL")


class VariableError(ValueError):
    """A variable that no target of this call has; the message names it."""


def given_to_make(environment: Mapping[str, str]) -> list[str]:
    """Return the names of the variables on make's command line, which it hands on after `--`."""
    flags = " " + environment.get("MAKEFLAGS", "")
    # Blanks within a value are escaped.
    return re.findall(r"(?<!\\)\s([A-Za-z_]\w*):{0,3}=", flags.partition(" -- ")[2].join("  "))


def check(names: Collection[str], targets: Sequence[str]) -> None:
    """Hold variables against what targets know. Raises VariableError with what may have been meant."""
    known = [name for target in targets for name in TARGETS.get(target, ())]
    for name in names:
        # pip's own settings are for whoever sets up behind a proxy or with a mirror.
        if name in known or name in _OF_MAKE or name.startswith("PIP_"):
            continue
        close = get_close_matches(name.upper(), known, 1)
        owners = [target for target, own in TARGETS.items() if name.upper() in own]
        if close:
            offer = f"did you mean {close[0]}?"
        elif owners:
            offer = f"it is one of make {owners[0]}"
        else:
            offer = f"make {' '.join(targets)} has {', '.join(known) or 'none'}; make help lists all"
        raise VariableError(f"unknown variable {name}: {offer}")


def main(targets: list[str]) -> int:
    """Look at what make was given; the demo looks at its own."""
    if "demo" in targets:
        return 0
    try:
        check(given_to_make(os.environ), targets)
    except VariableError as error:
        print(f"make {' '.join(targets)}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
