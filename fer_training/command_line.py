"""The parser of `fer-train`'s commands: a mistyped option or command is named, with what may have been meant."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from fer_ros.core.suggestions import did_you_mean


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
                self.error(f"unknown option {name}{did_you_mean(name, known)}; see {self.prog} --help")
        return super().parse_known_args(args, namespace)
