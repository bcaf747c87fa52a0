"""Crops carry what belongs to them, and refuse what does not fit."""

from dataclasses import replace

import pytest
from look_alike import tiny_crops

from fer_training.data.crops import Crops


def test_crops_refuse_what_does_not_fit():
    crops = tiny_crops(4)
    with pytest.raises(ValueError, match="expected one target a picture, got 3 and 4"):
        Crops(crops.pixels[:3], crops.targets, crops.labels)
    with pytest.raises(ValueError, match="targets must be 0 to 1, got up to 3"):
        Crops(crops.pixels, crops.targets, ("a", "b"))
    assert crops.with_labels(("fear", "disgust")).names == ("face_1", "face_2")
    assert crops.with_labels(("fear", "disgust")).targets.tolist() == [1, 0]
    changed = replace(crops, targets=crops.targets[::-1].copy())
    assert changed.digest != crops.digest == tiny_crops(4).digest
