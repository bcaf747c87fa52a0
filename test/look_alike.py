"""Look-alikes of the data sets: the real ones' layout and names, generated pictures, nobody's face.

A class has its own brightness and stripes, so that a tiny network can learn it.
"""

from __future__ import annotations

import csv
import functools
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from fer_ros.core.emotions import EMOTIONS, canonical

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
    from fer_training.models.network_config import NetworkConfig
    from fer_training.training.config import OptimizerConfig, StageConfig

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
    from fer_training.data.crops import Crops

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


def write_ferplus(path: Path, fer2013: Path) -> Path:
    """Write a table of votes for look-alike class folders: eight of ten annotators agree with the folder."""
    from fer_training.data.ferplus import VOTED

    with path.open("w", newline="", encoding="utf-8") as file:
        file.write(",".join(["file", *VOTED]) + "\n")
        for picture_file in sorted(fer2013.rglob("*.jpg")):
            votes = np.full(len(VOTED), 0.25)
            votes[[canonical(name) for name in VOTED].index(picture_file.parent.name)] = 8
            file.write(",".join([picture_file.name, *map(str, votes)]) + "\n")
    return path


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


def photograph(label: int, number: int, size: int = 160) -> np.ndarray:
    """Return a (size, size) uint8 picture with a face that the cascade finds, its brightness by class."""
    rng = np.random.default_rng((label, number))
    face = cv2.resize(_faces()[number % len(_faces())], (size, size), interpolation=cv2.INTER_AREA)
    changed = face * 0.8 + 5 * label + rng.integers(0, 6, face.shape)
    return np.clip(changed, 0, 255).astype(np.uint8)


@functools.cache
def _faces() -> list[np.ndarray]:
    """Free photographs, cut loosely around the face."""
    from matplotlib.cbook import get_sample_data
    from matplotlib.image import imread

    with get_sample_data("grace_hopper.jpg") as file:
        hopper = cv2.cvtColor(imread(file, format="jpg"), cv2.COLOR_RGB2GRAY)
    return [hopper[20:370, 80:430], np.ascontiguousarray(hopper[20:370, 430:80:-1])]


def write_jaffe(folder: Path, subjects: int = 10, suffix: str = ".tiff") -> Path:
    """Write pictures named like JAFFE's, one of each expression for each subject; TIFF ones with a palette."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM")[:subjects]
    for i, subject in enumerate(names):
        for label, code in enumerate(("AN", "DI", "FE", "HA", "SA", "SU", "NE")):
            image = Image.fromarray(photograph(label, i * 7 + label))
            if suffix == ".tiff":
                palette = image.convert("P")
                palette.putpalette([v for gray in range(256) for v in (gray, gray, gray)])
                image = palette
            image.save(folder / f"{subject}.{code}1.{i * 7 + label + 1}{suffix}")
    return folder


CODES = {"angry": 1, "contempt": 2, "disgust": 3, "fear": 4, "happy": 5, "sad": 6, "surprise": 7}


def write_ckplus(folder: Path, subjects: int = 11, frames: int = 4) -> Path:
    """Write trees like CK+'s: each subject has two labelled sequences that go from neutral to an expression."""
    number = 0
    for i in range(subjects):
        subject = f"S{i + 10:03d}"
        for sequence in ("001", "002"):
            emotion = list(CODES)[number % len(CODES)]
            images = folder / "cohn-kanade-images" / subject / sequence
            labels = folder / "Emotion" / subject / sequence
            images.mkdir(parents=True)
            labels.mkdir(parents=True)
            for frame in range(1, frames + 1):
                label = EMOTIONS.index("neutral" if frame == 1 else emotion)
                name = f"{subject}_{sequence}_{frame:08d}"
                cv2.imwrite(str(images / f"{name}.png"), photograph(label, number * 10 + frame))
            (labels / f"{name}_emotion.txt").write_text(f"   {CODES[emotion]:.7e}\n")
            number += 1
    return folder


def write_ckplus_folders(folder: Path) -> Path:
    """Write class folders like the common 48x48 copy of CK+: the last three frames of two sequences a class."""
    for label, emotion in enumerate((*EMOTIONS[:6], "contempt")):
        target = folder / emotion
        target.mkdir(parents=True)
        for subject in range(2):
            for frame in (11, 12, 13):
                name = f"S{label * 2 + subject + 10:03d}_00{subject + 1}_{frame:08d}.png"
                cv2.imwrite(str(target / name), picture(label, frame * 100 + subject))
    return folder
