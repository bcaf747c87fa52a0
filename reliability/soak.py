"""A long run: 30 images a second, faces that come and go; does the node grow, slow down, or lose faces?

python -m reliability.soak --minutes 60 [--profile default] [--save] [--name soak]   (in the shell of env.bash)

Memory is sampled every 10 s; reliability/results/NAME.json and NAME.png are written anew every minute, so a run that
is killed leaves what it has measured. --save also writes the table of docs/reliability.md at the end.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from diagnostic_msgs.msg import DiagnosticArray
from fer_ros.msg import FaceEmotionArray

from benchmarks.machine import describe
from benchmarks.process import use_of
from benchmarks.profiles import PROFILES
from fer_ros.client.quality_of_service import RESULTS as QOS
from reliability import ROOT
from reliability.process import Process, module, private_memory, ros, wait_for
from reliability.report import RESULTS, Check, Row, embed, holds, save, text
from reliability.stage import Peer
from reliability.visits import SIZE, Visits

RATE = 30.0
STAY = 6.0
"""Seconds between two changes of who is there."""
_SAMPLE_EVERY, _WARM_UP = 10.0, 120.0
_GROWTH_LIMIT, _SLOWER_LIMIT, _SLOWER_MS = 5.0, 25.0, 5.0


@dataclass
class Minute:
    """What was answered in one minute. latencies: seconds from the image's stamp to the receipt of the answer."""

    latencies: list[float] = field(default_factory=list)
    first: int = -1
    last: int = -1

    def summary(self, number: int) -> dict[str, float]:
        """Return the counts and the percentiles in milliseconds."""
        sent = self.last - self.first + 1 if self.latencies else 0
        p50, p95, p99, most = (1e3 * np.percentile(self.latencies or [math.nan], [50, 95, 99, 100])).tolist()
        answered = len(self.latencies)
        return {"minute": number, "sent": sent, "answered": answered, "p50": p50, "p95": p95, "p99": p99, "max": most}


class Stays:
    """In how many images of each stay a face was found, and under which ids."""

    def __init__(self, visits: Visits) -> None:
        """Take the schedule that tells who is there."""
        self._visits = visits
        # By the visit in which a person came, and the person.
        self._shown: dict[tuple[int, int], int] = defaultdict(int)
        self._found: dict[tuple[int, int], int] = defaultdict(int)
        self._ids: dict[tuple[int, int], list[str]] = defaultdict(list)

    def count(self, number: int, faces: list[tuple[str, float]]) -> None:
        """Count an answer by its image's number, and the id and place (x, pixels) of each face."""
        present = self._visits.present(number)
        for person in (0, 1):
            if not present[person]:
                continue
            key = (self._visits.arrived(number, person), person)
            here = [name for name, x in faces if (x > SIZE[0] / 2) == bool(person)]
            self._shown[key] += 1
            self._found[key] += bool(here)
            if here and here[0] not in self._ids[key][-1:]:
                self._ids[key].append(here[0])

    def summary(self) -> dict[str, int]:
        """Return how many stays of a second and more there were, and how many ids were lost while the face stayed."""
        stays = [key for key, count in dict(self._shown).items() if count >= RATE]
        return {
            "stays": len(stays),
            "ids_lost": sum(max(0, len(self._ids[key]) - 1) for key in stays),
            "images_with_face": sum(self._shown[key] for key in stays),
            "found": sum(self._found[key] for key in stays),
        }


class Listener:
    """Counts the answers as they come."""

    def __init__(self, peer: Peer, visits: Visits) -> None:
        """Subscribe to the answers and the diagnostics."""
        self.began = time.monotonic()
        self.minutes: dict[int, Minute] = defaultdict(Minute)
        self.repeated = self.answered = self.dropped = 0
        self.last = -1
        self.stays = Stays(visits)
        self._node = peer.node
        peer.node.create_subscription(FaceEmotionArray, "faces/emotions", self._on_answer, QOS)
        peer.node.create_subscription(DiagnosticArray, "/diagnostics", self._on_diagnostics, QOS)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        self.dropped = int(next(v.value for v in message.status[0].values if v.key == "dropped"))

    def _on_answer(self, message: FaceEmotionArray) -> None:
        stamp, number = message.header.stamp, int(message.header.frame_id)
        latency = self._node.get_clock().now().nanoseconds * 1e-9 - stamp.sec - stamp.nanosec * 1e-9
        if number <= self.last:
            self.repeated += 1
            return
        self.last = number
        self.answered += 1
        minute = self.minutes[int((time.monotonic() - self.began) / 60)]
        minute.first = number if minute.first < 0 else minute.first
        minute.last = number
        minute.latencies.append(latency)
        self.stays.count(number, [(face.track_id, face.bbox.center.position.x) for face in message.faces])


