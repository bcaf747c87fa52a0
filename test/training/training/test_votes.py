"""FER+'s votes become probabilities of FER-2013's classes, whatever FER+ calls them."""

from dataclasses import replace

import numpy as np
import pytest
from look_alike import tiny_crops

from fer_training.training.votes import classes_by_votes


def voted(crops, noise=0.0, seed=0):
    """Let annotators call class k by the name of the next one, and some of them err."""
    votes = np.full((len(crops), 8), noise / 8, np.float32)
    votes[np.arange(len(crops)), (crops.targets + 1) % 7] += 1 - noise
    rng = np.random.default_rng(seed)
    return replace(crops, votes=votes + rng.uniform(0, 0.01, votes.shape).astype(np.float32))


def test_the_classes_are_learned_from_what_the_votes_go_with_not_from_their_names():
    crops = voted(tiny_crops(140), noise=0.4)
    answers = classes_by_votes(crops)
    assert answers.shape == (140, 7) and answers.dtype == np.float32
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    assert (answers.argmax(axis=1) == crops.targets).all()


def test_one_label_that_the_votes_contradict_is_not_believed():
    crops = voted(tiny_crops(140))
    crops.targets[0] = (crops.targets[0] + 3) % 7
    answer = classes_by_votes(crops)[0]
    assert answer.argmax() != crops.targets[0] and answer[crops.targets[0]] < 0.3


def test_faces_without_votes_get_no_opinion():
    crops = voted(tiny_crops(70))
    crops.votes[[3, 11]] = 0
    answers = classes_by_votes(crops)
    np.testing.assert_allclose(answers[[3, 11]], 1 / 7, atol=1e-6)
    assert answers[4].max() > 0.5


def test_faces_that_nobody_voted_on_are_refused():
    with pytest.raises(ValueError, match="the faces carry no votes"):
        classes_by_votes(tiny_crops(7))
    crops = voted(tiny_crops(14))
    crops.votes[crops.targets == 2] = 0
    with pytest.raises(ValueError, match="votes of all 7 classes, got them of 6"):
        classes_by_votes(crops)
