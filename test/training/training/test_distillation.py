"""Teachers predict through the node's own classifier; FER+'s votes become probabilities of FER-2013's classes."""

from dataclasses import replace

import numpy as np
import pytest
from look_alike import tiny_crops
from tiny_bundle import make_tiny_bundle

from fer_training.data.dataset import DatasetError
from fer_training.training.distillation import classes_by_votes, distillation_targets


def test_a_teacher_predicts_the_same_for_a_face_and_its_mirror_image(tiny_bundle):
    crops = tiny_crops(9)
    mirrored = replace(crops, pixels=[np.ascontiguousarray(p[:, ::-1]) for p in crops.pixels])
    targets = distillation_targets(crops, [str(tiny_bundle)])
    assert targets.shape == (9, 7) and np.allclose(targets.sum(axis=1), 1, atol=1e-5)
    assert targets.std(axis=0).max() > 1e-3, "the faces differ, and so must the predictions"
    np.testing.assert_allclose(distillation_targets(mirrored, [str(tiny_bundle)]), targets, atol=1e-5)


def test_a_teacher_of_other_labels_is_refused(tiny_bundle):
    crops = tiny_crops(8, labels=("happy", "sad"))
    with pytest.raises(DatasetError, match=r"expected a teacher of the labels \('happy', 'sad'\)"):
        distillation_targets(crops, [str(tiny_bundle)])


def test_votes_move_the_targets_to_what_the_annotators_saw(tiny_bundle):
    crops = tiny_crops(70)
    votes = np.eye(8, dtype=np.float32)[crops.targets]
    crops = replace(crops, votes=votes)
    alone = distillation_targets(crops, [str(tiny_bundle)])
    together = distillation_targets(crops, [str(tiny_bundle)], votes_exponent=0.5)
    mine = np.arange(70), crops.targets
    assert (together[mine] > alone[mine]).all()
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-5)
    with pytest.raises(ValueError, match="the faces carry no votes"):
        distillation_targets(replace(crops, votes=None), [str(tiny_bundle)], votes_exponent=0.5)


def test_several_teachers_are_averaged_and_an_exponent_below_one_makes_them_less_sure(tiny_bundle, tmp_path):
    crops, other_bundle = tiny_crops(8), make_tiny_bundle(tmp_path / "other", seed=1)
    first, second = (distillation_targets(crops, [str(bundle)]) for bundle in (tiny_bundle, other_bundle))
    assert np.abs(first - second).max() > 1e-2
    both = distillation_targets(crops, [str(tiny_bundle), str(other_bundle)])
    np.testing.assert_allclose(both, (first + second) / 2, atol=1e-4)
    assert (distillation_targets(crops, [str(tiny_bundle)], exponent=0.5).max(axis=1) < first.max(axis=1)).all()


def voted(crops, noise=0.0, seed=0):
    """Let annotators call class k by the name of the next one, and some of them err."""
    votes = np.full((len(crops), 8), noise / 8, np.float32)
    votes[np.arange(len(crops)), (crops.targets + 1) % 7] += 1 - noise
    rng = np.random.default_rng(seed)
    return replace(crops, votes=votes + rng.uniform(0, 0.01, votes.shape).astype(np.float32))


def test_the_classes_are_learned_from_what_the_votes_go_with_not_from_their_names():
    crops = voted(tiny_crops(140), noise=0.4)
    found = classes_by_votes(crops)
    assert found.shape == (140, 7) and found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert (found.argmax(axis=1) == crops.targets).all()


def test_one_label_that_the_votes_contradict_is_not_believed():
    crops = voted(tiny_crops(140))
    crops.targets[0] = (crops.targets[0] + 3) % 7
    found = classes_by_votes(crops)[0]
    assert found.argmax() != crops.targets[0] and found[crops.targets[0]] < 0.3


def test_faces_without_votes_get_no_opinion():
    crops = voted(tiny_crops(70))
    crops.votes[[3, 11]] = 0
    found = classes_by_votes(crops)
    np.testing.assert_allclose(found[[3, 11]], 1 / 7, atol=1e-6)
    assert found[4].max() > 0.5


def test_faces_that_nobody_voted_on_are_refused():
    with pytest.raises(ValueError, match="the faces carry no votes"):
        classes_by_votes(tiny_crops(7))
    crops = voted(tiny_crops(14))
    crops.votes[crops.targets == 2] = 0
    with pytest.raises(ValueError, match="votes of all 7 classes, got them of 6"):
        classes_by_votes(crops)
