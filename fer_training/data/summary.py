"""What a data set holds, for people: its pictures by class and split, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from fer_training.data.dataset import Dataset, DatasetError, Sample

_NO_SPLIT = "pictures"


def describe(dataset: Dataset, notes: bool = True) -> str:
    """Return a table of the pictures of each class and split, and a line for each thing that is wrong with the copy.

    Args:
        dataset: what a reader returned.
        notes: whether `Dataset.problems` are listed too, each after 'note: '.

    """
    numbers = Counter((s.split, s.label) for s in dataset.samples)
    splits = list(dict.fromkeys(s.split for s in dataset.samples))
    rows = {split: [numbers[split, i] for i in range(len(dataset.labels))] for split in splits}
    table = [
        ["", *dataset.labels, "all"],
        *([split or _NO_SPLIT, *map(str, row), str(sum(row))] for split, row in rows.items()),
    ]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    people = len({s.subject for s in dataset.samples} - {""})
    of_people = f" of {people} people" if people else ""
    lines = [f"{dataset.name}: {len(dataset.samples)} pictures{of_people}"]
    for first, *cells in table:
        padded = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append("  ".join([f"  {first.ljust(widths[0])}", *padded]))
    return "\n".join([*lines, *(f"note: {problem}" for problem in dataset.problems if notes)])


def check_trainable(dataset: Dataset, train: Iterable[int]) -> None:
    """Raise DatasetError if a class has no picture to train on, or if there is only one class.

    Args:
        dataset: all that may be trained on, or evaluated.
        train: indices of the samples that train.

    """
    learned = {dataset.samples[i].label for i in train}
    missing = [name for i, name in enumerate(dataset.labels) if i not in learned]
    if len(dataset.labels) < 2 or len(learned) < 2:
        names = ", ".join(dataset.labels[i] for i in sorted(learned)) or "none"
        raise DatasetError(f"{dataset.name}: expected training pictures of two classes or more, got only {names}")
    if missing:
        raise DatasetError(
            f"{dataset.name}: expected training pictures of each class, got none of {', '.join(missing)}"
            f"{_elsewhere(dataset.samples, [dataset.labels.index(name) for name in missing])}; add some, or take the "
            "class away"
        )


def _elsewhere(samples: Iterable[Sample], labels: list[int]) -> str:
    """Say in which splits these labels do occur."""
    splits = sorted({s.split for s in samples if s.label in labels} - {""})
    return f", which only {' and '.join(splits)} has" if splits else ""
