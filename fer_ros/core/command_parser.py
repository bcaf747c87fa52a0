"""The parser of our commands: a mistyped option or choice is named, with what may have been meant."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Sequence
from typing import Any

from fer_ros.core.suggestions import did_you_mean


class CommandParser(argparse.ArgumentParser):
    """A parser that says which of its options, and of their choices, a mistyped one may have been."""

    def add_argument(self, *names: Any, **declared: Any) -> argparse.Action:
        """Declare an argument whose choices, if it has any, are words; see argparse's method."""
        choices = declared.get("choices")
        if choices is not None and "type" not in declared:
            declared["type"] = _one_of(choices)
        return super().add_argument(*names, **declared)

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


def _one_of(choices: Collection[str]) -> Callable[[str], str]:
    def word(given: str) -> str:
        if given not in choices:
            raise argparse.ArgumentTypeError(
                f"expected {', '.join(choices)}, got {given}{did_you_mean(given, choices)}"
            )
        return given

    return word
