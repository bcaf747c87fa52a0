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
            declared["type"] = _one_of(choices, declared.get("default"))
        return super().add_argument(*names, **declared)

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Refuse an unknown option before one that is missing is asked for; see argparse's method."""
        known = [name for name, action in self._option_string_actions.items() if action.help != argparse.SUPPRESS]
        for word in args or ():
            if word == "--":
                break
            name = word.partition("=")[0]
            if name.startswith("--") and not self._is_known(name):
                self.error(f"unknown option {name}{did_you_mean(name, known)}; see {self.prog} --help")
        return super().parse_known_args(args, namespace)

    def _is_known(self, name: str) -> bool:
        """Whether argparse takes it for an option; unless told otherwise, it takes the beginning of one too."""
        if not self.allow_abbrev:
            return name in self._option_string_actions
        return any(option.startswith(name) for option in self._option_string_actions)


def _one_of(choices: Collection[str], default: Any) -> Callable[[str], str]:
    def word(given: str) -> str:
        # argparse reads a default that is text as if somebody had given it.
        if given not in choices and given != default:
            raise argparse.ArgumentTypeError(
                f"expected {', '.join(choices)}, got {given}{did_you_mean(given, choices)}"
            )
        return given

    return word
