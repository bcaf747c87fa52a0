"""All checks and tests, in three rows beside each other: what is about time, and what computes, which yields to it.

python tools/test.py   (in the shell of env.bash; `make test` runs it)

Nodes mostly wait, so one row alone would leave half of two cores idle. What a row says is shown when it ends; meanwhile
it is in build/test. Ctrl-C ends both.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "test"
# With deadlines, rates or processes that have to find each other.
NODES = ("test/nodes",)
AROUND = ("test/behaviours", "test/client", "test/page", "test/reliability", "test/e2e")
# Needs TensorFlow all the time; a part of it runs where another row ends early. Everything else, new folders too, is
# computed.
TRAINER = ("test/training",)
MODELS = ("test/training/models",)
_PATIENCE = 30.0
_TELL_EVERY = 60.0


@dataclass
class Step:
    """A command of a row, and what became of it. yields: runs when nothing else wants the processor."""

    name: str
    command: list[str]
    yields: bool = False
    code: int | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def run(self, domain: int, started: list[subprocess.Popen[bytes]], lock: threading.Lock) -> None:
        """Run it into its log, and show that at the end. domain: of ROS, where nobody else of this run is."""
        began, log = time.monotonic(), LOGS / f"{self.name}.log"
        environment = {**os.environ, "ROS_DOMAIN_ID": str(domain)}
        with log.open("wb") as file:
            process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                # A Ctrl-C comes from here, and once.
                start_new_session=True,
            )
            started.append(process)
            if self.yields:
                _yield(process.pid)
            self.code = process.wait()
        text = log.read_text(encoding="utf-8", errors="replace")
        last = text.rstrip().rpartition("\n")[2]
        self.counts = {what: int(count) for count, what in re.findall(r"(\d+) (passed|failed|skipped|errors?)\b", last)}
        with lock:
            print(f"--- {self.name}: exit code {self.code} after {time.monotonic() - began:.0f} s", flush=True)
            print(text.rstrip(), flush=True)


def _yield(pid: int) -> None:
    """Lower the priority of a process that leads a session, before it starts others."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, 15)
        # Where Linux shares the processor among sessions first, it is the session's priority that counts.
        Path(f"/proc/{pid}/autogroup").write_text("15", encoding="utf-8")


def rows() -> list[list[Step]]:
    """Return the steps of each row, in order."""
    others = [f"--ignore={path}" for path in (*NODES, *AROUND, *TRAINER)]
    # With less priority a test may take long without being wrong.
    patient = ["pytest", "--timeout=300"]
    trainer = [*TRAINER, *(f"--ignore={path}" for path in MODELS)]
    return [
        [Step("nodes", ["pytest", *NODES]), Step("models", [*patient, *MODELS], True)],
        [Step("around", ["pytest", *AROUND]), Step("computed", [*patient, *others], True)],
        [Step("lint", ["tools/lint.sh"], True), Step("trainer", [*patient, *trainer], True)],
    ]


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    """End processes as Ctrl-C does, so that tests still stop what they started; then by force."""
    for process in processes:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
    end = time.monotonic() + _PATIENCE
    for process in processes:
        try:
            process.wait(timeout=max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def main() -> int:
    """Run the rows; returns 0 if every step ended well, 130 after Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    LOGS.mkdir(parents=True, exist_ok=True)
    began, lock = time.monotonic(), threading.Lock()
    started: list[subprocess.Popen[bytes]] = []
    interrupted = threading.Event()
    plan = rows()

    def go(row: list[Step], domain: int) -> None:
        for step in row:
            if not interrupted.is_set():
                step.run(domain, started, lock)

    domains = random.sample(range(1, 102), len(plan))
    threads = [threading.Thread(target=go, args=arguments) for arguments in zip(plan, domains)]
    steps = [step for row in plan for step in row]
    print("test: " + ", beside ".join(", then ".join(step.name for step in row) for row in plan), flush=True)
    for thread in threads:
        thread.start()
    told = began
    try:
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.2)
            if time.monotonic() - told >= _TELL_EVERY:
                told = time.monotonic()
                open_ = ", ".join(step.name for step in steps if step.code is None)
                print(f"test: {told - began:.0f} s; not yet done: {open_}", flush=True)
    except KeyboardInterrupt:
        interrupted.set()
        _end(started)
    for thread in threads:
        thread.join()
    totals: dict[str, int] = {}
    for step in steps:
        for what, count in step.counts.items():
            totals[what] = totals.get(what, 0) + count
    bad = [step.name for step in steps if step.code != 0]
    said = ", ".join(f"{count} {what}" for what, count in totals.items())
    print(f"test: {said} in {time.monotonic() - began:.0f} s{'; FAILED: ' + ', '.join(bad) if bad else ''}", flush=True)
    return 130 if interrupted.is_set() else int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
