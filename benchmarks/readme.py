"""The tables of measurements in README.md and the documentation, from the results that are committed.

python -m benchmarks.readme            (writes them between the markers of the files)
python -m benchmarks.readme --check    (writes nothing; names the file that differs, and ends with 1)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import how_sure
from benchmarks.frame import paper_ms
from benchmarks.people_tables import made_of_people, people_table, upright_table
from benchmarks.report import read
from benchmarks.training_tables import operations_table, training_table
from fer_ros.bags.scoring import Share

ROOT = Path(__file__).resolve().parents[1]
FILES = ("README.md", "docs/benchmarks.md", "docs/recipes/analyze.md")
PAPER_ACCURACY = 67.03
_PROFILES = ("paper", "default", "robot")
_FACES = ("1", "8", "16")
# Mean ms of a frame at 640x480 that were aimed at for so many faces.
_AIMS = {"default": {"1": 12.0, "8": 20.0}, "robot": {"1": 4.0, "8": 12.0}}
# Profile, width, rate and faces of the cases that are shown.
_CASES = (
    ("default", 640, 30, 1),
    ("default", 640, 60, 1),
    ("default", 640, 30, 8),
    ("robot", 640, 30, 1),
    ("robot", 640, 60, 1),
    ("robot", 640, 30, 8),
    ("paper", 640, 30, 1),
    ("default", 1920, 60, 1),
    ("robot", 1920, 60, 1),
    ("paper", 1920, 60, 1),
)


def frame_table() -> str:
    """Return the times of a whole frame at 640x480, for the README."""
    return _frame("640x480", _FACES)


def aims_table() -> str:
    """Return what was aimed at for a frame at 640x480, beside what was measured."""
    times = read("frame_640x480")["ms"]
    rows = []
    for profile, aims in _AIMS.items():
        for count, aim in aims.items():
            mean = times[profile][count]["mean"]
            rows.append([f"`{profile}`", count, f"{aim:.0f}", f"{mean:.1f}", "yes" if mean <= aim else "**no**"])
    return _table(["profile", "faces", "aim, ms", "measured, ms", "reached"], rows)


def _frame(size: str, faces: Sequence[str] = ()) -> str:
    """Return the times for so many faces; for all numbers that were measured, if none are given."""
    times = read(f"frame_{size}")["ms"]
    rows = []
    for count in faces or times["paper"]:
        cells = [_mean_p95(times[name][count]) for name in (*_PROFILES, "baseline")]
        rows.append([count, f"{paper_ms(int(count)):.1f}", *cells])
    return _table(["faces", "paper's formula, its GPU", *(f"`{p}`" for p in _PROFILES), "baseline"], rows)


def stages_table() -> str:
    """Return the mean time of each stage of a frame at 640x480."""
    times = read("frame_640x480")["ms"]
    rows = []
    for name in _PROFILES:
        for count in ("1", "8"):
            stages = times[name][count]["stages_mean"]
            rows.append([f"`{name}`", count, *(f"{stages[stage]:.2f}" for stage in stages)])
    return _table(["profile", "faces", *times["paper"]["1"]["stages_mean"]], rows)


def sizes_table() -> str:
    """Return the time of a frame of two faces by the size of the image."""
    return _growth("sizes", "image, 2 faces")


def cameras_table() -> str:
    """Return the time of a frame of each camera, one face each, by the number of cameras."""
    return _growth("cameras", "cameras at 640x480, a face each")


def _growth(key: str, title: str) -> str:
    data = read("growth")[key]
    rows = [[case, *(_mean_p95(data[name][case]) for name in _PROFILES)] for case in data["paper"]]
    return _table([title, *(f"`{p}`" for p in _PROFILES)], rows)


def found_table() -> str:
    """Return the recall of the two people of the demo's clip, and false faces a frame."""
    data = read("quality")
    rows = []
    for room, found in data["rooms"].items():
        sides = data["sides"][room]
        cells = [_recall(found[name]) for name in ("haar", "default", "robot")]
        rows.append([room, f"{sides[0]:.0f} to {sides[1]:.0f}" if sides else "", *cells])
    return _table(["faces", "pixels a side", "a full Haar search", "`default`", "`robot`"], rows)


