"""A teacher answers through the node's own classifier, whichever way a face looks."""

from dataclasses import replace

import numpy as np
import pytest
from look_alike import tiny_crops
from tiny_bundle import make_tiny_bundle

from fer_training.data.dataset import DatasetError
from fer_training.training.distillation import teach


def test_a_teacher_answers_the_same_for_a_face_and_its_mirror_image(tiny_bundle):
    crops = tiny_crops(9)
    mirrored = replace(crops, pixels=[np.ascontiguousarray(p[:, ::-1]) for p in crops.pixels])
    answers = teach(crops, [str(tiny_bundle)])
    assert answers.shape == (9, 7) and np.allclose(answers.sum(axis=1), 1, atol=1e-5)
    assert answers.std(axis=0).max() > 1e-3, "the faces differ, and so must the answers"
    np.testing.assert_allclose(teach(mirrored, [str(tiny_bundle)]), answers, atol=1e-5)


def test_a_teacher_of_other_labels_is_refused(tiny_bundle):
    crops = tiny_crops(8, labels=("happy", "sad"))
    with pytest.raises(DatasetError, match=r"expected a teacher of the labels \('happy', 'sad'\)"):
        teach(crops, [str(tiny_bundle)])


def test_votes_move_the_answer_to_what_the_annotators_saw(tiny_bundle):
    crops = tiny_crops(70)
    votes = np.eye(8, dtype=np.float32)[crops.targets]
    crops = replace(crops, votes=votes)
    alone = teach(crops, [str(tiny_bundle)])
    together = teach(crops, [str(tiny_bundle)], votes_power=0.5)
    mine = np.arange(70), crops.targets
    assert (together[mine] > alone[mine]).all()
    np.testing.assert_allclose(together.sum(axis=1), 1, atol=1e-5)
    with pytest.raises(ValueError, match="the faces carry no votes"):
        teach(replace(crops, votes=None), [str(tiny_bundle)], votes_power=0.5)


def test_several_teachers_are_averaged_and_a_power_below_one_makes_them_less_sure(tiny_bundle, tmp_path):
    crops, other_bundle = tiny_crops(8), make_tiny_bundle(tmp_path / "other", seed=1)
    first, second = (teach(crops, [str(bundle)]) for bundle in (tiny_bundle, other_bundle))
    assert np.abs(first - second).max() > 1e-2
    both = teach(crops, [str(tiny_bundle), str(other_bundle)])
    np.testing.assert_allclose(both, (first + second) / 2, atol=1e-4)
    assert (teach(crops, [str(tiny_bundle)], power=0.5).max(axis=1) < first.max(axis=1)).all()
