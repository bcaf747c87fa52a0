"""The second stage from people to people: recipes on a small set of labelled portraits, compared fold by fold.

python -m benchmarks.second_stage --pictures DIR --configs stage2_all_layers jaffe --output RUNS [--save]

DIR holds pictures of one person each and labels.csv (file, expression). Who they are is not known, so pictures that
look almost the same stay on one side of a fold. Of each training part only so many pictures are used as JAFFE has. The
last step counts, which nothing selects. The real trainer runs; finished runs are not run again.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from benchmarks.people_portraits import read_labels
from benchmarks.report import Results
from fer_ros.core.emotions import EMOTIONS
from fer_ros.core.paths import user_path
from fer_training.data.crops import Crops
from fer_training.data.dataset import Dataset, Pixels, Sample, read_gray
from fer_training.data.face_cropping import BoxCache, find_faces
from fer_training.training.config import find_config, load_stage_config
from fer_training.training.fold_runner import Job, run_job
from fer_training.training.initialization import InitialWeights, open_initial_weights

LABELS = tuple(e for e in EMOTIONS if e != "contempt")
# Bits of 63 in which two pictures may differ and still be taken for one; 31.5 is chance.
_SAME_BITS = 8

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """One fold of one seed: which faces train, and which answer."""

    name: str
    train: Indices
    test: Indices


def read_portraits(folder: Path, cache: Path) -> Crops:
    """Return the faces of the portraits, cut out as the trainer cuts them. Raises FileNotFoundError, ValueError."""
    samples = [Sample(name, read_gray(folder / name), LABELS.index(label)) for name, label in read_labels(folder)]
    return find_faces(Dataset("portraits", LABELS, tuple(samples), cropped=False), cache=BoxCache(cache)).crops


def perceptual_hash(picture: Pixels) -> npt.NDArray[np.bool_]:
    """Return 63 bits: which of the lowest frequencies lie above their median (pHash; Zauner 2010).

    picture: (H, W) uint8.
    """
    small = cv2.resize(picture, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = np.asarray(cv2.dct(small))[:8, :8].ravel()[1:]
    return np.asarray(low > np.median(low))


def look_alikes(pictures: Sequence[Pixels], same_bits: int = _SAME_BITS) -> Indices:
    """Return the group of each picture: pictures that look almost the same, mirrored or not, have one."""
    plain = np.stack([perceptual_hash(p) for p in pictures])
    mirrored = np.stack([perceptual_hash(np.ascontiguousarray(p[:, ::-1])) for p in pictures])
    groups = np.arange(len(pictures))
    for number, bits in enumerate(plain):
        for hashes in (plain, mirrored):
            for other in np.flatnonzero((hashes != bits).sum(axis=1) <= same_bits):
                groups[groups == groups[other]] = groups[number]
    return groups


def parts(crops: Crops, groups: Indices, folds: int, seeds: int, count: int) -> Iterator[Part]:
    """Yield every fold of every seed; `count` faces train in each."""
    for seed in range(seeds):
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        for fold, (rest, test) in enumerate(splitter.split(groups, crops.targets, groups)):
            train, _ = train_test_split(rest, train_size=count, stratify=crops.targets[rest], random_state=seed)
            yield Part(f"seed{seed}/fold{fold}", np.sort(train), test)


def run_recipe(name: str, crops: Crops, every: Sequence[Part], weights: InitialWeights, output: Path) -> list[float]:
    """Train a config on each part. Returns the share of right answers of each one's last step."""
    config = load_stage_config(find_config(name))
    # Evaluations select nothing here, so one at the end is enough.
    config = dataclasses.replace(config, evaluate_steps=config.steps)
    right = []
    for part in every:
        seeded = dataclasses.replace(config, seed=int(part.name.partition("/")[0].removeprefix("seed")))
        folder = output / Path(name).stem / part.name
        found = run_job(Job(folder, seeded, weights, crops.take(part.train), crops.take(part.test)))
        right.append(float((found.last.argmax(axis=1) == found.targets).mean()))
        print(f"{name} {part.name}: {100 * right[-1]:.2f} %", flush=True)
    return right


def summarise(results: dict[str, list[float]]) -> dict[str, dict[str, Any]]:
    """Return mean and deviation of each recipe, and of its difference to the first one, pair by pair; in percent."""
    first = np.array(next(iter(results.values())))
    rows = {}
    for name, values in results.items():
        right, gain = 100 * np.array(values), 100 * (np.array(values) - first)
        rows[name] = {
            "mean": round(float(right.mean()), 2),
            "deviation": round(float(right.std(ddof=1)), 2),
            "gain": round(float(gain.mean()), 2),
            "gain_deviation": round(float(gain.std(ddof=1)), 2),
            "better": int((gain > 0).sum()),
            "worse": int((gain < 0).sum()),
            "runs": len(values),
            "each": [round(v, 5) for v in values],
        }
    return rows


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Return the summary as Markdown."""
    lines = [
        "| config | right, mean ± sd over folds and seeds | difference to the first, pair by pair | better, worse |",
        "|---|---|---|---|",
    ]
    for number, (name, row) in enumerate(rows.items()):
        gain = f"{row['gain']:+.2f} ± {row['gain_deviation']:.2f}" if number else ""
        pairs = f"{row['better']}, {row['worse']} of {row['runs']}" if number else ""
        lines.append(f"| `{name}` | {row['mean']:.2f} ± {row['deviation']:.2f} % | {gain} | {pairs} |")
    return "\n".join(lines)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=user_path, required=True, help="folder with pictures and labels.csv")
    parser.add_argument("--configs", nargs="+", required=True, help="names in fer_training/configs, or YAML files")
    parser.add_argument("--stage1", default="default", help="run folder or bundle to start from")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--count", type=int, default=200, help="faces that train, of each fold's training part")
    parser.add_argument("--output", type=user_path, required=True, help="gets a run folder for each fold")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/second_stage.*")
    options = parser.parse_args()
    crops = read_portraits(options.pictures, options.output / "faces")
    groups = look_alikes(crops.pixels)
    every = list(parts(crops, groups, options.folds, options.seeds, options.count))
    weights = open_initial_weights(options.stage1)
    results = {n: run_recipe(n, crops, every, weights, options.output) for n in options.configs}
    rows = summarise(results)
    facts = f"{len(crops)} faces that {len(set(groups.tolist()))} groups of look-alikes hold; {options.count} train."
    data = {"bundle": weights.describe(), "faces": len(crops), "count": options.count, "recipes": rows}
    results_page = Results("second_stage", "The second stage from people to people", data)
    results_page.finish(f"{facts}\n\n{table(rows)}", options.save)


if __name__ == "__main__":
    main()
