"""Plots are written without a display, and can be read."""

import numpy as np
from matplotlib.figure import Figure

from fer_training.evaluation.metrics import measure
from fer_training.evaluation.plots import draw_confusion, draw_curves, save_confusion, save_curves, save_reliability

LABELS = ("angry", "happy", "sad")


def one_hot(answers, confidence=0.8):
    rest = (1 - confidence) / 2
    return np.where(np.eye(3)[answers] == 1, confidence, rest)


def write_history(path, *columns):
    rows = [",".join(["step", *columns]), *(",".join([str(step), *["0.5"] * len(columns)]) for step in (10, 20))]
    path.write_text("\n".join(rows) + "\n")
    return path


def test_pictures_are_written(tmp_path):
    metrics = measure(np.array([0, 1, 2]), one_hot([0, 1, 1]), LABELS)
    save_confusion(metrics, "x", tmp_path / "c.png")
    save_reliability(metrics, "x", tmp_path / "r.png")
    save_curves(write_history(tmp_path / "h.csv", "train_loss", "train_accuracy"), tmp_path / "l.png")
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("c.png", "r.png", "l.png"))


def test_a_cell_of_the_confusion_says_per_cent_and_count():
    metrics = measure(np.array([0, 0, 0, 0, 1]), one_hot([0, 0, 0, 1, 1]), LABELS)
    axes = Figure().subplots()
    draw_confusion(axes, metrics, "x")
    assert [text.get_text() for text in axes.texts] == [
        *("75%\n3", "25%\n1", "0%\n0"),
        *("0%\n0", "100%\n1", "0%\n0"),
        *("-", "-", "-"),
    ], "a class without pictures has no shares"
    assert [label.get_text() for label in axes.get_yticklabels()] == ["angry (4)", "happy (1)", "sad (0)"]


def test_losses_of_different_sizes_have_axes_of_their_own(tmp_path):
    names = ("train_loss", "train_softmax", "train_center", "train_accuracy", "validation_loss", "validation_accuracy")
    figure = draw_curves(write_history(tmp_path / "h.csv", *names), "a run")
    shown = {axes.get_title(): len(axes.lines) for axes in figure.axes if axes.get_visible()}
    assert shown == {"accuracy": 2, "the whole loss": 1, "cross-entropy": 2, "center loss": 1}
    assert all(axes.get_legend() for axes in figure.axes if axes.get_visible())


def test_the_same_curve_is_not_drawn_twice(tmp_path):
    names = ("train_loss", "train_softmax", "train_accuracy", "validation_loss", "validation_accuracy")
    figure = draw_curves(write_history(tmp_path / "h.csv", *names))
    assert [axes.get_title() for axes in figure.axes] == ["accuracy", "cross-entropy"]


def test_a_run_without_history_has_no_curves(tmp_path):
    save_curves(tmp_path / "none.csv", tmp_path / "none.png")
    assert not (tmp_path / "none.png").exists()
