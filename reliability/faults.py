"""Injects faults into running nodes and checks that they neither freeze, nor lie, nor leak.

python -m reliability.faults [--save] [--only ROW ...] [--list]   (in the shell of env.bash; about eight minutes)

--save writes reliability/results/faults.* and the table of docs/reliability.md; with --only, the other rows stay.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.machine import describe
from reliability.report import Check, Row, holds, keep, table
from reliability.rows import cameras, processes, storage, streams
from reliability.stage import Stage

_COMMAND = "make faults"


@dataclass(frozen=True)
class Fault:
    """A row before it is run. missing: why it cannot be run here; empty: it can."""

    name: str
    what: str
    run: Callable[[], list[Check]]
    missing: str = ""


def _on_stage(row: Callable[..., list[Check]], **parameters: object) -> Callable[[], list[Check]]:
    """Run a row on a fer_node of its own."""

    def run() -> list[Check]:
        with Stage(**parameters) as stage:
            return row(stage)

    return run


def _killed() -> list[Check]:
    with Stage(processes.supervised()[0]) as stage:
        return processes.node_killed(stage)


def _two_ways(name: str) -> Callable[..., list[Check]]:
    return {
        "hangs": lambda stage: cameras.unplugged(stage, hangs=True),
        "annotated": lambda stage: processes.subscriber_stalls(stage, annotated=True),
    }[name]


def faults() -> list[Fault]:
    """Return all rows in their order."""
    two = "[left, right]"
    return [
        Fault("unplugged", "camera_node's source ends and is back after 10 s", _on_stage(cameras.unplugged)),
        Fault("hangs", "the source goes silent for 10 s, its connection open", _on_stage(_two_ways("hangs"))),
        Fault("publisher", "the publisher of images killed with -9, started again, four times",
              _on_stage(processes.publisher_killed)),
        Fault("node", "fer_node killed with -9 at work and respawned, three times", _killed),
        Fault("subscriber", "a reliable subscriber stopped for 10 s", _on_stage(processes.subscriber_stalls)),
        Fault("annotated", "the same of the annotated pictures, 0.9 MB each", _on_stage(_two_ways("annotated"))),
        Fault("clock", "15 jumps of /clock and stamps, back and forth, with use_sim_time",
              _on_stage(streams.clock_jumps, use_sim_time=True)),
        Fault("silence", "no image for 60 s", _on_stage(streams.silence)),
        Fault("burst", "500 images as fast as possible", _on_stage(streams.burst)),
        Fault("changing", "size and encoding change from image to image, broken ones between",
              _on_stage(streams.changing)),
        Fault("cameras", "one of two cameras silent for 10 s", _on_stage(streams.one_of_two, image_topics=two)),
        Fault("model", "the model file truncated, then replaced, while the node runs", storage.model_changes),
        Fault("signals", "20 times SIGINT or SIGTERM at random moments under a flood of images", processes.signals),
        Fault("disk", "the recorder's own images fill the disk", storage.full_disk, storage.recorder_missing()),
        Fault("disk_other", "somebody else fills the recorder's disk to the last byte",
              lambda: storage.full_disk(suddenly=True), storage.recorder_missing()),
    ]  # fmt: skip


def run(fault: Fault) -> Row:
    """Run one row. One that raises has failed; the others still run."""
    if fault.missing:
        return Row(fault.name, fault.what, [], fault.missing)
    began = time.monotonic()
    try:
        checks = fault.run()
    except (TimeoutError, OSError, RuntimeError) as error:
        checks = [holds("the row runs to its end", False, f"{type(error).__name__}: {error}"[:500])]
    load = describe()["load before"]
    return Row(fault.name, fault.what, checks, f"{time.monotonic() - began:.0f} s, load {load}")


def main() -> int:
    """Run the rows; returns how many failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="ROW", help="these rows")
    parser.add_argument("--list", action="store_true", help="say which rows there are")
    parser.add_argument("--save", action="store_true", help="write the results and the table of the docs")
    options = parser.parse_args()
    chosen = [f for f in faults() if not options.only or f.name in options.only]
    unknown = set(options.only or ()) - {f.name for f in faults()}
    if unknown or options.list:
        print("\n".join(f"{f.name:12} {f.what}" for f in faults()))
        return 2 if unknown else 0
    made, rows = describe(), []
    for fault in chosen:
        rows.append(run(fault))
        print(table(rows[-1:]).splitlines()[-1].replace("<br>", "\n    "), flush=True)
        if options.save:
            keep("faults", "Injected faults", _COMMAND, [f.name for f in faults()], rows, made)
    failed = [row.name for row in rows if row.result == "FAIL"]
    print(f"faults: {len(rows) - len(failed)} rows held or were not run, failed: {shlex.join(failed) or 'none'}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
