"""FER+'s votes read as an answer to FER-2013's question: the two sets mean different things by the same names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from fer_training.data.crops import Crops

# Of the inverse of the penalty: so many faces, so few coefficients, that it hardly matters.
_C = 10.0


def classes_by_votes(crops: Crops) -> npt.NDArray[np.float32]:
    """Return (N, K) float32 probabilities of each face's class given nothing but its votes.

    A multinomial logistic regression of the faces' own targets; it has some hundred coefficients, so it does not know
    a face by heart. Faces without votes get the same probability for every class.
    Raises ValueError for faces that carry no votes, or a class without one voted face.
    """
    if crops.votes is None:
        raise ValueError("the faces carry no votes")
    answers = np.full((len(crops), len(crops.labels)), 1 / len(crops.labels), np.float32)
    voted = crops.votes.sum(axis=1) > 0
    found = np.unique(crops.targets[voted])
    if len(found) != len(crops.labels):
        raise ValueError(f"expected faces with votes of all {len(crops.labels)} classes, got them of {len(found)}")
    # The first of ten votes for a class says more than the tenth.
    features = np.concatenate([crops.votes, np.sqrt(crops.votes)], axis=1)[voted]
    model = LogisticRegression(C=_C, max_iter=3000).fit(features, crops.targets[voted])
    answers[voted] = model.predict_proba(features)
    return answers
