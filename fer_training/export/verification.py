"""Is each format of a bundle as good as the network that it was made from? Judged by tests that know how many faces.

One of 70 faces is 1.4 points: a limit in points alone would refuse for chance. Nothing is refused that is better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from fer_ros.core.classification.bundle import Bundle
from fer_ros.core.classification.factory import make_classifier
from fer_training.data.crops import Crops
from fer_training.evaluation.predictions import predict

TOLERANCES = {"float32": 0.003, "float16": 0.003, "int8": 0.01}
"""Loss of accuracy on the validation faces, as a share, that is never a reason to refuse."""
DISAGREEMENTS = {"float32": 0.02, "float16": 0.02, "int8": 0.10}
"""Share of faces that rounding may make a format call something else."""
SIGNIFICANCE = 0.05
"""What would happen by chance more often than this is no reason to refuse."""


@dataclass(frozen=True)
class Verdict:
    """What one format and the Keras network make of the same N validation faces.

    right, reference: how many of them the format and the network call right.
    lost: those that only the network calls right, or None where its predictions are not at hand.
    different: those that the two call something else, or None.
    """

    precision: str
    right: int
    reference: int
    n: int
    lost: int | None = None
    different: int | None = None

    @property
    def accuracy(self) -> float:
        """Of the format, 0 to 1."""
        return self.right / self.n

    @property
    def loss_by_chance(self) -> float:
        """How often chance alone would make the format lose that many faces (exact McNemar test, one-sided).

        Without the network's predictions, the fewest faces that could have changed are taken.
        """
        net = self.reference - self.right
        lost = max(net, 0) if self.lost is None else self.lost
        changed = 2 * lost - net
        return float(binomtest(lost, changed, 0.5, "greater").pvalue) if changed else 1.0

    @property
    def difference_by_chance(self) -> float:
        """How often rounding would make the format call that many faces something else (exact binomial test)."""
        if self.different is None:
            return 1.0
        return float(binomtest(self.different, self.n, DISAGREEMENTS[self.precision], "greater").pvalue)

    @property
    def of_another_network(self) -> bool:
        """Whether it calls so many faces something else, right or wrong, that it cannot be of this network."""
        return self.difference_by_chance < SIGNIFICANCE

    @property
    def why_refused(self) -> str:
        """What speaks against the format, '' where nothing does."""
        if self.right >= self.reference:
            return ""
        if (
            self.reference - self.right > TOLERANCES[self.precision] * self.n + 1e-9
            and self.loss_by_chance < SIGNIFICANCE
        ):
            return f"it loses more than chance would (exact McNemar test, p = {self.loss_by_chance:.2g})"
        if self.of_another_network:
            return f"it calls more faces something else than rounding would (p = {self.difference_by_chance:.2g})"
        return ""

    @property
    def passed(self) -> bool:
        """Whether the format is as good as the network, as far as so many faces can tell."""
        return not self.why_refused

    def __str__(self) -> str:
        """Return one line for people."""
        net = self.right - self.reference
        compared = f"{abs(net)} {'more' if net > 0 else 'fewer'} right" if net else "as many right"
        agreement = (
            "" if self.different is None else f", same prediction on {100 - 100 * self.different / self.n:.2f} %"
        )
        verdict = f"refused: {self.why_refused}" if self.why_refused else "good"
        return (
            f"{self.precision}: {100 * self.accuracy:.2f} %, Keras {100 * self.reference / self.n:.2f} % of {self.n} "
            f"faces ({compared}){agreement}: {verdict}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers for the bundle's manifest."""
        same = {} if self.different is None else {"agreement": round(1 - self.different / self.n, 5)}
        return {"accuracy": round(self.accuracy, 5), "n": self.n, **same}


def verify(
    bundle: Bundle, validation: Crops, reference: float, predicted: npt.NDArray[np.int64] | None = None
) -> list[Verdict]:
    """Run each format of a bundle on LiteRT over the validation faces.

    Args:
        bundle: written, or not yet.
        validation: the faces.
        reference: accuracy of the Keras network on them, 0 to 1.
        predicted: its (N,) label indices, if at hand.

    Returns:
        A verdict on each format, in the bundle's order.

    Raises:
        BundleError, BackendError: a format does not load.

    """
    verdicts = []
    targets, n = validation.targets, len(validation)
    for precision in bundle.models:
        classifier = make_classifier(bundle, "litert", precision, log=lambda line: None)
        found = predict(classifier.classify, validation.pixels, classifier.spec).argmax(axis=1)
        lost = different = None
        if predicted is not None:
            lost = int(((predicted == targets) & (found != targets)).sum())
            different = int((found != predicted).sum())
        right = int((found == targets).sum())
        verdicts.append(Verdict(precision, right, round(reference * n), n, lost, different))
    return verdicts
