"""Plots are written without a display."""

import numpy as np

from fer_training.evaluation.metrics import measure
from fer_training.evaluation.plots import save_confusion, save_reliability

LABELS = ("angry", "happy", "sad")


def one_hot(answers, confidence=0.8):
    rest = (1 - confidence) / 2
    return np.where(np.eye(3)[answers] == 1, confidence, rest)


def test_pictures_are_written(tmp_path):
    metrics = measure(np.array([0, 1, 2]), one_hot([0, 1, 1]), LABELS)
    save_confusion(metrics, "x", tmp_path / "c.png")
    save_reliability(metrics, "x", tmp_path / "r.png")
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("c.png", "r.png"))
