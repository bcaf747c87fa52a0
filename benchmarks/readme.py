"""The README's tables of measurements, from the results that are committed; a test holds the README to them.

python -m benchmarks.readme   (prints them)
"""

from __future__ import annotations

from typing import Any

from benchmarks.frame import paper_ms
from benchmarks.report import read

_NAMES = ("paper", "default", "robot", "baseline")
_FACES = ("1", "8", "16")
# Profile, width, rate and faces of the cases that are shown.
_CASES = (
    ("default", 640, 30, 1),
    ("default", 640, 60, 1),
    ("default", 640, 30, 8),
    ("robot", 640, 30, 1),
    ("robot", 640, 30, 8),
    ("default", 1920, 60, 1),
    ("robot", 1920, 60, 1),
)


def frame_table() -> str:
    """Return the times of a whole frame at 640x480."""
    times = read("frame_640x480")["ms"]
    lines = [
        "| faces | paper's formula, on its GPU | `paper.yaml` | `default.yaml` | `robot.yaml` | baseline |",
        "|---|---|---|---|---|---|",
    ]
    for count in _FACES:
        cells = [f"{times[name][count]['mean']:.1f} ({times[name][count]['p95']:.1f})" for name in _NAMES]
        lines.append(f"| {count} | {paper_ms(int(count)):.1f} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def dds_table() -> str:
    """Return latency, processor time and memory of the node, end to end over DDS."""
    rows = {_key(row["case"]): row["result"] for row in read("dds")["rows"]}
    lines = [
        "| profile | images | answered/s | without an answer | p50, p95, max ms | CPU of one core | memory |",
        "|---|---|---|---|---|---|---|",
    ]
    for profile, width, rate, faces in _CASES:
        r = rows[profile, width, rate, faces]
        size = "640x480" if width == 640 else "1920x1080"
        latency = ", ".join(f"{r['latency_ms'][p]:.1f}" for p in ("p50", "p95", "p100"))
        lines.append(
            f"| {profile} | {size}, {rate}/s, {faces} face{'s' if faces > 1 else ''} | {r['answered_hz']:.1f} "
            f"| {r['dropped']} of {r['sent']} | {latency} | {r['cpu_share']:.0%} | {r['memory_mb']:.0f} MB |"
        )
    return "\n".join(lines) + "\n"


def _key(case: dict[str, Any]) -> tuple[str, int, int, int]:
    return case["profile"], case["size"][0], round(case["rate"]), case["faces"]


TABLES = {"a whole frame": frame_table, "end to end": dds_table}
"""The tables by the name in the README's marker."""

if __name__ == "__main__":
    for name, table in TABLES.items():
        print(f"<!-- measured: {name} -->\n{table()}<!-- end -->\n")
