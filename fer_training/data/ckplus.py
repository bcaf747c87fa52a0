"""CK+ (Lucey et al. 2010): 327 labelled sequences from neutral to peak expression (paper, Sections 4 and 5.1.4).

Three layouts are read. The official trees, `cohn-kanade-images/S010/004/S010_004_00000017.png` beside
`Emotion/S010/004/S010_004_00000017_emotion.txt`, give whole pictures of every frame. The common class folders,
`<class>/S010_004_00000017.png`, give 48x48 crops of the last three frames and have no neutral class. The table of 920
rows, emotion, pixels and Usage, gives a 48x48 crop of each sequence, without naming subject or sequence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from fer_ros.core.emotions import ALIASES, EMOTIONS
from fer_training.data.class_names import expression_of
from fer_training.data.dataset import (
    Dataset,
    DatasetError,
    Sample,
    count_problems,
    duplicate_problems,
    inside,
)
from fer_training.data.files import expect_something, folders_in
from fer_training.data.pictures import LeftOut, pictures_below, read_all
from fer_training.data.pixel_table import read_pixel_table

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
_TABLE_COUNTS = {**OFFICIAL_SEQUENCES, "neutral": 593}
# The table has 920; more are those of FER-2013, whose table has the same form.
_MOST_ROWS = 2000
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
    """Read one of the paper's eight configurations of CK+ from the official trees, from class folders or a table.

    Args:
        path: where it stands.
        classes: a key of CONFIGURATIONS.
        size: 'small' takes the last frame of a sequence, 'large' the last three; neutral is the first frame in both.

    Raises:
        DatasetError: neither layout is found, a label is unknown, a picture is unreadable, or neutral is asked of class
            folders that have none.

    """
    if classes not in CONFIGURATIONS or size not in SIZES:
        raise ValueError(f"expected classes {list(CONFIGURATIONS)} and size {list(SIZES)}, got {classes!r}, {size!r}")
    path = expect_something(path, "CK+")
    name = f"CK+ {classes.replace('_', ' ')} {size}"
    if (table := _table(path)) is not None:
        return _from_table(table, CONFIGURATIONS[classes], name)
    left_out = LeftOut()
    images, emotions = _find(path, "cohn-kanade-images"), _find(path, "Emotion") or _find(path, "Emotion_labels")
    official = images is not None and emotions is not None
    if images is not None and emotions is not None:
        frames, problems = _official(images, emotions, SIZES[size], left_out)
    elif images is not None or emotions is not None:
        raise DatasetError(f"{path}: expected cohn-kanade-images and Emotion, got only {images or emotions}")
    else:
        frames, problems = _class_folders(inside(path, {*EMOTIONS, *ALIASES}), SIZES[size], left_out)
    labels = _in_order(CONFIGURATIONS[classes])
    if "neutral" in labels and not any(f.emotion == "neutral" for f in frames):
        raise DatasetError(
            f"{path}: classes {classes} need neutral faces, but class folders hold only the last frames; "
            "expected the official trees cohn-kanade-images and Emotion"
        )
    sequences = {e: len({f.sequence for f in frames if f.emotion == e}) for e in labels}
    problems += count_problems("CK+ sequences", sequences, {e: OFFICIAL_SEQUENCES[e] for e in labels})
    frames = [f for f in frames if f.emotion in labels]
    # The crops are small, and read at once; whole pictures when their face is looked for.
    files = [f.path for f in frames]
    crops = {} if official else read_all(files, [f.path.name for f in frames], left_out)
    samples = [
        Sample(f.path.name, crops.get(f.path, f.path), labels.index(f.emotion), f.subject, f.sequence)
        for f in frames
        if official or f.path in crops
    ]
    unread = left_out.problems("CK+")
    if not samples:
        raise DatasetError("; ".join([f"{path}: expected pictures of CK+, got none", *unread]))
    problems += [*unread, *duplicate_problems("CK+", samples)]
    return Dataset(name, labels, tuple(samples), cropped=not official, problems=tuple(problems))


def _in_order(classes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(e for e in EMOTIONS if e in classes)


def _table(path: Path) -> Path | None:
    """Return the CSV file that a path is, or that stands alone in it."""
    if path.is_file():
        return path
    tables = sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv" and not p.name.startswith("."))
    return tables[0] if len(tables) == 1 and not folders_in(path) else None


def _from_table(path: Path, classes: tuple[str, ...], name: str) -> Dataset:
    """Read the table of 48x48 crops; its labels are the places in EMOTIONS, its Usage was drawn at random."""
    samples = read_pixel_table(path, len(EMOTIONS))
    if len(samples) > _MOST_ROWS:
        raise DatasetError(f"{path}: expected the 920 pictures of CK+, got {len(samples)}; is it --dataset fer2013?")
    counts = {e: sum(s.label == i for s in samples) for i, e in enumerate(EMOTIONS)}
    problems = [
        "CK+: this table names no subjects, so that the same people stand on both sides of every split (only "
        "--protocol random), and holds one picture of a sequence (--size changes nothing)",
        *count_problems("CK+", counts, {e: _TABLE_COUNTS[e] for e in classes}),
        *duplicate_problems("CK+", samples),
    ]
    whole = Dataset(name, EMOTIONS, tuple(samples), cropped=True, problems=tuple(problems))
    return whole.with_labels(_in_order(classes))


def _find(path: Path, name: str) -> Path | None:
    """Find a folder of this name at or up to two levels below the path."""
    candidates = [path, *path.glob("*"), *path.glob("*/*")]
    # Emotion_labels/Emotion: the innermost folder of the name is the tree itself.
    found = [p for p in candidates if p.is_dir() and p.name.lower() == name.lower()]
    return max(found, key=lambda p: len(p.parts), default=None)


def _official(images: Path, emotions: Path, last: int, left_out: LeftOut) -> tuple[list[_Frame], list[str]]:
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
        found = pictures_below(folder, left_out) if folder.is_dir() else []
        pictures = [p for p in found if _NAME.match(p.stem)]
        if len(pictures) < last + 1:
            problems.append(f"CK+: {sequence} left out: expected {last + 1} frames or more, got {len(pictures)}")
            continue
        frames.append(_Frame(pictures[0], sequence, 1, "neutral"))
        frames += [_Frame(p, sequence, int(_NAME.match(p.stem)[3]), emotion) for p in pictures[-last:]]  # type: ignore[index]
    if not frames:
        raise DatasetError(f"{emotions}: expected files like S010/004/S010_004_00000017_emotion.txt, got none")
    return frames, problems


def _class_folders(path: Path, last: int, left_out: LeftOut) -> tuple[list[_Frame], list[str]]:
    sequences: dict[str, list[_Frame]] = defaultdict(list)
    problems, foreign = [], 0
    for folder in folders_in(path):
        emotion = expression_of(folder)
        for file in pictures_below(folder, left_out):
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
