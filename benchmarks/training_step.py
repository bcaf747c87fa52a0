"""One training step taken apart: batch, forward, backward, update; and by kind of operation."""

from __future__ import annotations

import re
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from fer_training.data.crops import Crops
from fer_training.models.mobilenet import LOGITS
from fer_training.training.batches import BatchMaker
from fer_training.training.config import StageConfig, find_config, load_stage_config
from fer_training.training.trainer import Trainer

_SIDE, _COPIED = 2048, 64 * 2**20
_FLOAT = 4
# Where each of TensorFlow's operations counts; the first that fits.
_KINDS = (
    ("depthwise convolutions, forward", r"DepthwiseConv2dNative$"),
    ("depthwise convolutions, backward", r"DepthwiseConv2dNativeBackprop"),
    ("convolutions, forward", r"(?<!Depthwise)Conv2D$"),
    ("convolutions, backward", r"Conv2DBackprop"),
    ("batch norm, forward", r"FusedBatchNorm(V\d)?$"),
    ("batch norm, backward", r"FusedBatchNormGrad"),
    ("ReLU, forward", r"Relu6?$"),
    ("ReLU, backward", r"Relu6?Grad$"),
)
OTHER = "all else"
# 'name of the node:kind of operation' in a trace; what holds operations is called otherwise.
_OPERATION = re.compile(r"[^:\s]+:(\w+)")


@dataclass(frozen=True)
class Work:
    """What a part of a step must do. multiply_adds: of a batch.  bytes: read and written, each tensor once."""

    multiply_adds: float = 0.0
    bytes: float = 0.0

    def __add__(self, other: Work) -> Work:
        """Return both."""
        return Work(self.multiply_adds + other.multiply_adds, self.bytes + other.bytes)


def processor_time(function: Callable[[], Any], times: int) -> float:
    """Return the median processor time of a call, in seconds, after one that is not counted."""
    function()
    taken = []
    for _ in range(times):
        began = time.process_time()
        function()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def limits(times: int) -> dict[str, float]:
    """Return how many multiply-adds, and bytes read and written, one thread does in a second."""
    a = tf.random.normal((_SIDE, _SIDE))
    product = tf.function(lambda: tf.reduce_sum(tf.matmul(a, a)[0]))
    source, target = np.ones(_COPIED // _FLOAT, np.float32), np.empty(_COPIED // _FLOAT, np.float32)
    return {
        "multiply_adds": _SIDE**3 / processor_time(lambda: product().numpy(), times),
        "bytes": 2 * _COPIED / processor_time(lambda: np.copyto(target, source), times),
        "side": _SIDE,
        "copied_mb": _COPIED // 2**20,
    }


def work_of(network: keras.Model, batch: int) -> dict[str, Work]:
    """Return what a step on a batch must do, by kind of operation."""
    found: dict[str, Work] = {}

    def add(kind: str, forward: Work, backward: Work) -> None:
        found[f"{kind}, forward"] = found.get(f"{kind}, forward", Work()) + forward
        found[f"{kind}, backward"] = found.get(f"{kind}, backward", Work()) + backward

    for layer in network.layers:
        if not isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D, layers.BatchNormalization, layers.ReLU)):
            continue
        read = batch * float(np.prod(layer.input.shape[1:])) * _FLOAT
        written = batch * float(np.prod(layer.output.shape[1:])) * _FLOAT
        if isinstance(layer, layers.BatchNormalization):  # mean and variance first, then the values
            add("batch norm", Work(bytes=2 * read + written), Work(bytes=2 * (read + written) + read))
        elif isinstance(layer, layers.ReLU):
            add("ReLU", Work(bytes=read + written), Work(bytes=2 * written + read))
        else:
            kind = "depthwise convolutions" if isinstance(layer, layers.DepthwiseConv2D) else "convolutions"
            multiply_adds = batch * multiply_adds_of(layer)
            # Backward there are two products, for the kernel and for what is below.
            add(kind, Work(multiply_adds, read + written), Work(2 * multiply_adds, 2 * (read + written)))
    return found


def multiply_adds_of(layer: keras.Layer) -> float:
    """Return a convolution's multiply-adds for one face."""
    _, height, width, _ = layer.output.shape
    return float(height * width * np.prod(layer.kernel.shape))