def verdict(samples: list[dict[str, float]], minutes: list[dict[str, float]], facts: dict[str, Any]) -> list[Check]:
    """Judge a run by its memory samples, its minutes and its counts; less than two whole minutes tell little."""
    ended = samples[-1]["seconds"]
    # A short trial has no two minutes to spare.
    settled = min(_WARM_UP, ended / 4)
    base = float(np.median([s["private_mb"] for s in samples if settled <= s["seconds"] <= settled + 60]))
    level = float(np.median([s["private_mb"] for s in samples if s["seconds"] >= ended - 60]))
    growth = 100 * (level / base - 1)
    whole = minutes[1:-1] or minutes
    quarter = max(1, len(whole) // 4)
    first, last = (float(np.median([m["p50"] for m in part])) for part in (whole[:quarter], whole[-quarter:]))
    limit = first + max(_SLOWER_MS, _SLOWER_LIMIT / 100 * first)
    sent, answered = facts["sent"], facts["answered"]
    tracks = facts["tracks"]
    return [
        holds(f"memory grows by at most {_GROWTH_LIMIT:g} % after {settled:.0f} s", growth <= _GROWTH_LIMIT,
              f"{base:.1f} -> {level:.1f} MB ({growth:+.1f} %)"),
        holds("median latency: no growth", last <= limit,
              f"{first:.1f} ms in the first quarter, {last:.1f} ms in the last (limit {limit:.1f})"),
        _unanswered(minutes, samples),
        holds("images that were not answered in all", True,
              f"{sent - answered} of {sent} ({facts['dropped']} dropped by the node, which was busy)"),
        holds("answers repeated or out of order: 0", facts["repeated"] == 0, str(facts["repeated"])),
        holds("ids lost while the face stayed", True, f"{tracks['ids_lost']} in {tracks['stays']} stays"),
        holds("images with a face in which it was found", True,
              f"{tracks['found']} of {tracks['images_with_face']}"),
        holds("node alive, without a traceback", facts["alive"]),
    ]  # fmt: skip


def _unanswered(minutes: list[dict[str, float]], samples: list[dict[str, float]]) -> Check:
    """Check the minutes under capacity: answers came before the next image, and the machine had time to spare."""
    loads: dict[int, float] = defaultdict(float)
    for sample in samples:
        number = int(sample["seconds"] // 60)
        loads[number] = max(loads[number], sample["load"])
    cores = os.cpu_count() or 1
    quiet = [m for m in minutes if m["p95"] < 1e3 / RATE and loads[int(m["minute"])] < cores]
    lost, sent = (int(sum(m["sent"] - m["answered"] for m in quiet)), int(sum(m["sent"] for m in quiet)))
    told = f"{lost} of {sent} in {len(quiet)} of {len(minutes)} minutes"
    must = f"unanswered in minutes under capacity (p95 below {1e3 / RATE:.0f} ms, load below {cores}): 0"
    return holds(must, bool(quiet) and not lost, told if quiet else "not shown: the machine was busy in every minute")


def plot(path: str, samples: list[dict[str, float]], minutes: list[dict[str, float]], made: dict[str, str]) -> None:
    """Draw memory and latency over time."""
    figure, (above, below) = plt.subplots(2, 1, figsize=(10, 7), sharex=True, layout="constrained")
    at = [s["seconds"] / 60 for s in samples]
    above.plot(at, [s["private_mb"] for s in samples], color="tab:blue", label="private")
    above.plot(at, [s["resident_mb"] for s in samples], color="tab:gray", label="resident, with shared segments")
    above.set_ylim(bottom=0)
    above.set_ylabel("memory of fer_node, MB")
    for key, colour in (("p50", "tab:blue"), ("p95", "tab:orange"), ("p99", "tab:red")):
        below.plot([m["minute"] + 0.5 for m in minutes], [m[key] for m in minutes], "o-", ms=3, color=colour, label=key)
    below.set_yscale("log")
    below.set_ylabel("ms from stamp to answer")
    below.set_xlabel("minutes")
    load = below.twinx()
    load.plot(at, [s["load"] for s in samples], color="black", alpha=0.25, label="load of the machine")
    load.set_ylim(bottom=0)
    load.set_ylabel("load (grey)")
    for axes in (above, below):
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small", loc="lower right")
    above.set_title(f"{made['cpu']}, {made['cores']} cores, {made['date']}", fontsize="medium")
    figure.savefig(path, dpi=80)
    plt.close(figure)


@dataclass
class Run:
    """A run under way."""

    name: str
    command: str
    node: Process
    listener: Listener
    made: dict[str, str]
    samples: list[dict[str, float]] = field(default_factory=list)

    def sample(self) -> None:
        """Note the node's memory, and how busy the machine is."""
        use = use_of(self.node.pid)
        self.samples.append(
            {
                "seconds": time.monotonic() - self.listener.began,
                "private_mb": private_memory(self.node.pid),
                "resident_mb": use.memory,
                "cpu_seconds": use.cpu,
                "load": float(describe()["load before"]),
            }
        )

    def write(self, finished: bool) -> Row:
        """Write what there is so far; returns its row."""
        listener = self.listener
        minutes = [minute.summary(number) for number, minute in sorted(dict(listener.minutes).items())]
        facts = {
            "sent": sum(int(m["sent"]) for m in minutes) + _between(dict(listener.minutes)),
            "answered": listener.answered,
            "dropped": listener.dropped,
            "repeated": listener.repeated,
            "tracks": listener.stays.summary(),
            "alive": self.node.alive and "Traceback" not in self.node.output,
            "finished": finished,
        }
        passed = self.samples[-1]["seconds"] / 60
        what = f"{RATE:g} images a second of 640x480, faces come and go every {STAY:g} s, {passed:.0f} minutes"
        note = "" if finished else "not finished"
        row = Row(self.name, what, verdict(self.samples, minutes, facts), note)
        save(self.name, "A long run", self.command, [row], self.made, {"facts": facts, "minutes": minutes,
             "samples": self.samples})  # fmt: skip
        plot(str(RESULTS / f"{self.name}.png"), self.samples, minutes, self.made)
        return row


def _between(minutes: dict[int, Minute]) -> int:
    """Return how many images lie between the minutes' first and last answers: they were not answered either."""
    ends = [(m.first, m.last) for _, m in sorted(minutes.items()) if m.latencies]
    return sum(after[0] - before[1] - 1 for before, after in zip(ends, ends[1:]))


def main() -> int:
    """Run; returns 0 if everything held."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--profile", choices=PROFILES, default="default", help="of fer_node")
    parser.add_argument("--name", default="soak", help="of the result's files")
    parser.add_argument("--save", action="store_true", help="also write the table of the docs at the end")
    options = parser.parse_args()
    command = f"python -m reliability.soak --minutes {options.minutes:g} --profile {options.profile}"
    visits, peer = Visits(STAY, RATE), Peer("reliability")
    try:
        with (
            ros("fer_node", "--params-file", str(ROOT / "config" / f"{options.profile}.yaml")) as node,
            module("publisher", "--rate", str(RATE), "--visits", str(STAY)) as camera,
        ):
            listener = Listener(peer, visits)
            if not wait_for(lambda: listener.answered > 10, 120):
                raise TimeoutError(f"expected answers within 120 s, got none:\n{node.output[-500:]}")
            run, ended = Run(options.name, command, node, listener, describe()), time.monotonic() + 60 * options.minutes
            due = time.monotonic()
            while time.monotonic() < ended and node.alive and camera.alive:
                run.sample()
                if len(run.samples) % 6 == 0:
                    row = run.write(False)
                    print(f"soak: {row.fault}: {row.result}: {row.checks[0].measured}", flush=True)
                # What a camera says of every image is not needed here, and would fill this process's memory.
                camera.forget()
                due += _SAMPLE_EVERY
                time.sleep(max(0.0, min(due, ended) - time.monotonic()))
            if node.alive:
                run.sample()
            row = run.write(True)
    finally:
        peer.close()
    content = text(command, [row], run.made)
    print(content, json.dumps(listener.stays.summary()), sep="\n")
    if options.save:
        embed("soak", content)
    return 0 if row.result == "pass" else 1


if __name__ == "__main__":
    sys.exit(main())
