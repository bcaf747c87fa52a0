"""A report says what was not measured."""

import numpy as np

from fer_training.evaluation.metrics import measure
from fer_training.evaluation.report import class_rows


def test_a_class_without_pictures_has_dashes_in_the_report_and_no_part_in_the_mean():
    metrics = measure(np.array([0, 0, 1]), np.eye(3)[[0, 0, 1]], ("happy", "sad", "fear"))
    rows = class_rows(metrics)
    assert rows[2] == ("fear", "0", "-", "-", "-")
    assert rows[3] == ("mean of classes", "3", "100.00", "100.00", "100.00")
