"""Center loss follows the equations of the paper."""

import numpy as np
import pytest

from fer_training.models.center_loss import CenterLoss


def test_center_loss_by_hand():
    """Wen et al. 2016: half the squared distance; c_j moves by alpha * sum(c_j - x) / (1 + count)."""
    loss = CenterLoss(3, 2, rate=0.5)
    features = np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 2.0]], np.float32)
    labels = np.array([0, 0, 1])
    assert float(loss(features, labels)) == pytest.approx(0.5 * (1 + 9 + 4) / 3)
    loss.update(*loss.delta(features, labels))
    np.testing.assert_allclose(loss.centers.numpy(), [[0.5 * 4 / 3, 0], [0, 0.5 * 2 / 2], [0, 0]])
    loss.initialise(features, labels)
    np.testing.assert_allclose(loss.centers.numpy(), [[2, 0], [0, 2], [0, 0]])
