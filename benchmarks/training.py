"""Speed of training: faces a second, where a step's time goes, and how near that is to the processor's limits.

python -m benchmarks.training [--configs default paper_stage1_softmax] [--steps 9] [--json | --save]

One thread. Times are processor time of this process, medians, so that other work on the machine counts little. The
limits are measured in the same process: multiply-adds of a large matrix product, and bytes of a large copy. Batches are
made of generated pictures of FER-2013's size. The last line of --json is one object, in ms, faces a second and shares.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from benchmarks.report import Results
from fer_training.tensorflow_start import import_tensorflow

CONFIGS = ("default", "paper_stage1_softmax")
# Above this share of a step, a part that stays under this share of its limit needs an explanation.
_SHARE, _NEAR = 0.15, 0.25


def run_all(names: Sequence[str], steps: int) -> dict[str, Any]:
    """Measure the limits and every config's step; see `benchmarks.training_step` for what is returned."""
    # Loaded here: TensorFlow takes seconds, and its threads are set before it works.
    import_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    from benchmarks.training_step import limits, measure_config

    found = limits(steps)
    return {"limits": found, "configs": {name: measure_config(name, steps, found) for name in names}}


def remarkable(data: dict[str, Any]) -> list[str]:
    """Return which parts take much of a step and stay far from both limits, one sentence each."""
    return [
        f"`{name}`, {part}: {row['share']:.0%} of a step at {_nearest(row):.0%} of its limit"
        for name, config in data["configs"].items()
        for part, row in config["operations"].items()
        if row["share"] > _SHARE and _nearest(row) < _NEAR
    ]


def _nearest(row: dict[str, float]) -> float:
    """Return how near a part is to the limit that binds it."""
    return max(row["of_arithmetic"], row["of_memory"])


def table(data: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    lines = [
        "| config | faces/s | ms a step | batches | forward | backward | update | of the arithmetic limit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in data["configs"].items():
        parts = " | ".join(f"{part['share']:.0%}" for part in row["parts"].values())
        speed = f"{row['faces_per_second']:.0f} | {row['step_ms']:.0f}"
        lines.append(f"| `{name}` | {speed} | {parts} | {row['of_arithmetic']:.0%} |")
    titles = "| config | operations | of a step | of the arithmetic limit | of the memory's limit |"
    lines += ["", titles, "|---|---|---|---|---|"]
    for name, row in data["configs"].items():
        lines += [
            f"| `{name}` | {kind} | {found['share']:.0%} | {found['of_arithmetic']:.0%} | {found['of_memory']:.0%} |"
            for kind, found in row["operations"].items()
        ]
    limits = data["limits"]
    lines += [
        "",
        f"Limits on one thread: {limits['multiply_adds'] / 1e9:.0f} billion multiply-adds a second (product of two "
        f"matrices of {limits['side']} rows), {limits['bytes'] / 1e9:.1f} GB/s (a copy of {limits['copied_mb']} MB, "
        "read and written).",
    ]
    far = remarkable(data)
    lines += ["", *(f"Far from its limit: {line}." for line in far)] if far else []
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--configs", nargs="+", default=list(CONFIGS), help="names in fer_training/configs, or files")
    parser.add_argument("--steps", type=int, default=9, help="times that each part is measured")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    output.add_argument("--save", action="store_true", help="write benchmarks/results/training.*")
    options = parser.parse_args()
    if options.steps < 1:
        parser.error(f"--steps must be at least 1, got {options.steps}")
    results = Results("training", "Speed of training, one thread", run_all(options.configs, options.steps))
    results.finish(table(results.data), options.save)
    if options.json:
        print(json.dumps({**results.data, "made": results.made}), flush=True)


if __name__ == "__main__":
    main()
