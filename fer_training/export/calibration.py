"""Temperature scaling (Guo et al. 2017): one number, fitted on validation faces, that calibrates confidences."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

LOWEST, HIGHEST = 0.05, 20.0
FEWEST_ERRORS = 10
"""With fewer errors to learn from, confidences are left as they are."""


def fit_temperature(logits: npt.NDArray[np.float32], targets: npt.NDArray[np.int64]) -> float:
    """Find the T > 0 for which softmax(logits / T) has the least cross-entropy; the top class stays what it was.

    Args:
        logits: (N, K) of the validation faces.
        targets: (N,) label indices.

    Returns:
        The temperature. It is 1 where there are fewer than FEWEST_ERRORS errors: a set without a single one asks for a
        temperature of zero, which makes every prediction certain.

    Raises:
        ValueError: other shapes, or no samples.

    """
    if logits.ndim != 2 or len(logits) != len(targets) or not len(logits):
        raise ValueError(f"logits must be (N, K) for N > 0 targets, got {logits.shape} for {len(targets)}")
    if (logits.argmax(axis=1) != targets).sum() < FEWEST_ERRORS:
        return 1.0
    exact = logits.astype(np.float64)
    picked = exact[np.arange(len(targets)), targets]

    def loss(log_temperature: float) -> float:
        temperature = np.exp(log_temperature)
        return float((logsumexp(exact / temperature, axis=1) - picked / temperature).mean())

    found = minimize_scalar(loss, bounds=(np.log(LOWEST), np.log(HIGHEST)), method="bounded")
    return float(np.exp(found.x))
