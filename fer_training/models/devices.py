"""What the machine's devices can do: several GPUs, mixed precision, reproducible arithmetic."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
import tensorflow as tf

ONE_REPLICA = tf.VariableAggregation.ONLY_FIRST_REPLICA
"""For variables whose update is the same on every replica."""
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def choose_strategy() -> tf.distribute.Strategy:
    """Mirror over the GPUs where there are several, else the default strategy."""
    if len(tf.config.list_logical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


def choose_precision() -> str:
    """Return the fastest of PRECISIONS that every GPU has units for.

    bfloat16 from compute capability 8, float16 from 7; older GPUs and CPUs train in float32.
    """
    capabilities = [
        tf.config.experimental.get_device_details(gpu).get("compute_capability", (0, 0))
        for gpu in tf.config.list_physical_devices("GPU")
    ]
    if not capabilities or min(capabilities) < (7, 0):
        return "float32"
    return "mixed_bfloat16" if min(capabilities) >= (8, 0) else "mixed_float16"


@contextlib.contextmanager
def computing_in(precision: str) -> Iterator[None]:
    """Give layers built meanwhile this precision; their weights stay float32."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def make_deterministic() -> None:
    """Make sums come out the same in every run, where that costs little: on a CPU.

    On a GPU it slows convolutions down; there a resumed run is close to the uninterrupted one, not equal.
    """
    if not tf.config.list_physical_devices("GPU"):
        tf.config.experimental.enable_op_determinism()


def grow_gpu_memory() -> None:
    """Take GPU memory as it is needed, so that other programs on the machine keep theirs."""
    for gpu in tf.config.list_physical_devices("GPU"):
        tf.config.experimental.set_memory_growth(gpu, True)
