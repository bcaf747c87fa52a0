"""The look of every report.html: one file with everything in it, which opens by double-click and loads nothing.

    to_page("Title", [section("Results", table(rows)), section("Confusion", picture(png, "what it shows"))])

Whatever is not `Html` is escaped: a file's name stays text.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from fer_ros.core.palette import COLOURS, DARK, EDGE, LIGHT, UNCERTAIN

NAME = "report.html"
"""What the file is called, wherever one is written."""
HATCHED = "uncertain"
"""The name of what is uncertain, hatched in bars and legends."""
# Nothing may be loaded or run, whatever stands in the text.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


class Html(str):
    """Text that is HTML already."""


def to_page(title: str, parts: Iterable[str], note: str = "") -> str:
    """Return a whole document.

    Args:
        title: of the document, its first heading too.
        parts: HTML, such as sections; empty ones are left out.
        note: below the heading; text, or Html.

    """
    under = f"<p class='note'>{_text(note)}</p>" if note else ""
    body = "\n".join([f"<h1>{escape(title)}</h1>{under}", *filter(None, parts)])
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        "<meta name='viewport' content='width=device-width, initial-scale=1'><link rel='icon' href='data:,'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def section(title: str, content: str) -> Html:
    """Return HTML under a heading; nothing where there is no content."""
    return Html(f"<section><h2>{escape(title)}</h2>{content}</section>" if content else "")


def warning(title: str, lines: Sequence[str]) -> Html:
    """Return lines that must not be overlooked, in a box; nothing where there are none."""
    return Html(f"<section class='warning'><h2>{escape(title)}</h2>{bullets(lines)}</section>" if lines else "")


def notes(lines: Sequence[str], title: str = "Notes") -> Html:
    """Return lines that open on a click; nothing where there are none."""
    return Html(f"<details><summary>{escape(title)}</summary>{bullets(lines)}</details>" if lines else "")


def paragraph(text: str) -> Html:
    """Return a paragraph of text, or of Html."""
    return Html(f"<p>{_text(text)}</p>")


def bullets(lines: Iterable[str]) -> Html:
    """Return lines as a list."""
    return Html(f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in lines)}</ul>")


def table(rows: Sequence[Mapping[str, object]], numbers: Iterable[str] = ()) -> Html:
    """Return rows as a table that scrolls, and shows so, where it is too wide; nothing where there are none.

    Args:
        rows: values by column, in the same order in all of them; Html stays what it is.
        numbers: the columns that are set to the right.

    """
    if not rows:
        return Html()
    right = set(numbers)
    style = {name: " class='number'" if name in right else "" for name in rows[0]}
    head = "".join(f"<th scope='col'{style[name]}>{escape(name)}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td{style[name]}>{_text(value)}</td>" for name, value in row.items()) + "</tr>"
        for row in rows
    )
    return _scrolling(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def facts(values: Mapping[str, object]) -> Html:
    """Return names and values as a table of two columns."""
    cells = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{_text(value)}</td></tr>" for name, value in values.items()
    )
    return _scrolling(f"<table class='facts'>{cells}</table>")


def picture(data: bytes, shows: str, caption: str = "", kind: str = "chart", form: str = "png") -> Html:
    """Return a picture that stands in the file itself.

    Args:
        data: content of the picture's file.
        shows: in words, for who does not see it.
        caption: below it.
        kind: 'chart', as wide as the page; 'small', a chart no wider than its picture; 'people', a photograph.
        form: 'png' or 'jpeg'.

    """
    source = f"data:image/{form};base64,{base64.b64encode(data).decode()}"
    image = f"<img class='{kind}' alt='{escape(shows, quote=True)}' src='{source}'>"
    return Html(f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>" if caption else image)


def legend(labels: Iterable[str]) -> Html:
    """Return the colours of expressions, and of what is uncertain."""
    marks = [f"<span><i style='background:{COLOURS[label]}'></i>{escape(label)}</span>" for label in labels]
    return Html(f"<p class='legend'>{''.join(marks)}<span><i class='{HATCHED}'></i>{HATCHED}</span></p>")


def bar(shares: Mapping[str, float]) -> Html:
    """Return shares of expressions (and of 'uncertain'), 0 to 1, as a bar in their colours and in words."""
    seen = [(name, share) for name, share in shares.items() if share > 0]
    parts = "".join(
        f"<i class='{HATCHED}' style='flex-grow:{share}'></i>"
        if name == HATCHED
        else f"<i style='flex-grow:{share};background:{COLOURS[name]}'></i>"
        for name, share in seen
    )
    words = ", ".join(f"{name} {share:.0%}" for name, share in sorted(seen, key=lambda item: -item[1]))
    return Html(f"<div class='bar' aria-hidden='true'>{parts}</div>{words}")


def _scrolling(content: str) -> Html:
    """Return HTML that scrolls sideways by itself, from the keyboard too."""
    return Html(f"<div class='scroll' tabindex='0' role='group' aria-label='table'>{content}</div>")


def _text(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))


_STYLE = (
    """
