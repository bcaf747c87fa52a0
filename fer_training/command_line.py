"""The parser of `fer-train`'s commands: a mistyped option or command is named, with what may have been meant."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from typing import Any


class CommandParser(argparse.ArgumentParser):
    """A parser that says which of its options a mistyped one may have been."""

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Refuse an unknown option before one that is missing is asked for; see argparse's method."""
        known = [name for name, action in self._option_string_actions.items() if action.help != argparse.SUPPRESS]
        for word in args or ():
            if word == "--":
                break
            name = word.partition("=")[0]
            # argparse takes the beginning of a name for it.
            if name.startswith("--") and not any(option.startswith(name) for option in self._option_string_actions):
                self.error(f"unknown option {name}{offer(name, known)}; see {self.prog} --help")
        return super().parse_known_args(args, namespace)


def offer(given: str, known: Collection[str]) -> str:
    """Ask for the name that a mistyped one may have been, or return ''."""
    close = get_close_matches(given, known, 1)
    return f": did you mean {close[0]}?" if close else ""
