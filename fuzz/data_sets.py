"""Targets of training data: tables, folders, and files that say what folders are called."""

from __future__ import annotations

import csv
import hashlib
import shutil
from pathlib import Path

import cv2
import numpy as np

from fer_ros.core.emotions import EMOTIONS
from fer_training.data.ckplus import read_ckplus
from fer_training.data.class_folders import read_class_folders
from fer_training.data.class_names import read_class_names
from fer_training.data.dataset import Dataset, DatasetError, Sample
from fer_training.data.fer2013 import read_fer2013
from fer_training.data.ferplus import VOTED, with_ferplus_votes
from fer_training.data.picture_record import NAME, PictureRecord, read_record
from fer_training.data.summary import describe
from fuzz.promises import opens_only_inside, promise, refused
from fuzz.reader import FLOATS, INTEGERS, TEXTS, Reader

_USAGES = ("Training", "PublicTest", "PrivateTest")
_SEPARATORS = (",", ";", "\t")


def _pixel_table(reader: Reader, path: Path) -> None:
    """Write any bytes below a header, or rows with some fields changed, as different spreadsheets would."""
    if reader.chance(2):
        path.write_bytes(b"emotion,pixels,Usage\n" + reader.rest())
        return
    encoding = "utf-8-sig" if reader.chance(4) else "utf-8"
    with path.open("w", newline="", encoding=encoding, errors="surrogatepass") as file:
        writer = csv.writer(file, delimiter=reader.choice(_SEPARATORS) if reader.chance(4) else ",")
        writer.writerow(["emotion", "pixels", "Usage"])
        for _ in range(2 if reader.chance(16) else 1):
            pixels = [str(reader.below(256))] * (reader.below(3000) if reader.chance(6) else 2304)
            if reader.chance(6):
                pixels[:1] = [reader.text()]  # once: some texts are long, and what counts is that it is there
            row = [str(reader.below(7)), " ".join(pixels)]
            row.append(reader.choice(_USAGES))
            if reader.chance(4):
                row[reader.below(3)] = reader.text()
            if reader.chance(12):
                row = row[: reader.below(3)] if reader.chance(2) else row * 2
            writer.writerow(row)


def fer2013_table(data: bytes, folder: Path) -> object:
    """fer2013.csv."""
    path = folder / "fer2013.csv"
    _pixel_table(Reader(data), path)
    with opens_only_inside(folder):
        try:
            dataset = read_fer2013(path)
        except DatasetError as error:
            return refused(error)
    promise(all(s.pixels.shape == (48, 48) and 0 <= s.label < 7 and s.split for s in dataset.samples), "samples")
    return [(s.digest, s.label, s.split) for s in dataset.samples]


def ckplus_table(data: bytes, folder: Path) -> object:
    """The table of CK+."""
    path = folder / "ckextended.csv"
    _pixel_table(Reader(data), path)
    with opens_only_inside(folder):
        try:
            dataset = read_ckplus(path)
        except DatasetError as error:
            return refused(error)
    promise(dataset.labels == EMOTIONS and all(0 <= s.label < 8 for s in dataset.samples), "labels")
    promise(all(s.pixels.shape == (48, 48) and s.split and not s.subject for s in dataset.samples), "samples")
    return [(s.digest, s.label, s.split) for s in dataset.samples]


_BLACK = np.zeros((4, 4), np.uint8)
_FACES = Dataset("FER-2013", EMOTIONS[:7], tuple(Sample(f"row_{i:05d}", _BLACK, 0) for i in range(3)), cropped=True)


