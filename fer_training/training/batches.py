"""Training batches that depend on nothing but (data, config, step): what makes an exact resume possible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fer_training.data.augmentation import augment_batch
from fer_training.data.crops import Crops
from fer_training.training.config import StageConfig
from fer_training.training.distillation import product_of_experts

Floats = npt.NDArray[np.float32]
Teacher = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class Batch:
    """faces (B, size, size, 1), soft targets (B, K), classes (B,), votes (B, V) and weights of each sample (B,)."""

    faces: Floats
    targets: Floats
    classes: npt.NDArray[np.int64]
    votes: Floats
    weights: Floats


class BatchMaker:
    """Makes the batch of any step, in any order."""

    def __init__(self, crops: Crops, config: StageConfig, teacher: Teacher | None = None) -> None:
        """Remember the data; class weights are fixed from its counts.

        Args:
            crops: the training faces.
            config: of the stage.
            teacher: soft targets for a batch of faces, for a config with consistent_teaching.

        Raises:
            ValueError: the config wants a teacher that is not given, or soft targets that the crops do not carry.

        """
        if config.consistent_teaching and teacher is None:
            raise ValueError("consistent_teaching is set, but there is no teacher to ask")
        wanted = config.votes_exponent if config.consistent_teaching else config.teacher_weight
        if wanted and crops.soft_targets is None:
            raise ValueError("teacher_weight is set, but the crops carry no soft targets")
        self.crops = crops
        self._teacher = teacher
        self.config = config
        counts = np.bincount(crops.targets, minlength=len(crops.labels)).astype(np.float32)
        weights = np.where(counts > 0, (counts.max() / np.maximum(counts, 1)) ** config.balance, 0)
        self.class_weights = (weights * counts.sum() / (weights * counts).sum()).astype(np.float32)
        self._epoch = -1
        self._order = np.empty(0, np.int64)

    def __call__(self, step: int) -> Batch:
        """Return the batch of this step, counted from 0."""
        config, crops = self.config, self.crops
        rng = np.random.default_rng((config.seed, 1, step))
        chosen = self.indices(step)
        classes = crops.targets[chosen]
        faces = augment_batch([crops.pixels[i] for i in chosen], config.augmentation, config.preprocess, rng)
        count = len(crops.labels)
        targets = np.eye(count, dtype=np.float32)[classes]
        targets = targets * (1 - config.label_smoothing) + config.label_smoothing / count
        soft_targets, votes = _rows(crops.soft_targets, chosen), _rows(crops.votes, chosen)
        if config.teacher_weight and not config.consistent_teaching:
            targets = self._softened(targets, soft_targets)
        weights = self.class_weights[classes]
        if config.mixup:
            share = np.float32(rng.beta(config.mixup, config.mixup))
            share = max(share, 1 - share)
            other = rng.permutation(len(chosen))
            faces, targets, soft_targets, votes, weights = (
                share * a + (1 - share) * a[other] for a in (faces, targets, soft_targets, votes, weights)
            )
        if config.consistent_teaching:
            targets = self._softened(targets, self._consistent_targets(faces, soft_targets))
        return Batch(faces, targets.astype(np.float32), classes, votes, weights)

    def _softened(self, targets: Floats, soft_targets: Floats) -> Floats:
        share = np.float32(self.config.teacher_weight)
        return np.asarray((1 - share) * targets + share * soft_targets, np.float32)

    def _consistent_targets(self, faces: Floats, soft_targets: Floats) -> Floats:
        """Return what the teacher says of the very faces of a batch, with what the votes say of them."""
        assert self._teacher is not None
        experts = [(self._teacher(faces), self.config.teacher_exponent)]
        if self.config.votes_exponent:
            experts.append((soft_targets, self.config.votes_exponent))
        return product_of_experts(experts)

    def indices(self, step: int) -> npt.NDArray[np.int64]:
        """Return which faces stand in a step's batch: one shuffled epoch after another; a batch may span two."""
        size, total = self.config.batch_size, len(self.crops)
        positions = np.arange(step * size, (step + 1) * size)
        chosen = np.empty(size, np.int64)
        for epoch in np.unique(positions // total):
            if epoch != self._epoch:
                self._epoch = int(epoch)
                self._order = np.random.default_rng((self.config.seed, 0, self._epoch)).permutation(total)
            inside = positions // total == epoch
            chosen[inside] = self._order[positions[inside] % total]
        return chosen


def _rows(values: Floats | None, chosen: npt.NDArray[np.int64]) -> Floats:
    return np.zeros((len(chosen), 0), np.float32) if values is None else values[chosen]
