"""What must hold, what was measured, and the table of it: on the screen, in results/, in docs/reliability.md."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import describe
from reliability import ROOT

RESULTS = Path(__file__).resolve().parent / "results"
_PAGE = ROOT / "docs" / "reliability.md"


@dataclass(frozen=True)
class Check:
    """One thing that must hold, what was measured, and whether it holds."""

    must: str
    measured: str
    passed: bool


def at_most(what: str, value: float, limit: float, unit: str = "s", digits: int = 2) -> Check:
    """Check a number against a limit, inclusive."""
    return Check(f"{what} at most {limit:g} {unit}".rstrip(), f"{value:.{digits}f} {unit}".rstrip(), value <= limit)


def holds(what: str, passed: bool, measured: str = "") -> Check:
    """Check a fact."""
    return Check(what, measured or ("yes" if passed else "no"), passed)


@dataclass(frozen=True)
class Row:
    """A fault and its checks; without checks it was not run, for the reason in `note`."""

    name: str
    fault: str
    checks: list[Check] = field(default_factory=list)
    note: str = ""

    @property
    def result(self) -> str:
        """pass, FAIL or 'not run'."""
        if not self.checks:
            return "not run"
        return "pass" if all(check.passed for check in self.checks) else "FAIL"


def failures(checks: list[Check]) -> list[str]:
    """Return what did not hold. Raises ValueError where nothing was checked."""
    if not checks:
        raise ValueError("expected a row that was run, got no checks")
    return [f"{check.must}: {check.measured}" for check in checks if not check.passed]


def table(rows: list[Row]) -> str:
    """Return the rows as Markdown: a line each, with every check's limit and measurement."""
    lines = ["| row | fault | must hold: measured | result |", "|---|---|---|---|"]
    for row in rows:
        told = "<br>".join(f"{'' if c.passed else '**FAIL** '}{c.must}: {c.measured}" for c in row.checks)
        if row.note:
            told = f"{told}<br>{row.note}" if told else row.note
        lines.append(f"| `{row.name}` | {row.fault} | {told} | {row.result} |")
    return "\n".join(lines)


def save(name: str, title: str, command: str, rows: list[Row], made: dict[str, str], more: dict[str, Any]) -> None:
    """Write NAME.json and NAME.md to RESULTS."""
    RESULTS.mkdir(exist_ok=True)
    data = {"command": command, "made": made, "rows": [{**asdict(r), "result": r.result} for r in rows], **more}
    (RESULTS / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    (RESULTS / f"{name}.md").write_text(f"# {title}\n\n{text(command, rows, made)}\n", encoding="utf-8")


def keep(name: str, title: str, command: str, order: list[str], rows: list[Row], made: dict[str, str]) -> None:
    """Save rows among those of earlier runs, in this order, and put the table of all into docs/reliability.md."""
    known = {row.name: row for row in read(name)[0]} | {row.name: row for row in rows}
    ordered = [known[row] for row in order if row in known]
    save(name, title, command, ordered, made, {})
    embed(name, text(command, ordered, made))


def text(command: str, rows: list[Row], made: dict[str, str]) -> str:
    """Return the table with the command, the machine and the date of its making."""
    facts = ", ".join(f"{key} {value}" for key, value in made.items())
    return f"{table(rows)}\n\n`{command}`; made on: {facts}."


def embed(name: str, content: str) -> None:
    """Put a text between the markers of that name in docs/reliability.md. Raises ValueError if they are not there."""
    page = _PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    if begin not in page or end not in page:
        raise ValueError(f"{_PAGE}: expected the markers {begin} and {end}, got none")
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    _PAGE.write_text(pattern.sub(lambda _: f"{begin}\n{content}\n{end}", page), encoding="utf-8")


def read(name: str) -> tuple[list[Row], dict[str, str]]:
    """Return the saved rows of a run and what is known of its making; nothing if there was none."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return [], describe()
    data = json.loads(path.read_text(encoding="utf-8"))
    rows = [Row(r["name"], r["fault"], [Check(**c) for c in r["checks"]], r["note"]) for r in data["rows"]]
    return rows, data["made"]
