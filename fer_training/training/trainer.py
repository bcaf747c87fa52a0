"""The variables of a run and one training step on them."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fer_training.data.crops import Crops
from fer_training.evaluation.predictions import predict
from fer_training.models.center_loss import CenterLoss
from fer_training.models.devices import ONE_REPLICA, choose_precision, choose_strategy, computing_in
from fer_training.models.freezing import fix_statistics, train_last_blocks
from fer_training.models.mobilenet import FEATURES, LOGITS, VOTES, build_network, decayed_kernels
from fer_training.training.batches import BatchMaker
from fer_training.training.config import OptimizerConfig, StageConfig

Floats = npt.NDArray[np.float32]


class Trainer:
    """Network, optimizer, centers and moving average of one run; knows nothing of files.

    `exported` is the network to evaluate and ship: the moving average where the config asks for one.
    """

    def __init__(
        self,
        config: StageConfig,
        classes: int,
        vote_classes: int = 0,
        strategy: tf.distribute.Strategy | None = None,
        precision: str | None = None,
    ) -> None:
        """Build everything inside the scope of the strategy.

        strategy, precision: chosen by what the devices can do when left out, see devices.py.
        Raises ValueError for a batch that the replicas cannot share evenly, or a config that wants votes without any.
        """
        self.config = config
        if config.vote_weight and not vote_classes:
            raise ValueError("vote_weight is set, but the data carries no votes")
        self._votes = vote_classes if config.vote_weight else 0
        keras.utils.set_random_seed(config.seed)
        self.strategy = strategy or choose_strategy()
        replicas = self.strategy.num_replicas_in_sync
        if config.batch_size % replicas:
            raise ValueError(f"batch_size must be a multiple of the {replicas} replicas, got {config.batch_size}")
        precision = precision or choose_precision()
        with self.strategy.scope():
            with computing_in(precision):
                self.network = build_network(config.network, classes, self._votes)
            # Before anything is built for what trains.
            train_last_blocks(self.network, config.trained_blocks)
            if config.fixed_statistics:
                fix_statistics(self.network)
            self.exported = build_network(config.network, classes, self._votes) if config.ema else self.network
            self.optimizer = _optimizer(config.optimizer, replicas, precision)
            self.optimizer.build(self.network.trainable_variables)
            self.center_loss = CenterLoss(classes, self.network.output[FEATURES].shape[-1], config.center_rate)
            self.rate = tf.Variable(0.0, trainable=False)
            self.step = tf.Variable(0, dtype=tf.int64, trainable=False, aggregation=ONE_REPLICA)
        self._kernels = decayed_kernels(self.network)
        # Nothing in them branches on a tensor, so AutoGraph would only make every run start later.
        self._compiled_step = tf.function(self._distributed_step, autograph=False)
        self._compiled_predict = tf.function(lambda faces: self.exported(faces, training=False), autograph=False)
        self.copy_average()

    @property
    def done(self) -> int:
        """How many steps have been taken."""
        return int(self.step.numpy())

    def copy_average(self) -> None:
        """Let the moving average start from the network's present weights."""
        if self.exported is not self.network:
            self.exported.set_weights(self.network.get_weights())

    def random_states(self) -> list[tf.Variable]:
        """Return the states of the dropout's generators: Keras leaves them out of checkpoints."""
        return [v.value for v in self.network.non_trainable_variables if v.path.endswith("seed_generator_state")]

    def batches(self, maker: BatchMaker, start: int) -> Iterator[tuple[tf.Tensor, ...]]:
        """Yield the batches from step `start` to the end, made ahead in the background."""
        shapes = [(tf.float32, 4), (tf.float32, 2), (tf.int64, 1), (tf.float32, 2), (tf.float32, 1)]

        def make(step: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.generic], ...]:
            batch = maker(int(step))
            return batch.faces, batch.targets, batch.classes, batch.votes, batch.weights

        @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
        def load(step: tf.Tensor) -> tuple[tf.Tensor, ...]:
            tensors = tf.numpy_function(make, [step], [kind for kind, _ in shapes])
            return tuple(
                tf.ensure_shape(t, [self.config.batch_size] + [None] * (rank - 1))
                for t, (_, rank) in zip(tensors, shapes, strict=True)
            )

        dataset = tf.data.Dataset.range(start, self.config.steps).map(load).prefetch(4)
        return iter(self.strategy.experimental_distribute_dataset(dataset))

    def train_step(self, batch: tuple[tf.Tensor, ...], rate: float) -> dict[str, float]:
        """Take one step at this learning rate; returns the mean loss, its parts and the batch's accuracy."""
        self.rate.assign(rate)
        return {name: float(value) for name, value in self._compiled_step(batch).items()}

    def logits(self, crops: Crops) -> Floats:
        """Return the exported network's (N, K) logits for N faces, without augmentation."""
        return self._predict(crops, LOGITS)

    def features(self, crops: Crops) -> Floats:
        """Return the exported network's (N, D) features for N faces, without augmentation."""
        return self._predict(crops, FEATURES)

    def _predict(self, crops: Crops, output: str) -> Floats:
        def function(batch: Floats) -> Floats:
            return np.asarray(self._compiled_predict(tf.constant(batch))[output])

        return predict(function, crops.pixels, self.config.preprocess)

    def _distributed_step(self, batch: tuple[tf.Tensor, ...]) -> dict[str, tf.Tensor]:
        results = self.strategy.run(self._replica_step, args=batch)
        return {n: self.strategy.reduce(tf.distribute.ReduceOp.MEAN, v, axis=None) for n, v in results.items()}

    def _replica_step(
        self, faces: tf.Tensor, targets: tf.Tensor, classes: tf.Tensor, votes: tf.Tensor, weights: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        config = self.config
        with tf.GradientTape() as tape:
            outputs = self.network(faces, training=True)
            each = tf.nn.softmax_cross_entropy_with_logits(targets, outputs[LOGITS])
            softmax_loss = tf.reduce_mean(weights * each)
            loss = softmax_loss
            parts = {"softmax": softmax_loss}
            if config.center_weight:
                parts["center"] = self.center_loss(outputs[FEATURES], classes)
                loss += config.center_weight * parts["center"]
            if self._votes:
                # Rows without votes are all zero, so they add nothing.
                parts["votes"] = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(votes, outputs[VOTES]))
                loss += config.vote_weight * parts["votes"]
            decay = config.optimizer.weight_decay * tf.add_n([tf.nn.l2_loss(k) for k in self._kernels])
            # The optimizer adds up the replicas' gradients, the loss is their mean.
            total = self.optimizer.scale_loss((loss + decay) / self.strategy.num_replicas_in_sync)
        gradients = tape.gradient(total, self.network.trainable_variables)
        self.optimizer.learning_rate.assign(self.rate)
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables, strict=True))
        if config.center_weight:
            context = tf.distribute.get_replica_context()
            delta, count = self.center_loss.delta(outputs[FEATURES], classes)
            self.center_loss.update(*context.all_reduce(tf.distribute.ReduceOp.SUM, [delta, count]))
        if config.ema:
            self._average()
        self.step.assign_add(1)
        right = tf.equal(tf.argmax(outputs[LOGITS], axis=1), classes)
        return {"loss": loss, **parts, "accuracy": tf.reduce_mean(tf.cast(right, tf.float32))}

    def _average(self) -> None:
        # A young average follows faster, or it would carry the first weights along for thousands of steps.
        step = tf.cast(self.step, tf.float32)
        decay = tf.minimum(self.config.ema, (1.0 + step) / (10.0 + step))
        for mean, value in zip(self.exported.variables, self.network.variables, strict=True):
            if mean.dtype == "float32":
                mean.assign(decay * mean + (1.0 - decay) * value)


def _optimizer(config: OptimizerConfig, replicas: int, precision: str) -> keras.optimizers.Optimizer:
    optimizer = keras.optimizers.SGD(
        0.0,
        momentum=config.momentum,
        nesterov=config.nesterov,
        # Each replica clips its share of the sum.
        global_clipnorm=config.clip_norm / replicas or None,
    )
    # Small gradients vanish in half precision unless the loss is scaled up before they are taken.
    return keras.optimizers.LossScaleOptimizer(optimizer) if precision == "mixed_float16" else optimizer
