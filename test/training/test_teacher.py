"""A teacher answers through the node's own classifier, whichever way a face looks."""

from dataclasses import replace

import numpy as np
import pytest
from look_alike import tiny_crops

from fer_training.datasets.base import DatasetError
from fer_training.teacher import teach


def test_a_teacher_answers_the_same_for_a_face_and_its_mirror_image(tiny_bundle):
    crops = tiny_crops(9)
    mirrored = replace(crops, pixels=[np.ascontiguousarray(p[:, ::-1]) for p in crops.pixels])
    answers = teach(crops, str(tiny_bundle))
    assert answers.shape == (9, 7) and np.allclose(answers.sum(axis=1), 1, atol=1e-5)
    assert answers.std(axis=0).max() > 1e-3, "the faces differ, and so must the answers"
    np.testing.assert_allclose(teach(mirrored, str(tiny_bundle)), answers, atol=1e-5)


def test_a_teacher_of_other_labels_is_refused(tiny_bundle):
    crops = tiny_crops(8, labels=("happy", "sad"))
    with pytest.raises(DatasetError, match=r"expected a teacher of the labels \('happy', 'sad'\)"):
        teach(crops, str(tiny_bundle))
