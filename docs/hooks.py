"""Hooks of mkdocs: pages that lie elsewhere in the repository, links that leave docs/, and tabs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
ELSEWHERE = {
    "readme.md": "README.md",
    "architecture.md": "ARCHITECTURE.md",
    "contributing.md": "CONTRIBUTING.md",
    "examples.md": "examples/README.md",
    "reference/model_card.md": "fer_ros/models/default/MODEL_CARD.md",
    "reference/balanced_card.md": "fer_ros/models/balanced/MODEL_CARD.md",
    "reference/security.md": "SECURITY.md",
}
"""Page of the site: file of the repository."""
_TABS = re.compile(r"^( *)<!-- tabs -->\n(.*?)^\1<!-- end tabs -->\n", re.DOTALL | re.MULTILINE)
_TAB = re.compile(r"^\*\*(.+?):\*\*$", re.MULTILINE)
_TEST = re.compile(r"<code>(test_\w+)</code>")
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s#]+)(#[^)\s]*)?\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Spell the decisions out, in the order of their numbers."""
    notes = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    for entry in _entries(config.nav or []):
        if entry.get("Decisions") == "decisions":
            entry["Decisions"] = [f"decisions/{name}" for name in notes]
    return config


def _entries(nav: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield the titled entries of a navigation, those of sections too."""
    for entry in nav:
        if isinstance(entry, dict):
            yield entry
            for content in entry.values():
                yield from _entries(content if isinstance(content, list) else [])


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that do not lie in docs/."""
    for page, source in ELSEWHERE.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links to the repository's other files into links inside the site, or into plain names."""
    place = page.file.src_uri
    here = posixpath.dirname(ELSEWHERE.get(place, f"docs/{place}"))
    pages = {source: name for name, source in ELSEWHERE.items()}

    def mended(match: re.Match[str]) -> str:
        mark, text, target, anchor = match.groups()
        if ":" in target:
            return match.group()
        path = posixpath.normpath(posixpath.join(here, target))
        name = path[len("docs/") :] if path.startswith("docs/") else pages.get(path, "")
        if not name or files.get_file_from_path(name) is None:
            return f"{text} (`{path}`)" if text.strip("`") != path else f"`{path}`"
        return f"{mark}[{text}]({posixpath.relpath(name, posixpath.dirname(place) or '.')}{anchor or ''})"

    return _LINK.sub(mended, _TABS.sub(_tabbed, markdown))


def _tabbed(match: re.Match[str]) -> str:
    """Make tabs of the parts that begin with a bold line of their own; elsewhere they are read one after the other."""
    before, *parts = _TAB.split(dedent(match[2]))
    if before.strip() or not parts:
        raise ValueError(f"expected a bold line with a colon right behind <!-- tabs -->, got {match[2][:80]!r}")
    tabs = zip(parts[::2], parts[1::2], strict=True)
    text = "".join(f'=== "{title}"\n\n{indent(content.strip(chr(10)), " " * 4)}\n\n' for title, content in tabs)
    return indent(text, match[1])


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let the long names of tests go on in another line between their words, and nowhere else."""
    return _TEST.sub(lambda match: f'<code class="long">{match[1].replace("_", "_<wbr>")}</code>', html)


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Refuse a page that no menu leads to."""
    listed: set[str] = set()

    def collect(items: list[Any]) -> None:
        for item in items:
            if isinstance(item, Section):
                collect(item.children)
            elif isinstance(item, Page):
                listed.add(item.file.src_uri)

    collect(nav.items)
    lost = sorted({f.src_uri for f in files.documentation_pages()} - listed - {"images/README.md"})
    if lost:
        raise ValueError(f"expected every page in mkdocs.yml's nav, got also {', '.join(lost)}")
    return nav
