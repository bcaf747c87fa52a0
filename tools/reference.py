"""Write the reference of nodes and messages, from their single declarations, as Markdown pages for the site."""

from __future__ import annotations

import sys
from pathlib import Path

from fer_ros.nodes.parameters import NODES, markdown_table

ROOT = Path(__file__).resolve().parent.parent


def nodes_page() -> str:
    """Return the page of nodes with their parameters."""
    lines = ["# Nodes and parameters", "", "Every parameter is declared once, in `fer_ros/nodes/parameters.py`."]
    for name, declared in NODES.items():
        lines += ["", f"## {name}", "", markdown_table(declared)]
    return "\n".join(lines) + "\n"


def messages_page() -> str:
    """Return the page of messages: each field with the comment that stands above or behind it."""
    lines = ["# Messages"]
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


def main() -> int:
    """Write both pages into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nodes.md").write_text(nodes_page(), encoding="utf-8")
    (folder / "messages.md").write_text(messages_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