def _recall(found: Mapping[str, Any]) -> str:
    false = f"{found['false_per_frame']:.2f} false"
    return false if found["recall"] is None else f"{found['recall']:.3f} ({found['recall_worst']:.3f}), {false}"


def followed_table() -> str:
    """Return how steadily faces are followed."""
    tracks = read("quality")["tracks"]
    rows = []
    for name in ("default", "robot"):
        new, switches = tracks[name]["new_face_s"], tracks[name]["id_switches"]
        crossings = ", ".join(f"{length}: {count}" for length, count in switches.items())
        changes = f"{tracks[name]['label_changes_per_minute']:.1f}"
        rows.append([f"`{name}`", f"{new['median']:.2f}, {new['worst']:.2f}", crossings, changes])
    titles = ["new face after, median and worst s", "id switches when two people cross in", "label changes a minute"]
    return _table(["profile", *titles], rows)


def clips_table() -> str:
    """Return in how many frames of real clips a face is published."""
    clips = read("quality")["clips"]
    rows = []
    for name, found in clips.items():
        cells = [f"{found[p]['number_with_a_face']} ({found[p]['faces_per_frame']:.2f})" for p in _PROFILES]
        rows.append([name, f"{found['paper']['frames']}", *cells])
    return _table(["clip", "frames", *(f"`{p}`" for p in _PROFILES)], rows)


def how_sure_table() -> str:
    """Return how many strangers are answered from a least confidence on, and how many of them wrongly."""
    results = read("how_sure")
    return how_sure.table(results["halves"], results["chosen"]) + "\n"


def dds_table() -> str:
    """Return latency, processor time and memory of the node, end to end over DDS."""
    rows = {_key(row["case"]): row["result"] for row in read("dds")["rows"]}
    lines = []
    for profile, width, rate, faces in _CASES:
        r = rows[profile, width, rate, faces]
        size = "640x480" if width == 640 else "1920x1080"
        latency = ", ".join(f"{r['latency_ms'][p]:.1f}" for p in ("p50", "p95", "p100"))
        images = f"{size}, {rate}/s, {faces} face{'s' if faces > 1 else ''}"
        lost = f"{r['dropped']} of {r['sent']}"
        cpu, memory = f"{r['cpu_share']:.0%}", f"{r['memory_mb']:.0f} MB"
        lines.append([f"`{profile}`", images, f"{r['answered_hz']:.1f}", lost, latency, cpu, memory])
    titles = ["answered/s", "without an answer", "p50, p95, max ms", "CPU of one core", "memory"]
    return _table(["profile", "images", *titles], lines)


def _key(case: dict[str, Any]) -> tuple[str, int, int, int]:
    return case["profile"], case["size"][0], round(case["rate"]), case["faces"]


def soak_table() -> str:
    """Return what 20,000 small images do to the node."""
    (row,) = read("dds_soak")["rows"]
    r = row["result"]
    cells = [f"{r['answered']} of {r['sent']}", f"{r['latency_ms']['p50']:.1f}, {r['latency_ms']['p95']:.1f}"]
    return _table(
        ["answered", "p50, p95 ms", "memory, MB", "its growth, MB"],
        [[*cells, f"{r['memory_mb']:.0f}", f"{r['memory_growth_mb']:.1f}"]],
    )


def peers_table() -> str:
    """Return the time of a frame beside another package."""
    times = read("peers")["ms"]
    rows = [[name, *(_mean_p95(found[count]) for count in ("1", "8"))] for name, found in times.items()]
    return _table(["package", "1 face", "8 faces"], rows)


def analysis_table() -> str:
    """Return how fast a recorded clip is analysed, beside other packages' calls on the same file."""
    data = read("analyze")
    rows = []
    for name, row in data["rows"].items():
        speed, times = row["images"] / row["seconds"], data["seconds"] / row["seconds"]
        whole = f"{row['command_seconds']:.1f}" if "command_seconds" in row else ""
        rows.append([name, f"{speed:.0f}", f"{times:.1f}", f"{row['faces'] / row['images']:.2f}", whole])
    return _table(["what", "images/s", "times real time", "faces an image", "whole command, s"], rows)


