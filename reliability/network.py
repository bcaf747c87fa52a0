"""A bad network between robot and listener: loss, delay, a cut. Needs root (network namespaces).

python -m reliability.network [--save] [--only ROW ...]   (in the shell of env.bash; about five minutes)

The link loses 5 % of the frames and delays the others by 50 ms, each way, by reliability/relay.py. Cuts last 10 s.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from benchmarks.machine import describe
from reliability import ROOT
from reliability.namespaces import Network, Unavailable, network
from reliability.process import Process, wait_for
from reliability.report import Check, Row, at_most, holds, keep, table

LOSS, DELAY, CUT = 0.05, 0.05, 10.0
"""Share of the frames that are lost, seconds that the others are late (each way), seconds of a cut."""
RECOVERY_LIMIT, AGE_LIMIT = 2.0, 1.0
"""Seconds from the end of a cut to a new answer; age of the answers from then on."""
LOST = 0.02
"""Share of the answers that a lossy link may swallow for good."""
HISTORY = 10
"""Answers that the node keeps for a subscriber that missed them (RESULTS, keep-last)."""
_COMMAND = "make network"


@dataclass(frozen=True)
class Heard:
    """An answer that a listener got. number: of its image.  when: monotonic seconds."""

    number: int
    when: float


def heard(listener: Process) -> list[Heard]:
    """Return what a listener has told, in the order of its arrival."""
    rows = (line.split() for line in list(listener.lines))
    return [Heard(int(w[0]), float(w[3])) for w in rows if len(w) == 5 and w[0].isdigit()]


def sent(publisher: Process) -> dict[int, float]:
    """Return when each image was published, monotonic seconds, by number."""
    rows = (line.split() for line in list(publisher.lines))
    return {int(w[0]): float(w[3]) for w in rows if len(w) == 4 and w[0].isdigit()}


@dataclass(frozen=True)
class Scene:
    """fer_node in `robot`; a camera and two listeners, one beside the node and one where the row wants it."""

    net: Network
    node: Process
    camera: Process
    near: Process
    far: Process

    def pause(self, seconds: float) -> None:
        """Wait while everything runs. Raises Unavailable if a process ends meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for name in ("node", "camera", "near", "far"):
                process: Process = getattr(self, name)
                if not process.alive:
                    raise Unavailable(f"{name} ended: {process.output[-300:]}")
            time.sleep(0.05)


@contextmanager
def scene(net: Network, camera_at: str, rate: float, *words: str) -> Iterator[Scene]:
    """Start everything on a good link. Raises Unavailable if the far listener hears nothing."""
    net.link(0.0, 0.0)
    topic = "camera/image_raw/compressed" if "--jpeg" in words else "camera/image_raw"
    node = [str(ROOT / "scripts" / "fer_node"), "--ros-args", "-p", f"image_topics:=[{topic}]"]
    publisher = ["-m", "reliability.publisher", "--rate", str(rate), "--topic", topic, *words]
    with (
        net.run("robot", *node) as one,
        net.run("robot", "-m", "reliability.listener") as near,
        net.run("away", "-m", "reliability.listener") as far,
        net.run(camera_at, *publisher) as camera,
    ):
        made = Scene(net, one, camera, near, far)
        if not wait_for(lambda: len(heard(far)) >= 5 and len(heard(near)) >= 5, 60):
            told = "\n".join(p.output[-300:] for p in (one, near, far, camera))
            raise Unavailable(f"no answers over the link in 60 s; {len(heard(near))} without it:\n{told}")
        yield made


def _ages(answers: list[Heard], images: dict[int, float]) -> np.ndarray:
    return np.array([a.when - images[a.number] for a in answers if a.number in images] or [np.inf])


def _told(ages: np.ndarray) -> str:
    p50, p95, most = 1e3 * np.percentile(ages, [50, 95, 100])
    return f"{p50:.0f}, {p95:.0f}, {most:.0f} ms"


def _order(answers: list[Heard]) -> Check:
    numbers = [a.number for a in answers]
    return holds("in order, none twice", numbers == sorted(set(numbers)))


