"""The tables of docs/benchmarks.md on people, made of benchmarks/results/people.json."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from benchmarks import report
from benchmarks.people_clips import FRAMINGS, Case

NOT_MEASURED = "Not measured with this version yet: `python -m benchmarks.people --portraits DIR --save`.\n"
"""What stands in the place of a table without results."""


def upright_table() -> str:
    """Return how many upright people are found, by how large they are in the frame."""
    data = _read()
    if not data:
        return NOT_MEASURED
    rows = {f"{100 * share:.0f} %": data["cases"][Case("upright", share).name] for share in FRAMINGS}
    return _table(data["profiles"], rows, "portrait's longer side", lambda found: share_cell(found["found"]))


def people_table() -> str:
    """Return how many people are found and named rightly, by how they are shown."""
    data = _read()
    if not data:
        return NOT_MEASURED
    return _table(
        data["profiles"],
        data["groups"],
        "shown: found, right of these",
        lambda found: f"{share_cell(found['found'])}, {share_cell(found['right'])}",
    )


def made_of_people() -> str:
    """Return of how many people the tables are, and when and on what they were made."""
    data = _read()
    if not data:
        return NOT_MEASURED
    made, (width, height) = data["made"], data["size"]
    return (
        f"`people`: {data['people']} portraits, clips of {data['frames']} frames at {width}x{height}; {made['date']}, "
        f"{made['cores']} cores of an {made['cpu']}, load {made['load before']} before.\n"
    )


def _read() -> dict[str, Any]:
    """Return the results; nothing while there are none."""
    return report.read("people") if (report.RESULTS / "people.json").is_file() else {}


def _table(profiles: list[str], rows: Mapping[str, Any], title: str, cell: Callable[[Mapping[str, Any]], str]) -> str:
    lines = [[title, *(f"`{profile}`" for profile in profiles)], ["---"] * (1 + len(profiles))]
    lines += [[name, *(cell(row[profile]) for profile in profiles)] for name, row in rows.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def share_cell(counted: Mapping[str, Any]) -> str:
    """Return a share with its interval as text; '-' of nothing."""
    if not counted["total"]:
        return "-"
    low, high = counted["interval"]
    return f"{100 * counted['value']:.1f} % ({100 * low:.1f} to {100 * high:.1f})"