def picture_record(data: bytes, folder: Path) -> object:
    """pictures.bin: any bytes in the place of the record of a bundle's pictures."""
    (folder / NAME).write_bytes(data)
    with opens_only_inside(folder):
        found = read_record(folder)
    if found is None:
        return "refused", "no record"
    record, content = found
    again = PictureRecord.from_bytes(record.to_bytes())
    kinds = [(record.trained, again.trained), (record.selected, again.selected)]
    promise((record.initial is None) == (again.initial is None), "unknown became known")
    if record.initial is not None and again.initial is not None:
        kinds.append((record.initial, again.initial))
    promise(all(np.array_equal(np.unique(a), b) for a, b in kinds), "other hashes after writing and reading")
    return hashlib.blake2b(content).hexdigest(), [len(a) for a, _ in kinds]


def ferplus_table(data: bytes, folder: Path) -> object:
    """fer2013new.csv: any bytes, or rows with some fields changed."""
    reader = Reader(data)
    path = folder / "fer2013new.csv"
    if reader.chance(2):
        path.write_bytes(f"Usage,{','.join(VOTED)}\n".encode() + reader.rest())
    else:
        lines = [f"file,{','.join(VOTED)}" if reader.chance(2) else ",".join(VOTED)]
        for row in range(reader.below(4)):
            votes = [
                str(reader.choice((*FLOATS, *INTEGERS, *TEXTS[:8]))) if reader.chance(8) else str(reader.below(11))
                for _ in VOTED
            ]
            lines.append(",".join([f"row_{row:05d}", *votes] if lines[0].startswith("file") else votes))
            if reader.chance(8):
                lines[-1] = lines[-1][: reader.below(40)]
        path.write_text("\n".join(lines), encoding="utf-8", errors="surrogatepass")
    with opens_only_inside(folder):
        try:
            dataset = with_ferplus_votes(_FACES, path)
        except DatasetError as error:
            return refused(error)
    votes = [s.votes for s in dataset.samples if s.votes is not None]
    promise(all(np.isfinite(v).all() and abs(v.sum() - 1) < 1e-4 and (v >= 0).all() for v in votes), f"votes {votes}")
    return [v.tolist() for v in votes]


def class_names(data: bytes, folder: Path) -> object:
    """A file that says what class folders are called."""
    path = folder / "names.yaml"
    path.write_bytes(data)
    with opens_only_inside(folder):
        try:
            names = read_class_names(str(path))
        except ValueError as error:
            promise("\n" not in str(error), f"several lines: {error}")
            return refused(error)
    promise(all(isinstance(name, str) and expression in EMOTIONS for name, expression in names), f"names {names}")
    return names


_FOLDERS = (
    "train", "Training", "test", "val", "valid", "dev", "happy", "sad", "Anger", "0", "7", "0_angry", "__MACOSX",
    ".git", "smiling", "p1", "tset", "Thumbs.db",
)  # fmt: skip
_PNG = cv2.imencode(".png", np.full((48, 48), 90, np.uint8))[1].tobytes()


def class_folders(data: bytes, folder: Path) -> object:
    """Folders of pictures, some of them in others, under names that people and systems give."""
    reader = Reader(data)
    top = folder / "data"
    shutil.rmtree(top, ignore_errors=True)
    top.mkdir()
    for number in range(1 + reader.below(6)):
        inner = top.joinpath(*(reader.choice(_FOLDERS) for _ in range(reader.below(4))))
        if any(parent.is_file() for parent in (inner, *inner.parents)):
            continue
        inner.mkdir(parents=True, exist_ok=True)
        suffix = reader.choice((".png", ".heic", ".txt", ".jfif", ""))
        (inner / f"{number}{suffix}").write_bytes(reader.bytes(reader.below(20)) if reader.chance(3) else _PNG)
    cropped = not reader.chance(2)
    with opens_only_inside(folder):
        try:
            dataset = read_class_folders(top, cropped)
        except DatasetError as error:
            return refused(error)
    promise(all(s.label in range(len(dataset.labels)) for s in dataset.samples), "labels")
    promise(all((not cropped) or s.pixels.ndim == 2 for s in dataset.samples), "pixels")
    digest = hashlib.sha256("".join(sorted(s.digest for s in dataset.samples)).encode()).hexdigest()
    return describe(dataset), digest