def _alive(made: Scene) -> Check:
    return holds("node alive, without a traceback", made.node.alive and "Traceback" not in made.node.output)


def results_lossy(net: Network, rate: float, seconds: float = 20.0) -> list[Check]:
    """Answers over a link that loses and delays, beside what a listener next to the node got."""
    with scene(net, "robot", rate) as made:
        made.pause(3)
        clean = _ages(heard(made.far)[5:], sent(made.camera))
        net.link(LOSS, DELAY)
        made.pause(1)
        began = time.monotonic()
        made.pause(seconds)
        ended = time.monotonic() - 1.5
        net.link(LOSS, DELAY)
        images = sent(made.camera)
        there = {a.number for a in heard(made.near) if began <= images.get(a.number, 0.0) <= ended}
        got = [a for a in heard(made.far) if a.number in there]
        missing = len(there) - len({a.number for a in got})
        # One is lost for good where HISTORY newer ones were published before a repetition of it got through.
        complete = holds(f"answers that never arrive: at most {LOST:.0%}", missing <= LOST * len(there),
                         f"{missing} of {len(there)}")  # fmt: skip
        return [
            complete,
            _order(heard(made.far)),
            holds("latency p50, p95, max on a good link", True, _told(clean)),
            holds("latency p50, p95, max on the bad one", True, _told(_ages(got, images))),
            holds("frames on the link", True, net.traffic),
            _alive(made),
        ]


def _cut(made: Scene, down: bool, seconds: float) -> tuple[float, float]:
    """Cut the link; returns when it was cut and when it was whole again, monotonic seconds."""
    (made.net.down if down else made.net.cut)()
    cut = time.monotonic()
    made.pause(seconds)
    (made.net.up if down else made.net.join)()
    return cut, time.monotonic()


def results_cut(net: Network, rate: float, down: bool = False, seconds: float = CUT) -> list[Check]:
    """Answers over a link that is cut and joined again."""
    with scene(net, "robot", rate) as made:
        made.pause(3)
        cut, joined = _cut(made, down, seconds)
        made.pause(8.0)
        images, got = sent(made.camera), heard(made.far)
        missed = [a.number for a in heard(made.near) if cut <= images.get(a.number, 0.0) <= joined]
        fresh = [a for a in got if images.get(a.number, 0.0) > joined]
        late = [a for a in got if a.number in set(missed) and a.when >= joined]
        recovery = fresh[0].when - joined if fresh else float("inf")
        # Where images are rare, the first one after the cut has to come first.
        limit = RECOVERY_LIMIT + (1 / rate if rate < 2 else 0.0)
        near = heard(made.near)
        gap = float(np.diff([a.when for a in near if a.when > cut - 1]).max()) if len(near) > 2 else float("inf")
        checks = [
            at_most("new answer after the cut", recovery, limit),
            _order(got),
            at_most("longest gap beside the node", gap, max(1.0, 1.5 / rate)),
        ]
        told = f"{len(late)} of {len(missed)}"
        if len(missed) <= HISTORY:
            checks.append(holds("answers of the cut that arrive after it: all", len(late) == len(missed), told))
        else:
            checks.append(holds(f"answers of the cut that arrive after it: at most {HISTORY + 2} of the newest",
                                len(late) <= HISTORY + 2, told))  # fmt: skip
            ended = time.monotonic() - 1.5
            since = {a.number for a in heard(made.near) if joined < images.get(a.number, 0.0) < ended}
            lost = len(since - {a.number for a in fresh})
            checks.append(holds("answers lost after the first new one: 0", lost <= recovery * rate, f"{lost} in all"))
        return [*checks, _alive(made)]


