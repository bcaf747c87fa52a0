"""How good the answers of a session are: pure functions on answers and labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from fer_ros.bags.evaluation import Answer
from fer_ros.bags.labels import Label
from fer_ros.core.types import State


@dataclass(frozen=True)
class Share:
    """So many of so many, with Wilson's 95 % interval; share and interval are None of nothing."""

    right: int
    total: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.right / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval. Neighbouring frames are alike, so for frames it is too narrow."""
        if not self.total:
            return None
        found = binomtest(self.right, self.total).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


@dataclass(frozen=True)
class IntervalScore:
    """One label.

    frames: labelled images.  seen: those with its face.  raw: right ones among these, each image by itself.
    stable, uncertain: images with a smoothed answer, right or wrong, and those without.  stable_right: right ones.
    decided: the stable label of most images, '' if there was none; decided_raw: that of the images by themselves.
    time_to_stable: seconds from the label's start to the first stable right answer, None if there was none.
    id_switches: changes of the track id.
    """

    label: Label
    frames: int
    seen: int
    raw: int
    stable: int
    stable_right: int
    uncertain: int
    decided: str
    decided_raw: str
    time_to_stable: float | None
    id_switches: int


@dataclass(frozen=True, eq=False)
class Score:
    """All labels of a session.

    coverage: labelled images with a face.  raw: right ones of these.  smoothed: right ones of the stable answers.
    answered: stable answers among images with a face.  intervals_right, intervals_raw: labels whose `decided` or
    `decided_raw` is right; none where nothing was smoothed.
    raw_confusion, smoothed_confusion: (K, K) counts in the order of names, rows are the label.
    """

    intervals: tuple[IntervalScore, ...]
    names: tuple[str, ...]
    coverage: Share
    raw: Share
    smoothed: Share
    answered: Share
    intervals_right: Share
    intervals_raw: Share
    raw_confusion: npt.NDArray[np.int64]
    smoothed_confusion: npt.NDArray[np.int64]

    @property
    def id_switches(self) -> int:
        """Changes of the track id within all labels."""
        return sum(interval.id_switches for interval in self.intervals)


TITLES = {
    "coverage": "labelled images with a face",
    "raw_accuracy": "right, each image by itself",
    "smoothed_answered": "images with a stable answer",
    "smoothed_accuracy": "right, of the stable answers",
    "intervals_raw": "labels right by most of their images",
    "intervals_right": "labels right by most of their stable answers",
}
"""The shares of a report: name in report.json, and in words."""


def shares(score: Score) -> dict[str, Share]:
    """Return the shares of a score by their names in report.json, in the order of the report."""
    values = (
        score.coverage, score.raw, score.answered, score.smoothed, score.intervals_raw, score.intervals_right,
    )  # fmt: skip
    return dict(zip(TITLES, values, strict=True))


def percent(value: Share) -> str:
    """Return a share in words, 'none' of nothing."""
    return "none" if value.value is None else f"{100 * value.value:.1f} % of {value.total}"


def score(answers: Sequence[Answer], labels: Sequence[Label], names: Sequence[str]) -> Score:
    """Measure the answers of a session.

    names: labels of the model in their order; one that the model lacks and somebody showed is added.
    """
    shown = dict.fromkeys([*names, *(label.expression for label in labels)])
    order = tuple(shown)
    of_label: dict[int, list[Answer]] = {index: [] for index in range(len(labels))}
    for answer in answers:
        if answer.label is not None:
            of_label[answer.label].append(answer)
    intervals = tuple(_interval(labels[index], mine) for index, mine in of_label.items())
    smoothing = not all(a.face.state is State.RAW for a in answers if a.face is not None)

    def total(name: str) -> int:
        return sum(getattr(interval, name) for interval in intervals)

    found = [a for a in answers if a.label is not None and a.face is not None]
    raw = [(labels[a.label].expression, a.face.raw.label) for a in found]  # type: ignore[index, union-attr]
    smoothed = [(labels[a.label].expression, _stable(a)) for a in found if _stable(a)]  # type: ignore[index]
    seen = [interval for interval in intervals if interval.frames]
    return Score(
        intervals,
        order,
        Share(total("seen"), total("frames")),
        Share(total("raw"), total("seen")),
        Share(total("stable_right"), total("stable")),
        Share(total("stable"), total("seen")),
        Share(sum(i.decided == i.label.expression for i in seen), len(seen) if smoothing else 0),
        Share(sum(i.decided_raw == i.label.expression for i in seen), len(seen)),
        _confusion(raw, order),
        _confusion(smoothed, order),
    )


def _stable(answer: Answer) -> str:
    """Return the stable smoothed label of an answer, or ''."""
    face = answer.face
    if face is None or face.smoothed is None or face.state is not State.STABLE:
        return ""
    return face.smoothed.label


def _interval(label: Label, answers: Sequence[Answer]) -> IntervalScore:
    seen = [a for a in answers if a.face is not None]
    stable = [(a.time, _stable(a)) for a in seen if _stable(a)]
    ids = [a.face.track_id for a in seen if a.face is not None and a.face.track_id]
    smoothed = [a for a in seen if a.face is not None and a.face.smoothed is not None]
    return IntervalScore(
        label=label,
        frames=len(answers),
        seen=len(seen),
        raw=sum(a.face is not None and a.face.raw.label == label.expression for a in seen),
        stable=len(stable),
        stable_right=sum(name == label.expression for _, name in stable),
        uncertain=len(smoothed) - len(stable),
        decided=_most(name for _, name in stable),
        decided_raw=_most(a.face.raw.label for a in seen if a.face is not None),
        time_to_stable=next((when - label.start for when, name in stable if name == label.expression), None),
        id_switches=sum(a != b for a, b in zip(ids, ids[1:])),
    )


def _most(names: Iterable[str]) -> str:
    """Return the name that comes most often, of several the first one, or ''."""
    return max(Counter(names).items(), key=lambda item: item[1], default=("", 0))[0]


def _confusion(pairs: Sequence[tuple[str, str]], names: Sequence[str]) -> npt.NDArray[np.int64]:
    counts = np.zeros((len(names), len(names)), np.int64)
    for expected, got in pairs:
        counts[names.index(expected), names.index(got)] += 1
    return counts
