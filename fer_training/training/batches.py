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

        teacher: answers for a batch of faces, for a config with teacher_view.
        Raises ValueError for a config that wants a teacher, and faces that none has answered for.
        """
        if config.teacher_view and teacher is None:
            raise ValueError("teacher_view is set, but there is no teacher to ask")
        if crops.taught is None and (config.teacher_votes if config.teacher_view else config.teacher_weight):
            raise ValueError("teacher_weight is set, but the faces carry no teacher's answers")
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
        config = self.config
        rng = np.random.default_rng((config.seed, 1, step))
        chosen = self.indices(step)
        classes = self.crops.targets[chosen]
        faces = augment_batch([self.crops.pixels[i] for i in chosen], config.augmentation, config.preprocess, rng)
        count = len(self.crops.labels)
        targets = np.eye(count, dtype=np.float32)[classes]
        targets = targets * (1 - config.label_smoothing) + config.label_smoothing / count
        taught = self.crops.taught[chosen] if self.crops.taught is not None else np.zeros((len(chosen), 0), np.float32)
        if config.teacher_weight and not config.teacher_view:
            targets = self._taught(targets, taught)
        votes = self.crops.votes[chosen] if self.crops.votes is not None else np.zeros((len(chosen), 0), np.float32)
        weights = self.class_weights[classes]
        if config.mixup:
            share = np.float32(rng.beta(config.mixup, config.mixup))
            share = max(share, 1 - share)
            other = rng.permutation(len(chosen))
            faces, targets, taught, votes, weights = (
                share * a + (1 - share) * a[other] for a in (faces, targets, taught, votes, weights)
            )
        if config.teacher_view and self._teacher is not None:
            experts = [(self._teacher(faces), config.teacher_power)]
            if config.teacher_votes:
                experts.append((taught, config.teacher_votes))
            targets = self._taught(targets, product_of_experts(experts))
        return Batch(faces, targets.astype(np.float32), classes, votes, weights)

    def _taught(self, targets: Floats, answers: Floats) -> Floats:
        share = np.float32(self.config.teacher_weight)
        return np.asarray((1 - share) * targets + share * answers, np.float32)

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