:root { color-scheme: light dark; --text: #1c2126; --soft: #57606a; --page: #ffffff; --line: #d5dbe1; --warn: #fff3dc;
  --shade: #1c212655;
  --edge: EDGE_LIGHT }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ec; --soft: #a3adb8; --page: #14181c; --line: #333b44; --warn: #3a2c0d;
    --shade: #ffffff55; --edge: EDGE_DARK }
}
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif }
main { overflow-wrap: anywhere; max-width: 1100px; margin: 0 auto; padding: 24px 16px 48px }
h1 { font-size: 1.7rem; margin: 0 0 8px }
h2 { font-size: 1.15rem; margin: 32px 0 8px }
.note, figcaption, summary, th { color: var(--soft) }
.warning { background: var(--warn); border-radius: 8px; padding: 2px 16px 8px; margin-top: 16px }
.warning h2 { margin-top: 8px }
/* A shadow at each edge behind which a table goes on: covers that scroll along lie over shadows that stay. */
.scroll { overflow-x: auto; background:
  linear-gradient(90deg, var(--page) 50%, transparent) left / 40px 100% local no-repeat,
  linear-gradient(270deg, var(--page) 50%, transparent) right / 40px 100% local no-repeat,
  linear-gradient(90deg, var(--shade), transparent) left / 18px 100% scroll no-repeat,
  linear-gradient(270deg, var(--shade), transparent) right / 18px 100% scroll no-repeat }
.scroll:focus-visible { outline: 2px solid var(--soft) }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line) }
th { font-weight: 500; white-space: nowrap; overflow-wrap: normal }
td { overflow-wrap: break-word; min-width: 3em; max-width: 28em }
.number { text-align: right; white-space: nowrap }
.facts td { overflow-wrap: anywhere; max-width: none }
.facts th { width: 8em }
.bar { display: flex; height: 12px; min-width: 220px; border-radius: 3px; overflow: hidden; margin: 6px 0 2px }
.bar i { flex-basis: 0; box-shadow: inset 0 0 0 1px var(--edge) }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 0 0 8px }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px;
  box-shadow: inset 0 0 0 1px var(--edge) }
.uncertain { background: repeating-linear-gradient(135deg, UNCERTAIN 0 2px, transparent 2px 5px) }
.chart { width: 100%; height: auto; border-radius: 8px; background: #fff }
.small { max-width: 100%; height: auto; border-radius: 8px; background: #fff }
@media (max-width: 640px) {
  th, td { padding-right: 10px; font-size: .9rem }
  th { white-space: normal }
  /* Long paths break, so that there is room for what they are about. */
  td:first-child { overflow-wrap: anywhere; min-width: 8em }
  .bar { min-width: 120px }
}
figure { display: inline-block; margin: 0 16px 16px 0; max-width: 100%; vertical-align: top }
.people { max-width: 100%; height: auto; border-radius: 8px }
""".replace("UNCERTAIN", UNCERTAIN)
    .replace("EDGE_LIGHT", EDGE[LIGHT])
    .replace("EDGE_DARK", EDGE[DARK])
)
