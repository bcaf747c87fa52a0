"""What `make demo` can be given, as variables: their meaning, and mistakes told before anything is set up.

python3 tools/demo_options.py --help    the table of the variables
python3 tools/demo_options.py --check   what is given in the environment; exit code 2 for a mistake, 3 where the
                                        table was asked for and shown

It runs before there is an environment, so it needs nothing but Python.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from make_variables import VariableError, check, given_to_make

ROOT = Path(__file__).resolve().parents[1]
VARIABLES = {
    "SOURCE": "picture, folder, video, device (0 or /dev/video0) or URL; else a clip of public-domain pictures",
    "PROFILE": "default, robot (finds tilted heads too, costs least), paper, or a parameter file of fer_node",
    "OUT": "folder for annotated pictures, which show people: one for each input; else nothing is written",
    "PAGE": "1: a live page in the browser too; a file or folder then starts again at its end, until Ctrl-C",
    "BACKEND": "auto, litert or tensorflow; the last fetches TensorFlow, 2 GB, the first time",
    "DOMAIN": "ROS domain, 0 to 232; else one of its own, where no robot and no other demo is",
    "HELP": "1: this text",
}
"""Name to meaning."""
BACKENDS = ("auto", "litert", "tensorflow")
_WORDS = {
    **dict.fromkeys(("", "0", "no", "n", "false", "off"), False),
    **dict.fromkeys(("1", "yes", "y", "true", "on"), True),
}
_HIGHEST_DOMAIN = 232
_HELP_SHOWN = 3


class OptionError(ValueError):
    """A variable that is unknown or cannot be used; the message names it."""


@dataclass(frozen=True)
class Options:
    """What is asked for.

    Attributes:
        source: device, URL, file or folder; '' for the demo's own clip.
        profile: parameter file of fer_node, None for what the node does without one.
        out: folder for annotated pictures, None for none.
        page: whether the live page is shown too.
        help: whether only the table of the variables is asked for.
        backend: one of BACKENDS.
        domain: of ROS; None for one of its own.

    """

    source: str = ""
    profile: Path | None = None
    out: Path | None = None
    page: bool = False
    help: bool = False
    backend: str = "auto"
    domain: int | None = None


def read_options(environment: Mapping[str, str]) -> Options:
    """Return what the variables of an environment ask for.

    Raises:
        OptionError: one cannot be used, or `make` was given one that the demo does not have.

    """
    named = given_to_make(environment)
    try:
        check(named, ["demo"])
    except VariableError as error:
        raise OptionError(str(error)) from None
    value = {name: environment.get(name, "").strip() for name in VARIABLES}
    # A shell may have one for reasons of its own: only on the command line of make it was meant for the demo.
    if "MAKELEVEL" in environment and "DOMAIN" not in named:
        value["DOMAIN"] = ""
    return Options(
        _source(value["SOURCE"]),
        _profile(value["PROFILE"]),
        Path(value["OUT"]).expanduser() if value["OUT"] else None,
        _yes("PAGE", value["PAGE"]),
        _yes("HELP", value["HELP"]),
        _backend(value["BACKEND"]),
        _domain(value["DOMAIN"]),
    )


def help_text() -> str:
    """Return the table of the variables."""
    lines = [f"    {name:9} {meaning}" for name, meaning in VARIABLES.items()]
    return "\n".join(["  variables of make demo, such as make demo SOURCE=photo.jpg PROFILE=robot:", *lines])


def _source(given: str) -> str:
    path = Path(given).expanduser()
    if not given or given.isdigit() or given.startswith("/dev/") or "://" in given or path.exists():
        return given
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    close = get_close_matches(path.name, beside, 1)
    offer = f"did you mean {path.with_name(close[0])}?" if close else f"looked in {path.parent.resolve()}"
    raise OptionError(f"SOURCE={given}: no such file or folder: {offer}")


def _profile(given: str) -> Path | None:
    path = Path(given).expanduser()
    names = sorted(file.stem for file in (ROOT / "config").glob("*.yaml"))
    if not given or path.is_file():
        return path if given else None
    if given in names:
        return ROOT / "config" / f"{given}.yaml"
    raise OptionError(f"PROFILE={given}: expected {', '.join(names)}, or a parameter file{_meant(given, names)}")


def _backend(given: str) -> str:
    if given and given not in BACKENDS:
        raise OptionError(f"BACKEND={given}: expected {', '.join(BACKENDS)}{_meant(given, BACKENDS)}")
    return given or "auto"


def _yes(name: str, given: str) -> bool:
    if given.lower() not in _WORDS:
        raise OptionError(f"{name}={given}: expected 1 or 0, or yes or no")
    return _WORDS[given.lower()]


def _domain(given: str) -> int | None:
    if given and not (given.isdecimal() and int(given) <= _HIGHEST_DOMAIN):
        raise OptionError(f"DOMAIN={given}: expected a number from 0 to {_HIGHEST_DOMAIN}")
    return int(given) if given else None


def _meant(given: str, known: tuple[str, ...] | list[str]) -> str:
    close = get_close_matches(given, known, 1)
    return f": did you mean {close[0]}?" if close else ""


def main(words: list[str]) -> int:
    """Print the table, or look at what is given."""
    if words == ["--help"]:
        print(help_text())
        return 0
    try:
        options = read_options(os.environ)
    except OptionError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 2
    if options.help:
        print(help_text())
    return _HELP_SHOWN if options.help else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
