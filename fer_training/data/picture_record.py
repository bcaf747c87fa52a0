"""Which pictures a network has learned from: short hashes of their content, which can be compared and show nothing.

No picture can be made of a hash. Whoever has the very same picture can find out that it was learned from: that is what
the record is for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import Bundle

Hashes = npt.NDArray[np.uint64]

NAME = "pictures.bin"
"""The file in a run's and in a bundle's folder."""
# Two of 28,709 pictures and 10,000 others are taken for the same once in 3800 times. Of that many, the file has 144 kB.
_BYTES = 5
_LARGEST = 2**26
_HEAD = re.compile(rb"short hashes of pictures: (\d{1,9}) trained, (\d{1,9}) selected, (\d{1,9}|unknown) initial\n")


def short_hashes(digests: Iterable[str]) -> Hashes:
    """Return (N,) the first 40 bits of each digest of a picture's pixels, see `pixel_digest`.

    Of the pixels of the whole picture, whether a face is to be found in it or it is one: it is the same picture then.
    """
    return np.array([int(digest[: 2 * _BYTES], 16) for digest in digests], np.uint64)


@dataclass(frozen=True, eq=False)
class PictureRecord:
    """The pictures that weights are made of, as short hashes.

    trained: those that a run trained on.  selected: those that its best step was selected by, or that its answers were
    adjusted on.  initial: those that had to do with its initial weights; None where that is not on record.
    """

    trained: Hashes
    selected: Hashes
    initial: Hashes | None

    def all(self) -> Hashes | None:
        """Return every picture that these weights have to do with; None where those of the initial ones are unknown."""
        return None if self.initial is None else np.unique([*self.trained, *self.selected, *self.initial])

    def to_bytes(self) -> bytes:
        """Return it as the content of a file: one line of text, and the sorted hashes of each kind."""
        kinds = [np.unique(kind) for kind in (self.trained, self.selected, _or_none(self.initial))]
        trained, selected, initial = map(len, kinds)
        known = "unknown" if self.initial is None else initial
        head = f"short hashes of pictures: {trained} trained, {selected} selected, {known} initial\n"
        hashes = np.concatenate(kinds).astype(">u8").view(np.uint8).reshape(-1, 8)[:, -_BYTES:]
        return head.encode() + hashes.tobytes()

    @classmethod
    def from_bytes(cls, content: bytes) -> PictureRecord:
        """Return the record that a file's content is. Raises ValueError if it is none."""
        found = _HEAD.match(content)
        counts = [0 if n == b"unknown" else int(n) for n in found.groups()] if found else []
        body = content[found.end() :] if found else b""
        if not found or len(body) != _BYTES * sum(counts):
            raise ValueError("expected a record of pictures, got something else or a part of one")
        wide = np.zeros((sum(counts), 8), np.uint8)
        wide[:, -_BYTES:] = np.frombuffer(body, np.uint8).reshape(-1, _BYTES)
        trained, selected, initial = np.split(wide.view(">u8").ravel().astype(np.uint64), np.cumsum(counts)[:2])
        return cls(trained, selected, None if found[3] == b"unknown" else initial)


NOTHING = PictureRecord(*(np.empty(0, np.uint64) for _ in range(3)))
"""The record of weights that never saw a labelled face, such as ImageNet's."""


def read_record(folder: Path) -> tuple[PictureRecord, bytes] | None:
    """Return the record in a folder and the file's content; None where there is none, or no whole one."""
    path = folder / NAME
    try:
        content = path.read_bytes() if path.is_file() and path.stat().st_size <= _LARGEST else b""
        return PictureRecord.from_bytes(content), content
    except (OSError, ValueError):
        return None


def record_of(bundle: Bundle) -> PictureRecord | None:
    """Return the record of a bundle; None where it has none, or where the file is another one's."""
    facts = bundle.training.get("pictures")
    found = read_record(bundle.directory)
    if found is None or not isinstance(facts, dict) or facts.get("sha256") != hashlib.sha256(found[1]).hexdigest():
        return None
    return found[0]


def describe_record(content: bytes) -> dict[str, Any]:
    """Return what a bundle's manifest says of its record.

    Args:
        content: of the file.

    """
    record = PictureRecord.from_bytes(content)
    return {
        "file": NAME,
        "sha256": hashlib.sha256(content).hexdigest(),
        "trained": len(record.trained),
        "selected": len(record.selected),
        "initial": None if record.initial is None else len(record.initial),
    }


def keep_record(
    folder: Path, trained: Hashes | None, selected: Hashes | None, before: PictureRecord | None
) -> PictureRecord | None:
    """Write the record of a run into its folder, unless it is there, and return it.

    Args:
        folder: of the run.
        trained: the pictures that it trains on; None where they are not known, and nothing is written.
        selected: those that its best step is selected by.
        before: the record of its initial weights; None where there is none.

    """
    if found := read_record(folder):
        return found[0]
    if trained is None or selected is None:
        return None
    record = PictureRecord(trained, selected, None if before is None else before.all())
    temporary = folder / f"unfinished.{NAME}"
    temporary.write_bytes(record.to_bytes())
    temporary.replace(folder / NAME)
    return record


def _or_none(hashes: Hashes | None) -> Hashes:
    return np.empty(0, np.uint64) if hashes is None else hashes
