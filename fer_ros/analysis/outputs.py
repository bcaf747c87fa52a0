"""The files of an analysis: what is there already, and what is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fer_ros.analysis.expressions import expression_columns, expression_rows
from fer_ros.analysis.inputs import FOLDER, PICTURE
from fer_ros.analysis.job import Job, Outcome
from fer_ros.analysis.report import MOST_ROWS, MOST_SHOWN, Report, to_html
from fer_ros.analysis.rows import columns
from fer_ros.analysis.tables import FORMATS, Table, open_table

FACES, EXPRESSIONS = "faces", "expressions"
TIMELINE, REPORT, ANNOTATED = "timeline.png", "report.html", "annotated"


def check_output(folder: Path, annotated: bool, overwrite: bool) -> None:
    """Refuse a folder that holds an earlier analysis.

    Args:
        folder: where the files shall be written; it need not exist.
        annotated: whether annotated pictures shall be written too.
        overwrite: an earlier analysis is no reason to refuse.

    Raises:
        ValueError: something is there; the message says what, and what to do.

    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder}: expected a folder for the output, got a file")
    there = [path.name for path in _earlier(folder)]
    if annotated and any((folder / ANNOTATED).glob("*")):
        there.append(f"{ANNOTATED}/")
    if there and not overwrite:
        raise ValueError(
            f"{folder}: expected no earlier analysis, got {', '.join(there)}: name another --output, or add --overwrite"
        )


def _earlier(folder: Path) -> list[Path]:
    names = [f"{name}.{form}" for name in (FACES, EXPRESSIONS) for form in FORMATS] + [TIMELINE, REPORT]
    return [folder / name for name in names if (folder / name).exists()]


class Output:
    """Writes the files of one analysis, the faces row by row."""

    def __init__(self, folder: Path, form: str, labels: tuple[str, ...]) -> None:
        """Make the folder, and remove an earlier analysis from it.

        Args:
            folder: where the files go.
            form: of the tables, one of FORMATS.
            labels: of the model.

        Raises:
            OSError: the folder cannot be made or written.

        """
        self.folder = folder
        self._form, self._labels = form, labels
        self._pictures: list[dict[str, Any]] = []
        self._pictures_left_off = 0
        self._shown: list[tuple[str, bytes]] = []
        self._shown_left_off = 0
        folder.mkdir(parents=True, exist_ok=True)
        for path in _earlier(folder):
            path.unlink()

    @contextmanager
    def faces(self) -> Iterator[Output]:
        """Open the table of faces; `add` writes to it."""
        with open_table(self._path(FACES), columns(self._labels), self._form) as table:
            self._table: Table = table
            yield self

    def add(self, row: Mapping[str, Any]) -> None:
        """Write a face."""
        self._table.add(row)
        if row["time"] is not None:
            return
        if len(self._pictures) < MOST_ROWS:
            self._pictures.append(dict(row))
        else:
            self._pictures_left_off += 1

    def take_shown(self, outcome: Outcome) -> None:
        """Take the annotated pictures out of an outcome; a report shows the first ones."""
        room = MOST_SHOWN - len(self._shown)
        self._shown += outcome.shown[:room]
        self._shown_left_off += max(0, len(outcome.shown) - room) + outcome.shown_left_off
        outcome.shown = []

    def finish(self, outcomes: Sequence[Outcome], left_out: Sequence[str], facts: dict[str, str]) -> list[Path]:
        """Write everything else, and return the paths of all files.

        Args:
            outcomes: of each input that was begun.
            left_out: what could not be read, in words.
            facts: what the inputs were analysed with, for the report.

        """
        shares = [row for one in outcomes for row in expression_rows(one.summary, self._labels)]
        with open_table(self._path(EXPRESSIONS), expression_columns(self._labels), self._form) as table:
            for row in shares:
                table.add(row)
        report = Report(facts, self._labels, [_read(one) for one in outcomes], list(left_out))
        report.notes = [line for one in outcomes for line in one.notes]
        report.expressions = shares
        report.pictures, report.pictures_left_off = self._pictures, self._pictures_left_off
        report.shown, report.shown_left_off = self._shown, self._shown_left_off
        report.timeline, report.timeline_left_off = self._timeline(outcomes)
        files = [self._path(FACES), self._path(EXPRESSIONS)]
        if report.timeline:
            files.append(self.folder / TIMELINE)
            files[-1].write_bytes(report.timeline)
        report.files = [path.name for path in files] + ([f"{ANNOTATED}/"] if report.shown else [])
        files.append(self.folder / REPORT)
        files[-1].write_text(to_html(report), encoding="utf-8")
        return files

    def _timeline(self, outcomes: Sequence[Outcome]) -> tuple[bytes, str]:
        from fer_ros.analysis.timeline import Band, draw_timeline

        bands = [Band(one.what.name, one.summary.spans) for one in outcomes if one.summary.spans]
        return draw_timeline(bands, self._labels) if bands else (b"", "")

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.{self._form}"


def annotated_jobs(jobs: Sequence[Job], folder: Path) -> list[Job]:
    """Return the jobs with a name of its own for what each of them draws, in a folder for all."""
    taken: set[str] = set()
    named = []
    for job in jobs:
        # Resolved: the last part of a path such as `photos/..` would lead out of the folder.
        path = job.what.path.resolve()
        base, ending = (path.stem, path.suffix) if job.what.kind == PICTURE else (path.stem, "")
        if job.what.kind == FOLDER:
            base = path.name or "pictures"
        name, number = f"{base}{ending}", 2
        while name in taken:
            name, number = f"{base}_{number}{ending}", number + 1
        taken.add(name)
        named.append(Job(job.what, job.settings, folder / ANNOTATED, name))
    return named


def _read(outcome: Outcome) -> dict[str, Any]:
    length = outcome.summary.length
    speed = f"{outcome.images / outcome.seconds:.0f} images/s" if outcome.seconds else ""
    if length and outcome.seconds:
        speed += f", {length / outcome.seconds:.1f} times real time"
    tracks = {key for key, _ in outcome.summary.faces if key[2]}
    return {
        "input": outcome.what.name,
        "kind": outcome.what.kind,
        "images": outcome.images,
        "length": f"{length:.1f} s" if length else "",
        "faces": outcome.faces,
        "tracks": len(tracks) if tracks else "",
        "analysed at": speed,
    }
