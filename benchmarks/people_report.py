"""The figures of the benchmark on people, and their tables. Every share comes with its counts and Wilson's interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from benchmarks.people_clips import CASES, CUT, FRAMINGS, JITTER, NOISE, Case
from benchmarks.people_matching import EVERY, MIDDLE, SIDES, FalseFaces, Person
from fer_ros.bags.scoring import Share


@dataclass(frozen=True)
class Result:
    """What one profile made of one clip. names: of the people in it, none in a view without people."""

    case: str
    profile: str
    names: tuple[str, ...]
    people: tuple[Person, ...]
    false: FalseFaces


def share(flags: Iterable[bool]) -> dict[str, Any]:
    """Return how many of the flags are set: right, total, value, and Wilson's 95 % interval."""
    found = list(flags)
    counted = Share(sum(found), len(found))
    return {"right": counted.right, "total": counted.total, "value": counted.value, "interval": counted.interval}


def summarize(results: Sequence[Result], rate: float) -> dict[str, Any]:
    """Return the figures of some clips of one profile. rate: frames a second.

    The intervals take every person and clip as independent: where the same people are in several framings, they are
    too narrow.
    """
    people = [person for result in results for person in result.people]
    firsts = [person.first / rate for person in people if person.first is not None]
    found = [person for person in people if person.found]
    return {
        "found": share(person.found for person in people),
        "found_ever": share(person.first is not None for person in people),
        "time_s": {"mean": float(np.mean(firsts)), "p95": float(np.percentile(firsts, 95))} if firsts else None,
        "id_switches": sum(person.switches for person in people),
        "right": share(person.right for person in people if person.right is not None),
        "stable": share(person.stable_right is not None for person in found),
        "stable_right": share(person.stable_right for person in found if person.stable_right is not None),
        "false": false_summary([result.false for result in results]),
    }


def false_summary(clips: Sequence[FalseFaces]) -> dict[str, Any]:
    """Return the false faces of some clips: boxes, boxes a frame, clips with one."""
    frames, off, inside = (sum(getattr(clip, name) for clip in clips) for name in ("frames", "off", "inside"))
    return {
        "frames": frames,
        "off": off,
        "inside": inside,
        "a_frame": (off + inside) / frames if frames else None,
        "stable": sum(clip.stable for clip in clips),
        "clips": share(clip.off + clip.inside > 0 for clip in clips),
    }