def accuracy_table() -> str:
    """Return the accuracy on the public test of FER-2013."""
    rows = []
    names = {
        "fer_ros (int8)": "this model, int8 (what runs)",
        "fer_ros (float16)": "this model, float16",
        "fer (TF Lite)": "the package `fer` 25.10.3",
    }
    found = read("peers")["accuracy"]
    for key, name in names.items():
        counted = Share(round(found[key]["accuracy"] * found[key]["n"]), found[key]["n"])
        low, high = counted.interval or (0.0, 0.0)
        rows.append([name, f"{100 * found[key]['accuracy']:.2f} %", f"{100 * low:.2f} to {100 * high:.2f} %"])
    rows.append(["the paper", f"{PAPER_ACCURACY} %", ""])
    return _table(["3,589 pictures, one view each", "accuracy", "95 % interval"], rows)


def frame_made() -> str:
    """Return when and on what a whole frame at 640x480 was timed, for the README."""
    made = read("frame_640x480")["made"]
    return (
        f"Made by `make bench` on {made['date'].split()[0]}, {made['cores']} cores of an {made['cpu']}, with a load of "
        f"{made['load before']} before it.\n"
    )


def _made(*names: str) -> Callable[[], str]:
    """Return a function that says when and on what some results were made."""

    def sentence() -> str:
        lines = []
        for name in names:
            made = read(name)["made"]
            lines.append(
                f"`{name}`: {made['date']}, {made['cores']} cores of an {made['cpu']}, load {made['load before']} "
                f"before, Python {made['python']}, LiteRT {made['ai-edge-litert']}, OpenCV "
                f"{made['opencv-python-headless']}."
            )
        return "  \n".join(lines) + "\n"

    return sentence


def _mean_p95(measured: Mapping[str, float]) -> str:
    return f"{measured['mean']:.1f} ({measured['p95']:.1f})"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


TABLES: dict[str, Callable[[], str]] = {
    "a whole frame": frame_table,
    "a whole frame, 640x480": lambda: _frame("640x480"),
    "a whole frame, 1280x720": lambda: _frame("1280x720"),
    "aims": aims_table,
    "stages": stages_table,
    "image sizes": sizes_table,
    "cameras": cameras_table,
    "found": found_table,
    "followed": followed_table,
    "clips": clips_table,
    "people by size": upright_table,
    "people": people_table,
    "how sure": how_sure_table,
    "end to end": dds_table,
    "a long run": soak_table,
    "peers": peers_table,
    "a recorded clip": analysis_table,
    "accuracy": accuracy_table,
    "training": training_table,
    "training by operation": operations_table,
    "made of a whole frame": frame_made,
    "made of frames": _made("frame_640x480", "frame_1280x720", "growth"),
    "made of finding": _made("quality"),
    "made of people": made_of_people,
    "made of how sure": _made("how_sure"),
    "made of nodes": _made("dds", "dds_soak"),
    "made of peers": _made("peers"),
    "made of a recorded clip": _made("analyze"),
    "made of training": _made("training"),
}
"""The tables by the name in their marker."""
MARKED = re.compile(r"<!-- measured: (.*?) -->\n(.*?)<!-- end -->", re.DOTALL)
"""A table in a file, with its name."""


def renewed(text: str) -> str:
    """Return a file's text with the tables of the results in the place of those that it has.

    Raises:
        KeyError: a marker names a table that there is not.

    """
    return MARKED.sub(lambda m: f"<!-- measured: {m[1]} -->\n{TABLES[m[1]]()}<!-- end -->", text)


def main(options: Sequence[str]) -> int:
    """Write the tables, or name the file in which they differ."""
    stale = 0
    for name in FILES:
        before = (ROOT / name).read_text(encoding="utf-8")
        after = renewed(before)
        if after != before:
            stale += 1
            print(f"{name}: {'differs from the results' if '--check' in options else 'written'}")
            if "--check" not in options:
                (ROOT / name).write_text(after, encoding="utf-8")
    return int(bool(stale) and "--check" in options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
