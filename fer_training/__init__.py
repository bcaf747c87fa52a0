"""The offline trainer: data sets to the bundle that the robot runs, and the paper's tables."""

import os

# TensorFlow reads it once, when it is imported. Without it, CPUs that lack AVX-512 train at half the speed.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
