"""Initial weights are recognised by what their folder holds."""

import pytest
from look_alike import tiny_config

from fer_training.training.initialization import ImageNetWeights, RunWeights, open_initial_weights


def test_initial_weights_are_recognised_by_what_their_folder_holds(tmp_path):
    (tmp_path / "config.yaml").write_text("steps: 1\nevaluate_steps: 1\n")
    assert isinstance(open_initial_weights(str(tmp_path)), RunWeights)
    with pytest.raises(FileNotFoundError, match="expected a run folder"):
        open_initial_weights(str(tmp_path / "none"))
    assert ImageNetWeights().adapt(tiny_config()) == tiny_config()
