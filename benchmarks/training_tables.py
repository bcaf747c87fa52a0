"""The tables of docs/benchmarks.md on the speed of training, made of benchmarks/results/training.json."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.report import read


def training_table() -> str:
    """Return how fast networks train on one thread, and where a step's time goes."""
    rows = []
    for name, row in read("training")["configs"].items():
        parts = (f"{part['share']:.0%}" for part in row["parts"].values())
        size, speed = f"{row['multiply_adds'] / 1e6:.1f}", f"{row['faces_per_second']:.0f}"
        rows.append([f"`{name}`", size, speed, *parts, f"{row['of_arithmetic']:.0%}"])
    titles = ["config", "million multiply-adds a face", "faces/s", "batches", "forward", "backward", "update"]
    return _table([*titles, "of the arithmetic limit"], rows)


def operations_table() -> str:
    """Return what kinds of operations a step spends its time on, and how near each is to its limits."""
    configs = read("training")["configs"]
    rows = []
    for kind in next(iter(configs.values()))["operations"]:
        found = [config["operations"][kind] for config in configs.values()]
        rows.append([kind, *(f"{o['share']:.0%} ({o['of_arithmetic']:.0%}, {o['of_memory']:.0%})" for o in found)])
    return _table(["share of a step (of the arithmetic limit, of the memory's)", *(f"`{n}`" for n in configs)], rows)


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
