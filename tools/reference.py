"""Write the reference pages and the lists of modules and of the public API, from the code that declares them.

python tools/reference.py            (in the shell of env.bash; `make docs` runs it)
python tools/reference.py --check    (writes nothing; names what differs, and ends with 1)
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path

from interface import INTERFACES, NOTES, Topic
from node_facts import sections
from python_page import public_api

from fer_ros.launching import arguments
from fer_ros.launching.checks import Argument
from fer_ros.nodes.parameters import NODES, markdown_table

ROOT = Path(__file__).resolve().parent.parent
_MADE = "<!-- made by tools/reference.py -->"
_LAUNCH = {
    "fer.launch.py": ("fer_node beside a camera driver that runs already.", (arguments.FER,)),
    "webcam.launch.py": ("camera_node and fer_node, and the live page on request.", (arguments.WEBCAM, arguments.FER)),
    "practice.launch.py": (
        "The same with practice_node, an example of a behaviour.",
        (arguments.PRACTICE, arguments.WEBCAM, arguments.FER),
    ),
    "replay.launch.py": ("A recorded bag, played to fer_node.", (arguments.REPLAY, arguments.FER)),
}


def nodes_page() -> str:
    """Return the page of nodes with their topics and services."""
    lines = ["# Nodes, topics and services", "", _MADE, "", NOTES]
    for name, interface in INTERFACES.items():
        lines += ["", f"## {name}", "", interface.text, "", *_topics(interface.topics)]
        if interface.services:
            lines += ["", "| service | type | meaning |", "|---|---|---|"]
            lines += [f"| `{s.name}` | {_code(s.kind)} | {s.meaning} |" for s in interface.services]
        lines += ["", f"[Parameters of {name}](parameters.md#{name})"]
    return "\n".join([*lines, "", sections()]) + "\n"


def _topics(topics: tuple[Topic, ...]) -> list[str]:
    lines = ["| topic | type | direction | meaning |", "|---|---|---|---|"]
    return lines + [f"| `{t.name}` | {_code(t.kind)} | {t.direction} | {t.meaning} |" for t in topics]


def _code(kinds: str) -> str:
    return ", ".join(f"`{kind}`" for kind in kinds.split(", "))


def parameters_page() -> str:
    """Return the page of the parameters of all nodes."""
    lines = [
        "# Parameters",
        "",
        _MADE,
        "",
        "A parameter that changes at *any time* is applied between two images. A request is applied as a whole, or "
        "refused with the reason.",
        "One that changes *unconfigured* is taken over by the next configure. One that is read *at start* needs a new "
        "start.",
        "Changing the smoothing or the tracker keeps the ids.",
        "",
        "An unknown parameter ends the node, and the message names the one that was probably meant.",
        "Where no column says when a parameter changes, all are read at the start.",
    ]
    for name, declared in NODES.items():
        lines += ["", f"## {name}", "", markdown_table(declared)]
    return "\n".join(lines) + "\n"


def launch_page() -> str:
    """Return the page of the launch files with their arguments."""
    lines = [
        "# Launch files",
        "",
        _MADE,
        "",
        "`ros2 launch fer_ros FILE name:=value ...`. Every argument is checked before the first process starts. "
        "`SHARE` is the package's share folder, `ros2 pkg prefix --share fer_ros`.",
    ]
    for name, (text, parts) in _LAUNCH.items():
        lines += ["", f"## {name}", "", text, "", "| argument | default | meaning |", "|---|---|---|"]
        seen: dict[str, Argument] = {}
        for argument in (argument for part in parts for argument in part):
            seen.setdefault(argument.name, argument)
        lines += [f"| `{a.name}` | {_default(a)} | {_share(a.description)} |" for a in seen.values()]
    return "\n".join(lines) + "\n"


def _default(argument: Argument) -> str:
    if argument.default is None:
        return "must be given"
    return f"`{_share(argument.default)}`" if argument.default else "empty"


def _share(text: str) -> str:
    return text.replace(str(arguments.SHARE), "SHARE")


def messages_page() -> str:
    """Return the page of messages: each field with the comment that stands above or behind it."""
    lines = ["# Messages", "", _MADE]
    for path in sorted((ROOT / "msg").glob("*.msg")):
        head, fields = fields_of(path.read_text(encoding="utf-8"))
        lines += ["", f"## fer_ros/msg/{path.stem}", "", head, "", "| field | type | meaning |", "|---|---|---|"]
        lines += [f"| `{name}` | `{kind}` | {text} |" for kind, name, text in fields]
    return "\n".join(lines) + "\n"


def fields_of(text: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Return a .msg file's first comment, and (type, name, comment) of each field.

    A comment behind a field is its own; one above holds for all fields of its paragraph.
    """
    head, fields = "", []
    for number, paragraph in enumerate(text.strip().split("\n\n")):
        comments = [line[1:].strip() for line in paragraph.splitlines() if line.startswith("#")]
        for line in paragraph.splitlines():
            if line.startswith("#"):
                continue
            declaration, _, own = line.partition("#")
            kind, name = declaration.split(maxsplit=1)
            fields.append((kind, name.strip(), own.strip() or " ".join(comments)))
        if not number:
            head = " ".join(comments)
    return head, fields


def architecture(text: str) -> str:
    """Return ARCHITECTURE.md with each folder's modules in the order that it has, new ones last, gone ones left out."""

    def table(match: re.Match[str]) -> str:
        folder = ROOT / match[1]
        there = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
        order = [name for name in re.findall(r"^\| `(\w+\.py)` \|", match[2], re.MULTILINE) if name in there]
        names = [*order, *sorted(there - set(order))]
        rows = "".join(f"| `{name}` | {first_sentence(folder / name)} |\n" for name in names)
        return f"<!-- modules of {match[1]} -->\n| module | what it does |\n|---|---|\n{rows}<!-- end -->"

    return re.sub(r"<!-- modules of (\S+) -->\n(.*?)<!-- end -->", table, text, flags=re.DOTALL)


def first_sentence(path: Path) -> str:
    """Return the first paragraph of a module's docstring in one line, without the full stop."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split()).removesuffix(".")


def python_reference(text: str) -> str:
    """Return docs/python.md with the reference of the public API as it is now."""
    made = f"<!-- reference -->\n{public_api()}<!-- end -->"
    return re.sub(r"<!-- reference -->\n.*?<!-- end -->", lambda match: made, text, flags=re.DOTALL)


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/nodes.md": nodes_page,
    "docs/reference/parameters.md": parameters_page,
    "docs/reference/messages.md": messages_page,
    "docs/reference/launch.md": launch_page,
}
"""Pages that are made as a whole."""
PARTS: dict[str, Callable[[str], str]] = {"docs/python.md": python_reference, "ARCHITECTURE.md": architecture}
"""Pages with parts between markers that are made: what is there to what should be."""


def wanted() -> dict[str, str]:
    """Return what each file should hold, by its path in the repository."""
    parts = {path: make((ROOT / path).read_text(encoding="utf-8")) for path, make in PARTS.items()}
    return {path: make() for path, make in PAGES.items()} | parts


def main(options: list[str]) -> int:
    """Write what differs, or name it."""
    stale = {p: t for p, t in wanted().items() if not (ROOT / p).is_file() or (ROOT / p).read_text("utf-8") != t}
    for path, text in stale.items():
        if "--check" not in options:
            (ROOT / path).parent.mkdir(exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
        print(f"{path}: {'differs from the code' if '--check' in options else 'written'}")
    return int(bool(stale) and "--check" in options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
