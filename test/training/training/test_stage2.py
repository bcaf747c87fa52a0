"""A second stage that keeps what the first one knows."""

import dataclasses

import numpy as np
import pytest
from look_alike import LABELS, tiny_config, tiny_crops

from fer_training.models.mobilenet import LOGITS
from fer_training.training.initialization import ImageNetWeights, open_initial_weights
from fer_training.training.loop import load_run
from fer_training.training.stage2 import train_stage2
from fer_training.training.trainer import Trainer


class FirstStage:
    """A network whose last layer has the number of each label's class as bias."""

    def __init__(self, labels=LABELS):
        self._labels = tuple(labels)

    def adapt(self, config):
        return config

    def labels(self):
        return self._labels

    def initialise(self, network, config, crops):
        head = network.get_layer(LOGITS)
        kernel, bias = head.get_weights()
        if len(bias) == len(self._labels):
            head.set_weights([np.arange(kernel.size, dtype=np.float32).reshape(kernel.shape), np.arange(len(bias))])

    def describe(self):
        return "first"

    def pictures(self):
        return None


# A rate at which nothing moves: what a run ends with is what it began with.
STILL = tiny_config(steps=2, keep_head=True, optimizer=dataclasses.replace(tiny_config().optimizer, learning_rate=1e-9))


def head_of(config, crops, weights, folder):
    train_stage2(crops, crops, config, weights, folder, progress=False)
    network, _ = load_run(folder)
    return network.get_layer(LOGITS).get_weights()


def test_a_kept_head_goes_by_the_names_of_the_labels_and_a_new_label_is_drawn(tmp_path):
    labels = ("contempt", "neutral", "happy", "angry")
    kernel, bias = head_of(STILL, tiny_crops(24, labels), FirstStage(), tmp_path)
    first = np.arange(kernel.shape[0] * 7, dtype=np.float32).reshape(-1, 7)
    chosen = [LABELS.index(name) for name in labels[1:]]
    np.testing.assert_allclose(kernel[:, 1:], first[:, chosen], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(bias, [0, *chosen], atol=1e-3)
    assert 0 < abs(kernel[:, 0]).max() < 1


def test_without_it_every_label_is_drawn_anew(tmp_path):
    config = dataclasses.replace(STILL, keep_head=False)
    kernel, bias = head_of(config, tiny_crops(), FirstStage(), tmp_path)
    assert abs(kernel).max() < 1 and abs(bias).max() < 1e-3


def test_imagenet_knows_no_labels_and_no_faces_so_every_layer_trains():
    adapted = ImageNetWeights().adapt(tiny_config(trained_blocks=2, fixed_statistics=True))
    assert ImageNetWeights().labels() == () and adapted == tiny_config()


def test_a_run_and_a_bundle_know_their_labels(tmp_path):
    head_of(STILL, tiny_crops(24, LABELS[2:5]), FirstStage(), tmp_path / "run")
    assert open_initial_weights(str(tmp_path / "run")).labels() == LABELS[2:5]
    assert open_initial_weights("default").labels() == LABELS


def test_frozen_runs_resume_to_the_same_weights(tmp_path, monkeypatch):
    config = tiny_config(steps=4, evaluate_steps=2, trained_blocks=1, fixed_statistics=True, keep_head=True, ema=0.9)
    crops = tiny_crops(16)
    whole = head_of(config, crops, FirstStage(), tmp_path / "whole")

    original, taken = Trainer.train_step, []

    def cut_off(trainer, batch, rate):
        taken.append(rate)
        if len(taken) == 4:
            raise KeyboardInterrupt
        return original(trainer, batch, rate)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Trainer, "train_step", cut_off)
        head_of(config, crops, FirstStage(), tmp_path / "cut")
    for a, b in zip(whole, head_of(config, crops, FirstStage(), tmp_path / "cut"), strict=True):
        np.testing.assert_array_equal(a, b)
