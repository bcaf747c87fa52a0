"""CK+ (Lucey et al. 2010): 327 labelled sequences from neutral to peak expression (paper, Sections 4 and 5.1.4).

Two layouts are read. The official trees, `cohn-kanade-images/S010/004/S010_004_00000017.png` beside
`Emotion/S010/004/S010_004_00000017_emotion.txt`, give whole pictures of every frame. The common class folders,
`<class>/S010_004_00000017.png`, give 48x48 crops of the last three frames and have no neutral class.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from fer_ros.core.emotions import ALIASES, EMOTIONS, canonical
from fer_training.data.dataset import (
    PICTURES,
    Dataset,
    DatasetError,
    Sample,
    count_problems,
    duplicate_problems,
    inside,
    read_gray,
)

SIX = EMOTIONS[:6]
CONFIGURATIONS: dict[str, tuple[str, ...]] = {
    "6": SIX,
    "7_no_neutral": (*SIX, "contempt"),
    "7_no_contempt": (*SIX, "neutral"),
    "8": EMOTIONS,
}
"""The class sets of Table 5; each stands in the order of EMOTIONS."""
SIZES = {"small": 1, "large": 3}
"""How many of the last frames of a sequence stand for its expression."""
OFFICIAL_SEQUENCES = dict(zip(EMOTIONS, (45, 59, 25, 69, 28, 83, 327, 18), strict=True))
"""Sequences of each expression; neutral is the first frame of each of the 327."""
# The numbers in the Emotion files; 0 is neutral and does not occur.
_CODES = {1: "angry", 2: "contempt", 3: "disgust", 4: "fear", 5: "happy", 6: "sad", 7: "surprise"}
_NAME = re.compile(r"(S\d{3})_(\d{3})_(\d{8})$", re.IGNORECASE)


@dataclass(frozen=True)
class _Frame:
    """One picture file: its sequence (S010_004), its number inside it and its expression."""

    path: Path
    sequence: str
    number: int
    emotion: str

    @property
    def subject(self) -> str:
        return self.sequence[:4]


def read_ckplus(path: Path, classes: str = "8", size: str = "small") -> Dataset:
    """Read one of the paper's eight configurations of CK+ from the official trees or from class folders.

    Args:
        path: where it stands.
        classes: a key of CONFIGURATIONS.
        size: 'small' takes the last frame of a sequence, 'large' the last three; neutral is the first frame in both.

    Raises:
        DatasetError: neither layout is found, a label is unknown, a picture is unreadable, or neutral is asked of class
            folders that have none.

    """
    path = Path(path)
    if classes not in CONFIGURATIONS or size not in SIZES:
        raise ValueError(f"expected classes {list(CONFIGURATIONS)} and size {list(SIZES)}, got {classes!r}, {size!r}")
    if not path.is_dir():
        raise DatasetError(f"CK+: expected a folder at {path}, got nothing")
    images, emotions = _find(path, "cohn-kanade-images"), _find(path, "Emotion") or _find(path, "Emotion_labels")
    official = images is not None and emotions is not None
    if images is not None and emotions is not None:
        frames, problems = _official(images, emotions, SIZES[size])
    elif images is not None or emotions is not None:
        raise DatasetError(f"{path}: expected cohn-kanade-images and Emotion, got only {images or emotions}")
    else:
        frames, problems = _class_folders(inside(path, {*EMOTIONS, *ALIASES}), SIZES[size])
    labels = CONFIGURATIONS[classes]
    labels = tuple(e for e in EMOTIONS if e in labels)
    if "neutral" in labels and not any(f.emotion == "neutral" for f in frames):
        raise DatasetError(
            f"{path}: classes {classes} need neutral faces, but class folders hold only the last frames; "
            "expected the official trees cohn-kanade-images and Emotion"
        )
    sequences = {e: len({f.sequence for f in frames if f.emotion == e}) for e in labels}
    problems += count_problems("CK+ sequences", sequences, {e: OFFICIAL_SEQUENCES[e] for e in labels})
    samples = [
        Sample(f.path.name, read_gray(f.path), labels.index(f.emotion), f.subject, f.sequence)
        for f in frames
        if f.emotion in labels
    ]
    problems += duplicate_problems("CK+", samples)
    name = f"CK+ {classes.replace('_', ' ')} {size}"
    return Dataset(name, labels, tuple(samples), cropped=not official, problems=tuple(problems))


def _find(path: Path, name: str) -> Path | None:
    """Find a folder of this name at or up to two levels below the path."""
    candidates = [path, *path.glob("*"), *path.glob("*/*")]
    # Emotion_labels/Emotion: the innermost folder of the name is the tree itself.
    found = [p for p in candidates if p.is_dir() and p.name.lower() == name.lower()]
    return max(found, key=lambda p: len(p.parts), default=None)


def _official(images: Path, emotions: Path, last: int) -> tuple[list[_Frame], list[str]]:
    frames, problems = [], []
    for file in sorted(emotions.rglob("*_emotion.txt")):
        match = _NAME.match(file.name.removesuffix("_emotion.txt"))
        text = file.read_text(encoding="ascii", errors="replace").strip()
        try:
            code = int(float(text))
            emotion = _CODES[code]
        except (ValueError, KeyError):
            raise DatasetError(f"{file}: expected a number from 1 to 7, got {text!r}") from None
        if match is None:
            raise DatasetError(f"{file}: expected a name like S010_004_00000017_emotion.txt")
        sequence = f"{match[1]}_{match[2]}".upper()
        folder = images / match[1] / match[2]
        pictures = sorted(p for p in folder.glob("*") if p.suffix.lower() in PICTURES and _NAME.match(p.stem))
        if len(pictures) < last + 1:
            problems.append(f"CK+: {sequence} left out: expected {last + 1} frames or more, got {len(pictures)}")
            continue
        frames.append(_Frame(pictures[0], sequence, 1, "neutral"))
        frames += [_Frame(p, sequence, int(_NAME.match(p.stem)[3]), emotion) for p in pictures[-last:]]  # type: ignore[index]
    if not frames:
        raise DatasetError(f"{emotions}: expected files like S010/004/S010_004_00000017_emotion.txt, got none")
    return frames, problems


def _class_folders(path: Path, last: int) -> tuple[list[_Frame], list[str]]:
    sequences: dict[str, list[_Frame]] = defaultdict(list)
    problems, foreign = [], 0
    for folder in sorted(p for p in path.iterdir() if p.is_dir() and not p.name.startswith(".")):
        try:
            emotion = canonical(folder.name)
        except ValueError:
            raise DatasetError(f"{folder}: expected a folder for each of {', '.join(EMOTIONS)}") from None
        for file in sorted(p for p in folder.iterdir() if p.suffix.lower() in PICTURES):
            match = _NAME.match(file.stem)
            if match is None:
                foreign += 1
                continue
            sequence = f"{match[1]}_{match[2]}".upper()
            sequences[f"{emotion} {sequence}"].append(_Frame(file, sequence, int(match[3]), emotion))
    if not sequences:
        raise DatasetError(
            f"{path}: expected cohn-kanade-images and Emotion, or <class>/S010_004_00000017.png, got neither"
        )
    if foreign:
        problems.append(f"CK+: {foreign} pictures without a CK+ name were left out")
    frames = []
    for found in sequences.values():
        found.sort(key=lambda f: f.number)
        frames += found if found[0].emotion == "neutral" else found[-last:]
    return frames, problems
