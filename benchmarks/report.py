"""What a benchmark leaves behind: a table on the screen, and JSON, Markdown and plots in benchmarks/results."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import describe

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Results:
    """What was measured, with the machine, the versions and the date of the start.

    name: of the files, without ending.  title: for people.  data: what goes into the JSON file.
    """

    name: str
    title: str
    data: dict[str, Any]
    made: dict[str, str] = field(default_factory=describe)

    def finish(self, table: str, save: bool) -> None:
        """Print the Markdown table, with what it was made of and on; if asked, write it and the data to RESULTS."""
        made = {**self.made, "bundle": self.data["bundle"]} if "bundle" in self.data else self.made
        facts = ", ".join(f"{key} {value}" for key, value in made.items())
        text = f"# {self.title}\n\n{table}\n\nMade on: {facts}.\n"
        print(text, flush=True)
        if not save:
            return
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{self.name}.md").write_text(text, encoding="utf-8")
        content = json.dumps({"made": self.made, **self.data}, indent=1) + "\n"
        (RESULTS / f"{self.name}.json").write_text(content, encoding="utf-8")


def read(name: str) -> dict[str, Any]:
    """Return the saved data of a benchmark. Raises FileNotFoundError naming the file if it was not saved."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        raise FileNotFoundError(f"expected the results of a benchmark at {path}, got no file: run it with --save")
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def parse_size(text: str) -> tuple[int, int]:
    """Return (width, height) of a text like 640x480. Raises ArgumentTypeError for any other text."""
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT such as 640x480, got {text!r}")
    return int(width), int(height)
