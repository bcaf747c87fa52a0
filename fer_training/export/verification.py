"""Is each format of a bundle as good as the network that it was made from?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fer_ros.core.classification.bundle import Bundle
from fer_ros.core.classification.factory import make_classifier
from fer_training.data.crops import Crops
from fer_training.evaluation.predictions import predict

TOLERANCES = {"float32": 0.003, "float16": 0.003, "int8": 0.01}
"""Largest difference of accuracy on the validation set, as a share."""


@dataclass(frozen=True)
class Verdict:
    """Accuracy of one format, and of the Keras network, on the same N validation faces, 0 to 1.

    agreement: share of faces that both call the same, or None where the network's predictions are not at hand.
    """

    precision: str
    accuracy: float
    reference: float
    n: int
    agreement: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the difference is within the format's tolerance."""
        return abs(self.accuracy - self.reference) <= TOLERANCES[self.precision] + 1e-12

    def __str__(self) -> str:
        """Return one line for people."""
        agreement = "" if self.agreement is None else f", same prediction on {100 * self.agreement:.2f} %"
        return (
            f"{self.precision}: {100 * self.accuracy:.2f} %, Keras {100 * self.reference:.2f} % of {self.n} faces"
            f"{agreement}: {'good' if self.passed else 'refused'} "
            f"(difference at most {100 * TOLERANCES[self.precision]:.1f} points)"
        )

    def to_dict(self) -> dict[str, float]:
        """Return the numbers for the bundle's manifest."""
        return {"accuracy": round(self.accuracy, 5), "n": self.n}


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
    for precision in bundle.models:
        classifier = make_classifier(bundle, "litert", precision, log=lambda line: None)
        found = predict(classifier.classify, validation.pixels, classifier.spec).argmax(axis=1)
        same = None if predicted is None else float((found == predicted).mean())
        accuracy = float((found == validation.targets).mean())
        verdicts.append(Verdict(precision, accuracy, reference, len(validation), same))
    return verdicts
