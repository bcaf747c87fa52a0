"""Faces cut out of their pictures: what training, evaluation and export all work on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from fer_training.data.dataset import Pixels


@dataclass(frozen=True, eq=False)
class Crops:
    """Faces cut out at full resolution, ready for training or evaluation.

    pixels: N pictures, each (h, w) uint8.  targets: (N,) int64, indices into labels.
    votes: (N, V) float32 distributions of FER+, rows of zeros where there are none; or None.
    soft_targets: (N, K) float32 probabilities that a teacher gives the classes; or None.
    names: N names of samples, for messages; or none at all.
    pictures: (N,) short hashes of the pictures that they were cut out of, see `picture_record`; or None.
    """

    pixels: Sequence[Pixels]
    targets: npt.NDArray[np.int64]
    labels: tuple[str, ...]
    votes: npt.NDArray[np.float32] | None = None
    names: tuple[str, ...] = ()
    soft_targets: npt.NDArray[np.float32] | None = None
    pictures: npt.NDArray[np.uint64] | None = None

    def __post_init__(self) -> None:
        """Check that there is one target for each picture, in range."""
        if len(self.pixels) != len(self.targets) or not len(self.targets):
            raise ValueError(f"expected one target a picture, got {len(self.pixels)} and {len(self.targets)}")
        if self.names and len(self.names) != len(self.pixels):
            raise ValueError(f"expected one name a picture, got {len(self.names)} for {len(self.pixels)}")
        if self.soft_targets is not None and self.soft_targets.shape != (len(self.pixels), len(self.labels)):
            raise ValueError(
                f"soft_targets must be ({len(self.pixels)}, {len(self.labels)}), got {self.soft_targets.shape}"
            )
        if self.targets.min() < 0 or self.targets.max() >= len(self.labels):
            raise ValueError(f"targets must be 0 to {len(self.labels) - 1}, got up to {self.targets.max()}")

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.pixels)

    def take(self, indices: npt.NDArray[np.int64]) -> Crops:
        """Return the chosen faces, in the order of the indices."""
        votes = None if self.votes is None else self.votes[indices]
        soft_targets = None if self.soft_targets is None else self.soft_targets[indices]
        names = tuple(self.names[i] for i in indices) if self.names else ()
        pictures = None if self.pictures is None else self.pictures[indices]
        pixels = [self.pixels[i] for i in indices]
        return Crops(pixels, self.targets[indices], self.labels, votes, names, soft_targets, pictures)

    def with_labels(self, labels: tuple[str, ...]) -> Crops:
        """Return only the faces of these labels, under them. Raises ValueError if there are none."""
        place = {self.labels.index(name): i for i, name in enumerate(labels) if name in self.labels}
        kept = self.take(np.array([i for i, t in enumerate(self.targets) if int(t) in place], np.int64))
        # Soft targets over other labels say nothing about these.
        return replace(
            kept, soft_targets=None, targets=np.array([place[int(t)] for t in kept.targets], np.int64), labels=labels
        )

    @property
    def digest(self) -> str:
        """SHA-256 over every picture and target: tells whether a run goes on with the data it began with."""
        total = hashlib.sha256(self.targets.tobytes())
        for picture in self.pixels:
            total.update(str(picture.shape).encode() + picture.tobytes())
        return total.hexdigest()
