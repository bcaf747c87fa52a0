"""What the page is made of: its files, and the palette as a style sheet."""

from __future__ import annotations

from pathlib import Path

from fer_ros.core.palette import COLOURS, DARK, EDGE, LIGHT, PEOPLE, UNCERTAIN, ink

_STATIC = Path(__file__).parent / "static"
_FILES = {
    "/": ("index.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/cards.css": ("cards.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/view.js": ("view.js", "text/javascript"),
    "/live.js": ("live.js", "text/javascript"),
    "/own.js": ("own.js", "text/javascript"),
    "/person.js": ("person.js", "text/javascript"),
    "/words.js": ("words.js", "text/javascript"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


def assets() -> dict[str, tuple[bytes, str]]:
    """Return body and content type of every file, by its path."""
    files = {path: ((_STATIC / name).read_bytes(), kind) for path, (name, kind) in _FILES.items()}
    return files | {"/palette.css": (palette_css().encode(), "text/css")}


def palette_css() -> str:
    """Return the palette as a style sheet: a variable each, and rules for [data-label] and [data-person]."""
    lines = [
        ":root {",
        f"  --edge: light-dark({EDGE[LIGHT]}, {EDGE[DARK]});",
        f"  --uncertain: {UNCERTAIN};",
        f"  --people: {len(PEOPLE)};",
        "}",
    ]
    for label, colour in COLOURS.items():
        lines.append(f'[data-label="{label}"] {{ --fill: {colour}; --ink: {ink(colour)}; }}')
    for number, colour in enumerate(PEOPLE):
        lines.append(f'[data-person="{number}"] {{ --person: {colour}; --on-person: {ink(colour)}; }}')
    return "\n".join(lines) + "\n"
