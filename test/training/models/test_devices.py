"""Several devices train the same network."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
TWO_DEVICES = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import numpy as np
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from look_alike import tiny_config, tiny_crops
from fer_training.data.augmentation import AugmentationConfig
from fer_training.training.batches import BatchMaker
from fer_training.models.network_config import NetworkConfig
from fer_training.training.trainer import Trainer

config = tiny_config(
    steps=3, ema=0.9, center_weight=0.01, center_rate=0.5,
    network=NetworkConfig(width=0.25, blocks=2, dropout=0.0),
)
# Both halves of a batch are the same faces, so that each replica's batch norm sees what one device sees.
maker = BatchMaker(tiny_crops(4), tiny_config(batch_size=4))
def twice(step):
    b = maker(step)
    return tuple(np.concatenate([a, a]) for a in (b.faces, b.targets, b.classes, b.votes, b.weights))
results = []
for strategy in (tf.distribute.get_strategy(), tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])):
    trainer = Trainer(config, 7, strategy=strategy)
    data = tf.data.Dataset.from_tensor_slices([0, 1]).map(
        lambda s: tuple(tf.ensure_shape(t, [8] + [None] * (r - 1)) for t, r in zip(tf.numpy_function(
            twice, [s], [tf.float32, tf.float32, tf.int64, tf.float32, tf.float32]), (4, 2, 1, 2, 1))))
    losses = [trainer.train_step(b, 0.005)["loss"] for b in strategy.experimental_distribute_dataset(data)]
    assert trainer.done == 2
    results.append((losses, trainer.exported.get_weights(), trainer.center_loss.centers.numpy()))
(one, one_weights, one_centers), (two, two_weights, two_centers) = results
np.testing.assert_allclose(one, two, rtol=1e-4)
np.testing.assert_allclose(one_centers, two_centers, atol=1e-4)
assert abs(one_centers).max() > 0
for a, b in zip(one_weights, two_weights, strict=True):
    np.testing.assert_allclose(a, b, atol=2e-4)
for batch in trainer.batches(BatchMaker(tiny_crops(), config), 1):
    assert [v.shape[0] for v in batch[0].values] == [4, 4]
# A whole stage, and its resume, on both devices.
import fer_training.training.trainer
from fer_training.training.loop import run_stage
fer_training.training.trainer.choose_strategy = lambda: tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
# Of the same shape as before: TensorFlow takes the sums of another one for those of a former strategy.
stage = tiny_config(steps=2, evaluate_steps=1)
def go():
    return run_stage(tiny_crops(), tiny_crops(7), stage, Path(sys.argv[2]), lambda network: None, False)
first = go()
(Path(sys.argv[2]) / "result.json").unlink()
assert first == go() and first.last_step == 2
print("same")
"""


def test_two_devices_take_the_very_steps_of_one(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", TWO_DEVICES, str(ROOT / "test"), str(tmp_path / "run")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.strip().endswith("same"), run.stderr[-3000:]