def both_found(results: Sequence[Result], profiles: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return, for each two profiles, which answers are right among the people whom both find, by profile."""
    right: dict[str, dict[tuple[str, str], bool]] = {profile: {} for profile in profiles}
    for result in results:
        for name, person in zip(result.names, result.people, strict=True):
            if person.right is not None:
                right[result.profile][result.case, name] = person.right
    pairs = {}
    for one, other in combinations(profiles, 2):
        keys = right[one].keys() & right[other].keys()
        pairs[f"{one}, {other}"] = {profile: share(right[profile][key] for key in keys) for profile in (one, other)}
    return pairs


def groups(cases: Sequence[Case] = CASES) -> dict[str, list[str]]:
    """Return the names of the cases of each way to show people; of upright people, those of FRAMINGS alone."""
    found: dict[str, list[str]] = {}
    for case in cases:
        if case.what != "upright" or case.share in FRAMINGS:
            found.setdefault(case.what, []).append(case.name)
    return found


def figures(people: Sequence[Result], empty: Sequence[Result], profiles: Sequence[str], rate: float) -> dict[str, Any]:
    """Return all figures, for JSON: by case, by group of cases, and without people.

    Args:
        people: of clips with people.
        empty: of views without people, whose cases are the pictures' names.
        profiles: in the order of the table.
        rate: frames a second.

    """
    by_case = {case.name: [r for r in people if r.case == case.name] for case in CASES}
    by_group = {what: [r for name in names for r in by_case[name]] for what, names in groups().items()}
    every = {"all of them": list(people)}
    return {
        "cases": {name: _by_profile(rows, profiles, rate) for name, rows in by_case.items()},
        "groups": {what: _by_profile(rows, profiles, rate) for what, rows in (by_group | every).items()},
        "both": {what: both_found(rows, profiles) for what, rows in (by_group | every).items()},
        "empty": {
            profile: {
                "all": false_summary([r.false for r in empty if r.profile == profile]),
                "pictures": {
                    name: false_summary([r.false for r in empty if r.profile == profile and r.case == name])
                    for name in dict.fromkeys(r.case for r in empty)
                },
            }
            for profile in profiles
        },
    }


def _by_profile(results: Sequence[Result], profiles: Sequence[str], rate: float) -> dict[str, Any]:
    return {profile: summarize([r for r in results if r.profile == profile], rate) for profile in profiles}


def table(data: Mapping[str, Any]) -> str:
    """Return the figures as Markdown."""
    profiles: list[str] = data["profiles"]
    width, height = data["size"]
    truth = data["agreeing"]
    lines = [
        f"{data['people']} portraits, each as clips of {data['frames']} frames at {width}x{height} (noise of {NOISE:g} "
        f"gray levels, jitter of {JITTER:g} px, {data['rate']:g} frames a second); the percentage is the portrait's "
        f"longer side in shares of the frame's height. Cut: {100 * CUT:.0f} % of the face is outside. "
        f"Where the face is in a portrait: the median box of four detectors, of which four, three, two, one "
        f"and none agree in {', '.join(str(truth[str(n)]) for n in (4, 3, 2, 1, 0))} portraits (none: the middle). "
        f"Found: the box's middle is within {MIDDLE:g} of the face's sides from its middle, its side {SIDES[0]:g} to "
        f"{SIDES[1]:g} times the face's. The profile paper is a full Haar search; it depends on no frame before and "
        f"gets one in {EVERY}. In brackets Wilson's 95 % intervals; where people are in several clips of a row, they "
        "are too narrow.",
        "",
        "## Found on the last frame (on any)",
        "",
        _head("shown", profiles),
    ]
    for name, row in data["cases"].items():
        cells = [f"{_cell(row[p]['found'])}; {_percent(row[p]['found_ever'])}" for p in profiles]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", "## Until found: mean, p95 s (id switches)", "", _head("shown", profiles)]
    for what, row in data["groups"].items():
        lines.append(f"| {what} | {' | '.join(_times(row[p], p not in data['untracked']) for p in profiles)} |")
    lines += _answers(data, profiles)
    lines += ["", "## False faces beside people", "", _head("shown", profiles)]
    for what, row in data["groups"].items():
        lines.append(f"| {what} | {' | '.join(_false(row[p]['false']) for p in profiles)} |")
    lines += [
        "",
        "Boxes a frame (boxes that overlap no face + boxes in a face or around one / frames); clips with one.",
    ]
    lines += ["", *_empty(data["empty"], profiles)]
    return "\n".join(lines)


def _answers(data: Mapping[str, Any], profiles: Sequence[str]) -> list[str]:
    titles = {"right": "Right among the answers of the last frame alone", "stable": "STABLE among those found"}
    titles["stable_right"] = "Right among the STABLE"
    lines = []
    for key, title in titles.items():
        lines += ["", f"## {title}", "", _head("shown", profiles)]
        for what, row in data["groups"].items():
            # Without tracking nothing is smoothed, and nothing STABLE.
            without = data["untracked"] if key != "right" else ()
            cells = ["-" if p in without else _cell(row[p][key]) for p in profiles]
            lines.append(f"| {what} | {' | '.join(cells)} |")
    pairs = list(combinations(profiles, 2))
    if pairs:
        heads = [f"{one} of both; {other} of both" for one, other in pairs]
        lines += ["", "## Right among the answers for people whom two profiles both find", "", _head("shown", heads)]
        for what, found in data["both"].items():
            cells = ["; ".join(_cell(value) for value in found[f"{one}, {other}"].values()) for one, other in pairs]
            lines.append(f"| {what} | {' | '.join(cells)} |")
    return lines


def _empty(empty: Mapping[str, Any], profiles: Sequence[str]) -> list[str]:
    lines = ["## False faces without people", "", _head("picture", profiles)]
    names = empty[profiles[0]]["pictures"]
    for name in names:
        rows = [empty[profile]["pictures"][name] for profile in profiles]
        if any(row["off"] for row in rows):
            lines.append(f"| {name} | {' | '.join(_false(row) for row in rows)} |")
    lines.append(f"| all {len(names)} pictures | {' | '.join(_false(empty[p]['all']) for p in profiles)} |")
    return [*lines, "", "Pictures in which no profile sees a face have no row of their own."]


def _head(first: str, columns: Sequence[str]) -> str:
    return f"| {first} | {' | '.join(columns)} |\n|---|" + "---|" * len(columns)


def _cell(counted: Mapping[str, Any]) -> str:
    """Return a share as text: percentage, interval, counts."""
    if not counted["total"]:
        return "-"
    low, high = counted["interval"]
    counts = f"{counted['right']}/{counted['total']}"
    return f"{100 * counted['value']:.1f} % ({100 * low:.1f} to {100 * high:.1f}; {counts})"


def _percent(counted: Mapping[str, Any]) -> str:
    return f"{100 * counted['value']:.1f} %" if counted["total"] else "-"


def _times(row: Mapping[str, Any], tracked: bool) -> str:
    times, switches = row["time_s"], row["id_switches"] if tracked else "no ids"
    return f"{times['mean']:.2f}, {times['p95']:.2f} ({switches})" if times else "-"


def _false(row: Mapping[str, Any]) -> str:
    if not row["frames"]:
        return "-"
    boxes = f"{row['off']} + {row['inside']} / {row['frames']}"
    return f"{row['a_frame']:.4f} ({boxes}), {row['stable']} STABLE; {_cell(row['clips'])}"