def kind_of(operation: str) -> str:
    """Return what one of TensorFlow's operations counts as, such as '_MklNativeConv2D'."""
    return next((kind for kind, pattern in _KINDS if re.search(pattern, operation)), OTHER)


def shares_by_kind(step: Callable[[], Any], steps: int = 3) -> dict[str, float]:
    """Return the share of each kind of operation in the time of a step, from TensorFlow's own profiler."""
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    times: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        for _ in range(steps):
            step()
        tf.profiler.experimental.stop()
        for path in Path(folder).rglob("*.xplane.pb"):
            space = xplane_pb2.XSpace.FromString(path.read_bytes())
            for plane in space.planes:
                for line in plane.lines:
                    for event in line.events:
                        name = plane.event_metadata[event.metadata_id].name
                        if found := _OPERATION.fullmatch(name):
                            times[kind_of(found[1])] += event.duration_ps
    whole = sum(times.values())
    return {kind: times[kind] / whole for kind in [*(k for k, _ in _KINDS), OTHER]} if whole else {}


def generated_crops(count: int, config: StageConfig, labels: tuple[str, ...]) -> Crops:
    """Return noise in the size of FER-2013's pictures, with the soft targets and votes that the config asks for."""
    rng = np.random.default_rng(0)
    pixels = list(rng.integers(0, 256, (count, 48, 48), np.uint8))
    even = np.full((count, len(labels)), 1 / len(labels), np.float32)
    return Crops(pixels, rng.integers(0, len(labels), count), labels, votes=even, soft_targets=even)


def measure_config(name: str, times: int, limit: dict[str, float]) -> dict[str, Any]:
    """Measure a config's step.

    Args:
        name: in fer_training/configs, or a file.
        times: each part is measured so many times.
        limit: of `limits`.

    Returns:
        step_ms, faces_per_second, multiply_adds of a face's forward pass; of_arithmetic: the share of the limit that
        the whole step's multiply-adds reach. parts: ms and share of batches, forward, backward and update.
        operations: share, of_arithmetic and of_memory of each kind.

    """
    config = load_stage_config(find_config(name))
    labels = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    maker = BatchMaker(generated_crops(512, config, labels), config)
    trainer = Trainer(config, len(labels), len(labels) if config.vote_weight else 0, precision="float32")
    tensors = next(trainer.batches(maker, 0))
    faces, targets = tensors[0], tensors[1]
    network, variables = trainer.network, trainer.network.trainable_variables

    def loss() -> tf.Tensor:
        logits = network(faces, training=True)[LOGITS]
        return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))

    def backward() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            value = loss()
        # Sums keep every gradient alive and return none of them.
        return [value, *(tf.reduce_sum(g) for g in tape.gradient(value, variables) if g is not None)]

    def step() -> dict[str, float]:
        return trainer.train_step(tensors, 1e-4)

    numbers = iter(range(10**9))
    # Each holds the one before it: where noise says otherwise, it took as long and its own part nothing.
    forward_s = processor_time(tf.function(loss), times)
    backward_s = max(forward_s, processor_time(tf.function(backward), times))
    step_s = max(backward_s, processor_time(step, times))
    batch_s = processor_time(lambda: maker(next(numbers)), times)
    parts = {
        "batches": batch_s,
        "forward": forward_s,
        "backward": backward_s - forward_s,
        "update": step_s - backward_s,
    }
    whole = batch_s + step_s
    work = work_of(network, config.batch_size)
    operations = {}
    for kind, share in shares_by_kind(step).items():
        must, seconds = work.get(kind, Work()), share * step_s
        operations[kind] = {
            "share": round(seconds / whole, 4),
            "of_arithmetic": round(must.multiply_adds / seconds / limit["multiply_adds"], 4) if seconds else 0.0,
            "of_memory": round(must.bytes / seconds / limit["bytes"], 4) if seconds else 0.0,
        }
    multiply_adds = sum(w.multiply_adds for w in work.values())
    return {
        "batch_size": config.batch_size,
        "step_ms": round(1e3 * whole, 1),
        "faces_per_second": round(config.batch_size / whole, 1),
        "multiply_adds": round(multiply_adds / 3 / config.batch_size),
        "of_arithmetic": round(multiply_adds / whole / limit["multiply_adds"], 4),
        "parts": {n: {"ms": round(1e3 * s, 1), "share": round(s / whole, 4)} for n, s in parts.items()},
        "operations": operations,
    }
