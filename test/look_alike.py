"""Look-alikes of the data sets: the real ones' layout and names, generated pictures, nobody's face.

A class has its own brightness and stripes, so that a tiny network can learn it.
"""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np

from fer_ros.core.emotions import EMOTIONS

LABELS = EMOTIONS[:7]


def picture(label: int, number: int, size: int = 48) -> np.ndarray:
    """Return a (size, size) uint8 picture of noise with the stripes of its class."""
    rng = np.random.default_rng((label, number))
    pixels = rng.integers(0, 60, (size, size)) + 22 * label
    stripes = (np.arange(size) * 48 // size) // (1 + label // 2) % 2 * 40
    pixels += stripes[:, np.newaxis] if label % 2 else stripes
    return np.clip(pixels, 0, 255).astype(np.uint8)


def tiny_config(**changes):
    """Return the config of a stage that takes seconds."""
    from fer_training.config import OptimizerConfig, StageConfig
    from fer_training.network import NetworkConfig

    values = {
        "steps": 6,
        "evaluate_steps": 2,
        "batch_size": 8,
        "network": NetworkConfig(width=0.25, blocks=2, batch_norm_momentum=0.9),
        "optimizer": OptimizerConfig(learning_rate=0.02),
        **changes,
    }
    return StageConfig(**values)


def tiny_crops(count: int = 42, labels: tuple[str, ...] = LABELS, size: int = 48, first: int = 0):
    """Return generated faces, as many of each class."""
    from fer_training.crops import Crops

    targets = np.arange(count) % len(labels)
    pixels = [picture(int(t), first + i, size) for i, t in enumerate(targets)]
    return Crops(pixels, targets.astype(np.int64), labels, names=tuple(f"face_{first + i}" for i in range(count)))


def write_fer2013(folder: Path, train: int = 10, test: int = 3) -> Path:
    """Write class folders like FER-2013's, `train` and `test` pictures a class."""
    number = 0
    for top, usage, count in (("train", "Training", train), ("test", "PublicTest", test)):
        for label, name in enumerate(LABELS):
            target = folder / top / name
            target.mkdir(parents=True)
            for _ in range(count):
                number += 1
                cv2.imwrite(str(target / f"{usage}_{number:08d}.jpg"), picture(label, number))
    return folder


def write_fer2013_csv(path: Path, rows: list[tuple[int, str]], header: str = "emotion,pixels,Usage") -> Path:
    """Write a table like Kaggle's: one generated picture for each (label, Usage)."""
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(header + "\n")
        writer = csv.writer(file)
        names = [n.strip() for n in header.split(",")]
        for number, (label, usage) in enumerate(rows):
            values = {
                "emotion": label,
                "Usage": usage,
                "pixels": " ".join(map(str, picture(max(label, 0) % 9, number).ravel())),
            }
            writer.writerow([values[n] for n in names])
    return path
