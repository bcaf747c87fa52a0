"""Center loss (Wen et al. 2016; paper, Section 3.2.3, Equations 1 and 2)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fer_training.models.devices import ONE_REPLICA


class CenterLoss:
    """One center per class in feature space; features are drawn to theirs, centers follow slowly.

    rate: alpha of Equation 2.  The centers are (K, D) float32, saved in checkpoints and not trained by the optimizer.
    """

    def __init__(self, classes: int, dimension: int, rate: float) -> None:
        """Start with all centers at zero; `initialise` puts them where they belong."""
        self.rate = rate
        self.centers = tf.Variable(
            tf.zeros((classes, dimension)), trainable=False, name="centers", aggregation=ONE_REPLICA
        )

    def initialise(self, features: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> None:
        """Put each center at the mean of its class: from zero they hardly move at the paper's rate.

        Args:
            features: (N, D).
            labels: (N,); a class without samples stays at zero.

        """
        means = np.zeros(self.centers.shape, np.float32)
        for label in np.unique(labels):
            means[label] = features[labels == label].mean(axis=0)
        self.centers.assign(means)

    def __call__(self, features: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Half the mean squared distance to the class's center: Equation 1 divided by the batch size.

        features: (N, D) float32.  labels: (N,) integers.
        """
        difference = features - tf.gather(self.centers, labels)
        return 0.5 * tf.reduce_mean(tf.reduce_sum(tf.square(difference), axis=1))

    def delta(self, features: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Return, for this batch, sum_i [y_i = j](c_j - x_i), (K, D), and the count of each class, (K,)."""
        classes = self.centers.shape[0]
        difference = tf.gather(self.centers, labels) - features
        return (
            tf.math.unsorted_segment_sum(difference, labels, classes),
            tf.math.unsorted_segment_sum(tf.ones_like(labels, tf.float32), labels, classes),
        )

    def update(self, total: tf.Tensor, count: tf.Tensor) -> None:
        """Move the centers: c_j -= alpha * total_j / (1 + count_j) (Equation 2 with Wen's delta)."""
        self.centers.assign_sub(self.rate * total / (1.0 + count)[:, tf.newaxis])