def images_over(net: Network, rate: float, *words: str, promised: bool = True, tuned: bool = False) -> list[Check]:
    """Images from `away` over a bad link, then a cut; ages are from the image's publication to its answer."""
    if tuned:
        net.tune()
    with scene(net, "away", rate, *words) as made:
        made.pause(3)
        net.link(LOSS, DELAY)
        made.pause(1)
        began = time.monotonic()
        made.pause(10.0)
        ended = time.monotonic() - 1.0
        images = sent(made.camera)
        shown = [n for n, t in images.items() if began <= t <= ended]
        got = [a for a in heard(made.near) if a.number in set(shown)]
        share = holds("images answered on the bad link", bool(got) or not promised, f"{len(got)} of {len(shown)}")
        told = holds("age p50, p95, max there", True, _told(_ages(got, images)) if got else "none")
        traffic = net.traffic
        if not promised:
            net.link(LOSS, DELAY)
            return [share, told, holds("frames on the link", True, net.traffic), _alive(made)]
        cut, joined = _cut(made, False, CUT)
        wait_for(lambda: bool(heard(made.near)) and heard(made.near)[-1].when > joined, 30)
        made.pause(6.0)
        images, answers = sent(made.camera), heard(made.near)
        fresh = [a for a in answers if images.get(a.number, 0.0) > joined]
        late = [a for a in answers if cut + 0.5 < images.get(a.number, 0.0) <= joined - 0.5]
        recovery = fresh[0].when - joined if fresh else float("inf")
        return [
            share,
            told,
            at_most("new answer after the cut", recovery, RECOVERY_LIMIT),
            holds("images of the cut that are answered after it: 0", not late, str(len(late))),
            at_most("oldest answer after the cut", float(_ages(fresh, images).max()), AGE_LIMIT),
            _order(answers),
            holds("frames before the cut", True, traffic),
            _alive(made),
        ]


def rows() -> dict[str, tuple[str, Callable[[Network], list[Check]]]]:
    """Return what there is to run, by name: what happens, and the function."""
    bad = f"{LOSS:.0%} loss, {1e3 * DELAY:.0f} ms each way"
    return {
        "results_10": (f"answers, 10 a second: {bad}", lambda n: results_lossy(n, 10)),
        "results_30": (f"answers, 30 a second: {bad}", lambda n: results_lossy(n, 30)),
        "cut_slow": (f"answers, 0.8 a second: nothing passes for {CUT:g} s", lambda n: results_cut(n, 0.8)),
        "cut_30": (f"answers, 30 a second: nothing passes for {CUT:g} s", lambda n: results_cut(n, 30)),
        "down_30": (f"answers, 30 a second: the interface down for {CUT:g} s", lambda n: results_cut(n, 30, True)),
        "cut_long": ("answers, 30 a second: nothing passes for 30 s, longer than the lease",
                     lambda n: results_cut(n, 30, seconds=30.0)),
        "images_small": (f"320x240 JPEG images, 15 a second: {bad}, then cut for {CUT:g} s",
                         lambda n: images_over(n, 15, "--jpeg", "80", "--size", "320x240")),
        "images_jpeg": (f"640x480 JPEG images, 15 a second: {bad}, then cut for {CUT:g} s",
                        lambda n: images_over(n, 15, "--jpeg", "80")),
        "images_tuned": ("the same, the robot's kernel set to forget incomplete datagrams after 3 s",
                         lambda n: images_over(n, 15, "--jpeg", "80", tuned=True)),
        "images_raw": (f"640x480 raw images, 5 a second: {bad}",
                       lambda n: images_over(n, 5, promised=False)),
    }  # fmt: skip


def main() -> int:
    """Run the rows; returns how many failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="ROW", choices=rows(), help="these rows")
    parser.add_argument("--save", action="store_true", help="write the results and the table of the docs")
    options = parser.parse_args()
    made, done = describe(), []
    for name, (what, run) in rows().items():
        if options.only and name not in options.only:
            continue
        began = time.monotonic()
        try:
            with network() as net:
                checks, note = run(net), ""
        except Unavailable as error:
            checks, note = [], f"not run: {error}"
        note = note or f"{time.monotonic() - began:.0f} s, load {describe()['load before']}"
        done.append(Row(name, what, checks, note))
        print(table(done[-1:]).splitlines()[-1].replace("<br>", "\n    "), flush=True)
        if options.save:
            keep("network", "A bad network", _COMMAND, list(rows()), done, made)
    failed = [row.name for row in done if row.result == "FAIL"]
    print(f"network: failed: {', '.join(failed) or 'none'}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
